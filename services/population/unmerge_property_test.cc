// An un-merge leaves no file that says what a write of it refuses or another state than its
// residences, and what it wants corrected first can be: random births, deaths and residences of two
// files and of the one that they were, of which some later ones are named.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "services/population/days.h"
#include "services/population/death.h"
#include "services/population/duplicate.h"
#include "services/population/merge.h"
#include "services/population/merge_fixture.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using testing::Commit;
using testing::Decided;
using testing::Spell;
using testing::World;

int Any(int from, int to) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

// The days of these lives are few, so that much of them meets.
std::string Day(int from, int to) {
  return Text(absl::CivilDay(2026, 1, 1) + Any(from, to));
}

// Goes on with what was decided, if anything was.
bool Take(const Decided& decided, World* world, v1::PersonRecord* record) {
  if (decided.ok()) *record = world->Commit(decided->after);
  return decided.ok();
}

v1::Residence AnySpell() {
  return Spell(testing::kVillage, Day(0, 40), *rc::gen::arbitrary<bool>() ? Day(1, 50) : "");
}

v1::PersonRecord File(const std::string& name, bool died, World* world) {
  v1::CreatePersonRequest request = World::NewPerson();
  request.mutable_person()->clear_documents();
  request.mutable_person()->set_birth_date(Day(0, 20));
  v1::PersonRecord record = DecideCreate({}, request, world->env())->after;
  record.mutable_person()->set_name(name);
  record = world->Commit(record);
  for (int i = Any(0, 4); i > 0; --i) {
    v1::RegisterResidenceRequest residence;
    *residence.mutable_residence() = AnySpell();
    Take(DecideRegisterResidence(record, residence, world->env()), world, &record);
  }
  v1::RecordDeathRequest death;
  for (int day = 20; died && record.person().state() != v1::Person::DECEASED; ++day) {
    death.set_death_date(Day(day, day + 20));
    Take(DecideRecordDeath(record, death, world->env()), world, &record);
  }
  return record;
}

StatusOr<MergeDecision> MergeAnyhow(const MergeFiles& files, const World& world) {
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  for (const char* field : {"residences", "birth_date", "death_date"}) {
    if (*rc::gen::arbitrary<bool>()) request.add_take(field);
  }
  return DecideMerge(files, request, world.env());
}

Decided Update(const v1::PersonRecord& before, const std::string& birth_date,
               const std::string& citizen_id, const World& world) {
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_birth_date(birth_date);
  request.mutable_update_mask()->add_paths("birth_date");
  request.mutable_update_mask()->add_paths("documents");
  if (!citizen_id.empty()) {
    v1::Document& document = *request.mutable_person()->add_documents();
    document.set_document_type("111");
    document.set_document_number(citizen_id);
  }
  return DecideUpdate(before, request, world.env());
}

Decided Correct(const v1::PersonRecord& before, int i, const v1::Residence* residence,
                const World& world) {
  v1::CorrectResidenceRequest request;
  request.set_id(before.person().residences(i).id());
  request.set_retract(residence == nullptr);
  if (residence) *request.mutable_residence() = *residence;
  return DecideCorrectResidence(before, request, world.env());
}

Decided End(const v1::PersonRecord& before, const v1::Residence& spell, const std::string& to_date,
            const World& world) {
  v1::EndResidenceRequest request;
  request.set_residence(spell.id());
  request.set_to_date(to_date);
  return DecideEndResidence(before, request, world.env());
}

void ChangeAnyhow(World* world, v1::PersonRecord* record) {
  // Of the dead nothing else can be changed.
  const bool died = record->person().state() == v1::Person::DECEASED;
  const int what = died ? 6 : Any(0, 7);
  if (what == 0) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = AnySpell();
    Take(DecideRegisterResidence(*record, request, world->env()), world, record);
  } else if (what < 3) {
    Take(Update(*record, Day(0, 20), "", *world), world, record);
  } else if (what == 3) {
    std::string day = record->person().birth_date();
    std::erase(day, '-');
    Take(Update(*record, record->person().birth_date(),
                testing::CitizenIdOf("320102" + day + "123"), *world),
         world, record);
  } else if (what == 4) {
    const auto* open = OpenSpell(record->person(), v1::Residence::MAIN);
    if (open != nullptr) Take(End(*record, *open, Day(1, 50), *world), world, record);
  } else if (const int size = record->person().residences_size(); size > 0) {
    const v1::Residence spell = AnySpell();
    Take(Correct(*record, Any(0, size), &spell, *world), world, record);
  }
}

