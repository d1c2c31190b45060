#include "services/population/erase.h"

#include <map>
#include <memory>
#include <set>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/duplicate.h"
#include "services/population/merge.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::World;

constexpr char kThirdName[] = "persons/411602-00000003", kOtherName[] = "persons/411602-00000004";
constexpr char kWords[] = "words about somebody";

// What is kept, as a decision finds it: by name and by the persons of a pair.
struct Kept {
  std::map<std::string, std::shared_ptr<google::protobuf::Message>> records;

  void Add(const v1::PersonRecord& file) {
    records[file.person().name()] = std::make_shared<v1::PersonRecord>(file);
  }
  void AddTask(const std::string& subject, int number) {
    v1::TaskRecord record;
    record.mutable_task()->set_name(NameOfTask(subject, number));
    record.mutable_task()->set_state(v1::VerificationTask::OPEN);
    record.mutable_task()->set_due_date("2026-03-20");
    record.mutable_task()->set_note(kWords);
    record.mutable_task()->set_result(kWords);
    records[record.task().name()] = std::make_shared<v1::TaskRecord>(record);
  }
  void AddPair(const std::string& one, const std::string& other) {
    v1::Person first, second;
    first.set_name(one);
    second.set_name(other);
    v1::DuplicateRecord record;
    NamePair(first, second, record.mutable_candidate());
    record.mutable_candidate()->set_reason(kWords);
    record.mutable_candidate()->set_points(80);
    record.mutable_candidate()->add_reasons()->set_field("phone");
    records[record.candidate().name()] = std::make_shared<v1::DuplicateRecord>(record);
  }

  Related Find(Wanted wanted) const {
    Related found;
    for (bool more = true; more;) {
      std::set<std::string> names(wanted.names.begin(), wanted.names.end());
      for (const auto& [name, record] : records) {
        if (record->GetDescriptor() != v1::DuplicateRecord::descriptor()) continue;
        for (const Term& term : TermsOf(static_cast<const v1::DuplicateRecord&>(*record))) {
          for (const Term& sought : wanted.terms) {
            if (sought.table == "duplicates" && sought.value == term.value) names.insert(name);
          }
        }
      }
      for (const auto& name : names) {
        if (records.contains(name)) found.Add(name, records.at(name));
      }
      more = wanted.then != nullptr;
      if (more) wanted = wanted.then(found);
    }
    return found;
  }
};

TEST(Erase, LeavesThatThereWasOne) {
  World world;
  v1::PersonRecord person = world.Registered();
  person.mutable_person()->mutable_residences(0)->set_dwelling(testing::kDwelling);
  EXPECT_THAT(TermsOf(person), SizeIs(6));
  person = world.Do(Action::kEndResidence, person);
  v1::EraseSubjectRequest request;
  request.set_ground(v1::CONSENT_WITHDRAWN);
  ASSERT_OK_AND_ASSIGN(const auto erased, DecideErase(person, request, world.env()));
  EXPECT_TRUE(erased.forget);
  EXPECT_THAT(TermsOf(erased.after), IsEmpty());
  EXPECT_EQ(erased.after.person().state(), v1::Person::LEFT);
  EXPECT_TRUE(erased.after.person().has_erase_time());
  EXPECT_EQ(erased.after.person().erase_ground(), v1::CONSENT_WITHDRAWN);
  const std::string bytes = erased.after.SerializeAsString();
  for (const auto& secret :
       {person.person().display_name(), person.person().phone(),
        person.person().documents(0).document_number(), person.person().birth_date()}) {
    EXPECT_EQ(bytes.find(secret), std::string::npos);
  }
}

TEST(Erase, LeavesNothingToVisit) {
  World world;
  v1::PersonRecord person = world.Do(Action::kEndResidence, world.Registered());
  EXPECT_OK(DecideOpenTask(person, {}, world.env()));
  person = world.Do(Action::kEraseSubject, person);
  EXPECT_THAT(DecideOpenTask(person, {}, world.env()),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
}

TEST(Erase, SaysWhenThereIsMoreThanItReads) {
  World world;
  Related found;
  for (int i = 0; i < 5000; ++i) {
    v1::DuplicateRecord pair;
    pair.mutable_candidate()->set_name("duplicates/" + std::to_string(i));
    found.Add(pair.candidate().name(), std::make_shared<v1::DuplicateRecord>(pair));
  }
  EXPECT_THAT(ErasedWith({}, {}, found, world.env()),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED));
}

// Both files as the merge leaves them, or the un-merge.
void Join(World* world, v1::PersonRecord* survivor, v1::PersonRecord* absorbed,
          v1::DuplicateRecord* pair) {
  v1::MergePersonsRequest merge;
  merge.set_survivor(survivor->person().name());
  *pair = Suspect(*survivor, *absorbed, {}, world->env(), 0)->after;
  const auto merged = DecideMerge({*survivor, *absorbed, *pair}, merge, world->env());
  *survivor = world->Commit(merged->survivor.after);
  *absorbed = world->Commit(merged->absorbed.after);
  *pair = merged->candidate.after;
}
void Part(World* world, v1::PersonRecord* survivor, v1::PersonRecord* absorbed,
          const v1::DuplicateRecord& pair) {
  const auto apart = DecideUnmerge({*survivor, *absorbed, pair}, {}, world->env());
  *survivor = world->Commit(apart->survivor.after);
  *absorbed = world->Commit(apart->absorbed.after);
}

// Whose file was one with another's for a time, and this with a third's: of that no address is left
// in their files.
TEST(Erase, ClearsTheFilesThatHadTakenItIn) {
  World world;
  v1::PersonRecord erased = world.Registered("");
  v1::PersonRecord second = world.Registered("", testing::kSecondName);
  v1::PersonRecord third = world.Registered("", kThirdName);
  v1::RegisterResidenceRequest in;
  *in.mutable_residence() = testing::Spell(testing::kSecondVillage, "2023-01-01", "2024-01-01");
  in.mutable_residence()->set_address(kWords);
  erased = world.Must(DecideRegisterResidence(erased, in, world.env()));
  v1::DuplicateRecord pair, later;
  Join(&world, &second, &erased, &pair);
  Join(&world, &third, &second, &later);
  Part(&world, &third, &second, later);
  Part(&world, &second, &erased, pair);
  erased.mutable_person()->set_state(v1::Person::LEFT);
  Kept kept;
  for (const auto& file : {second, third}) {
    EXPECT_THAT(file.SerializeAsString(), ::testing::HasSubstr(kWords));
    kept.Add(file);
  }
  const Related found = kept.Find(WantedBy(erased, v1::EraseSubjectRequest()));
  ASSERT_OK_AND_ASSIGN(const auto decided, ComposeErase(erased, {}, found, world.env()));
  ASSERT_THAT(decided.also, SizeIs(2));
  for (const Change& change : decided.also) {
    EXPECT_FALSE(change.forget) << "the other person's file goes on";
    EXPECT_THAT(change.events, ElementsAre("person.cleared"));
    const auto& other = static_cast<const v1::PersonRecord&>(*change.after);
    EXPECT_EQ(other.person().display_name(), second.person().display_name());
    EXPECT_THAT(other.SerializeAsString(), ::testing::Not(::testing::HasSubstr(kWords)));
  }
}

// A file that took in another, which had taken in a third; each has tasks and pairs.
TEST(Erase, GoesOverAllThatIsKeptOfThePerson) {
  World world;
  v1::PersonRecord person = world.Do(Action::kEndResidence, world.Registered());
  v1::PersonRecord second = world.Registered("", testing::kSecondName);
  v1::PersonRecord third = world.Registered("", kThirdName);
  const v1::PersonRecord other = world.Registered("", kOtherName);
  second.mutable_person()->set_state(v1::Person::MERGED);
  third.mutable_person()->set_state(v1::Person::MERGED);
  person.add_merges()->set_absorbed(testing::kSecondName);
  second.add_merges()->set_absorbed(kThirdName);
  person.set_tasks_opened(2);
  third.set_tasks_opened(1);
  Kept kept;
  for (const auto& file : {second, third, other}) kept.Add(file);
  kept.AddTask(testing::kPersonName, 1);
  kept.AddTask(testing::kPersonName, 2);
  kept.AddTask(kThirdName, 1);
  kept.AddTask(kOtherName, 1);
  kept.AddPair(testing::kPersonName, testing::kSecondName);
  kept.AddPair(kThirdName, kOtherName);
  kept.AddPair(kOtherName, "persons/411602-00000005");

  const Related found = kept.Find(WantedBy(person, v1::EraseSubjectRequest()));
  v1::EraseSubjectRequest request;
  request.set_ground(v1::RETENTION_ENDED);
  ASSERT_OK_AND_ASSIGN(const auto erased, ComposeErase(person, request, found, world.env()));
  EXPECT_THAT(erased.events, ElementsAre("person.erased"));
  std::map<std::string, std::string> events;
  for (const Change& change : erased.also) {
    EXPECT_TRUE(change.forget) << change.name;
    EXPECT_EQ(change.after->SerializeAsString().find(kWords), std::string::npos) << change.name;
    ASSERT_THAT(change.events, SizeIs(1));
    if (const auto* file = dynamic_cast<const v1::PersonRecord*>(change.after.get())) {
      EXPECT_EQ(file->person().erase_ground(), v1::RETENTION_ENDED);
    }
    events[change.name] = change.events[0];
  }
  EXPECT_EQ(events, (std::map<std::string, std::string>{
                        {testing::kSecondName, "person.erased"},
                        {kThirdName, "person.erased"},
                        {NameOfTask(testing::kPersonName, 1), "task.erased"},
                        {NameOfTask(testing::kPersonName, 2), "task.erased"},
                        {NameOfTask(kThirdName, 1), "task.erased"},
                        {"duplicates/411602-00000001.411602-00000002", "duplicate.erased"},
                        {"duplicates/411602-00000003.411602-00000004", "duplicate.erased"}}));
}

}  // namespace
}  // namespace pingan::population