// What the refusal wants, in the plainest way.
void Mend(const std::string& field, World* world, v1::PersonRecord* record) {
  if (field == "documents") {
    RC_ASSERT(Take(Update(*record, record->person().birth_date(), "", *world), world, record));
  } else if (field == "birth_date") {
    RC_ASSERT(Take(Update(*record, "2026-01-01", "", *world), world, record));
  } else {
    const int i = std::stoi(field.substr(field.find('[') + 1));
    const v1::Residence& spell = record->person().residences(i);
    if (!spell.to_date().empty()) {
      RC_ASSERT(Take(Correct(*record, i, nullptr, *world), world, record));
      return;
    }
    RC_ASSERT(Take(End(*record, spell, Text(Today(world->env())), *world), world, record));
  }
}

// Every write that says nothing else of it is taken.
void CheckWritable(const v1::PersonRecord& record, const World& world) {
  const v1::Person& person = record.person();
  if (person.state() != v1::Person::DECEASED) {
    RC_ASSERT(world.Apply(Action::kUpdatePerson, record).ok());
  }
  for (int i = 0; i < person.residences_size(); ++i) {
    RC_ASSERT(Correct(record, i, &person.residences(i), world).ok());
  }
}

bool IsResident(const v1::PersonRecord& record) {
  return OpenSpell(record.person(), v1::Residence::MAIN) != nullptr;
}

// Who lives here is ACTIVE, and who did is not any more: nobody could claim, offer or erase that
// file. Whose file never had an open registration stays what it was.
void CheckState(const v1::PersonRecord& now, const v1::PersonRecord& before) {
  const v1::Person::State was = before.person().state(), is = now.person().state();
  if (was == v1::Person::DECEASED) {
    RC_ASSERT(is == was);
  } else if (IsResident(now)) {
    RC_ASSERT(is == v1::Person::ACTIVE);
  } else if (IsResident(before)) {
    RC_ASSERT(is == v1::Person::LEFT);
  } else if (was == v1::Person::LEFT) {
    RC_ASSERT(is == was);
  }
}

// Some of the later residences that are still known.
v1::UnmergePersonsRequest NameSome(const v1::PersonRecord& merged,
                                   std::set<std::string>* not_named) {
  v1::UnmergePersonsRequest request;
  for (const auto& spell : merged.person().residences()) {
    if (std::stoi(spell.id()) < merged.merges().rbegin()->first_id()) continue;
    if (not_named->contains(spell.id())) continue;
    if (*rc::gen::arbitrary<bool>()) {
      not_named->insert(spell.id());
    } else {
      request.add_to_absorbed(spell.id());
    }
  }
  return request;
}

std::string KindOf(const ErrorDetails::Field& wanted) {
  for (const char* kind : {"birth", "death", "overlap"}) {
    if (wanted.path.starts_with("res") && wanted.problem.find(kind) != std::string::npos)
      return kind;
  }
  return wanted.path;
}

// Of one pair of files: what had to be corrected before they could be taken apart.
void Live(std::map<std::string, int>* wanted) {
  World world;
  const bool died = Any(0, 3) == 0;
  MergeFiles files{
      File(testing::kPersonName, died, &world), File(testing::kSecondName, died, &world), {}};
  v1::DuplicateCandidate& candidate = *files.candidate.mutable_candidate();
  NamePair(files.survivor.person(), files.absorbed.person(), &candidate);
  candidate.set_state(v1::DuplicateCandidate::OPEN);
  const auto merged = MergeAnyhow(files, world);
  if (!merged.ok()) return;
  const MergeFiles before = files;
  files = Commit(*merged, &world);
  for (int i = Any(0, 8); i > 0; --i) ChangeAnyhow(&world, &files.survivor);
  std::set<std::string> not_named;
  auto apart = DecideUnmerge(files, NameSome(files.survivor, &not_named), world.env());
  for (int i = 0; !apart.ok(); ++i) {
    RC_ASSERT(i < 20);
    const auto fields = DetailsOf(apart.status()).fields;
    RC_ASSERT(fields.size() == 1u);
    ++(*wanted)[KindOf(fields[0])];
    Mend(fields[0].path, &world, &files.survivor);
    apart = DecideUnmerge(files, NameSome(files.survivor, &not_named), world.env());
  }
  files = Commit(*apart, &world);
  CheckWritable(files.survivor, world);
  CheckWritable(files.absorbed, world);
  CheckState(files.survivor, before.survivor);
  CheckState(files.absorbed, before.absorbed);
}

TEST(Unmerge, LeavesFilesThatCanBeWrittenAndCanBeMadeToPass) {
  std::map<std::string, int> wanted;
  EXPECT_TRUE(rc::check("both files can be written", [&wanted] {
    for (int i = 0; i < 80; ++i) Live(&wanted);
  }));
  for (const char* field : {"birth", "death", "birth_date", "documents"}) {
    std::printf("%s %d times\n", field, wanted[field]);
    EXPECT_GT(wanted[field], 0) << field;
  }
}

}  // namespace
}  // namespace pingan::population
