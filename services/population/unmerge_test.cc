// Two files that were one are two again.
#include <algorithm>
#include <string>

#include "common/testing/matchers.h"
#include "services/population/death.h"
#include "services/population/duplicate.h"
#include "services/population/merge.h"
#include "services/population/merge_fixture.h"
#include "services/population/person.h"
#include "services/population/residence.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::Merge;
using testing::Now;
using testing::Spell;
using testing::TwoFiles;
using testing::Unmerge;
using testing::World;
using Candidate = v1::DuplicateCandidate;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

TEST(Unmerge, BothAreAsTheyWere) {
  for (const bool take : {false, true}) {
    World world;
    const MergeFiles before = TwoFiles(&world);
    const MergeFiles merged =
        take ? Merge(before, &world, {"display_name", "residences", "phone", "kind"})
             : Merge(before, &world, {});
    const MergeFiles apart = Unmerge(merged, &world);
    EXPECT_EQ(Now(apart.survivor), Now(before.survivor));
    EXPECT_EQ(Now(apart.absorbed), Now(before.absorbed));
    EXPECT_EQ(apart.candidate.candidate().state(), Candidate::UNMERGED);
    EXPECT_FALSE(Suspect(apart.survivor, apart.absorbed, apart.candidate, world.env()));
    // Known as it was known: before the merge, and while it stood.
    for (int64_t revision = 1; revision <= merged.survivor.person().revision(); ++revision) {
      const auto then = SpellsKnownAt(merged.survivor, revision, "");
      const auto now = SpellsKnownAt(apart.survivor, revision, "");
      ASSERT_EQ(now.size(), then.size()) << revision;
      for (size_t i = 0; i < now.size(); ++i) EXPECT_EQ(now[i].from_date(), then[i].from_date());
    }
  }
}

// What came later is on the right side.
TEST(Unmerge, LaterFactsGoWhereTheyBelong) {
  World world;
  const MergeFiles before = TwoFiles(&world);
  MergeFiles files = Merge(before, &world, {"residences"});
  world.GoTo("2026-03-05 10:00");
  // The residence that came over goes on in another house, the service is accepted, the phone and a
  // second job are new.
  files.survivor = world.Do(Action::kChangeResidence, files.survivor);
  files.survivor = world.Do(Action::kAcceptService, files.survivor);
  files.survivor = world.Do(Action::kUpdatePerson, files.survivor);
  files.survivor = world.Do(Action::kRecordEmployment, files.survivor);
  const std::string job = files.survivor.person().employments(1).id();

  for (const bool named : {false, true}) {
    const MergeFiles apart = named ? Unmerge(files, &world, {job}) : Unmerge(files, &world);
    const v1::Person& person = apart.survivor.person();
    const v1::Person& other = apart.absorbed.person();
    EXPECT_EQ(person.area(), testing::kVillage);
    EXPECT_EQ(person.residences_size(), 1);
    EXPECT_EQ(person.phone(), "13900000002");
    EXPECT_EQ(person.employments_size(), named ? 0 : 1);
    ASSERT_EQ(other.residences_size(), 3);
    EXPECT_EQ(other.residences(1).to_date(), "2026-03-05");
    EXPECT_EQ(other.residences(1).id(), before.absorbed.person().residences(1).id());
    EXPECT_EQ(other.residences(2).from_date(), "2026-03-05");
    EXPECT_EQ(other.service_items(0).state(), v1::ServiceItem::ACCEPTED);
    EXPECT_EQ(other.employments_size(), named ? 2 : 1);
    EXPECT_EQ(other.state(), v1::Person::ACTIVE);
    for (const auto& duty : other.duties()) {
      EXPECT_TRUE(FindSpell(other, duty.fact()) || duty.fact() == other.employments(0).id() ||
                  (named && duty.fact() == other.employments(1).id()))
          << duty.ShortDebugString();
    }
  }
}

TEST(Unmerge, PermitComesBackWithItsEndorsements) {
  World world;
  MergeFiles before = TwoFiles(&world);
  before.absorbed.mutable_person()->mutable_permit()->set_number("411602000001");
  before.absorbed.mutable_person()->mutable_permit()->set_state(v1::ResidencePermit::VALID);
  before.absorbed.mutable_person()->mutable_permit()->set_issue_date("2025-04-02");
  before.absorbed.mutable_person()->mutable_permit()->set_count_from("2025-04-02");
  before.absorbed.mutable_person()->mutable_permit()->set_endorse_from("2026-03-02");
  before.absorbed.mutable_person()->mutable_permit()->set_endorse_by("2026-04-02");
  MergeFiles files = Merge(before, &world, {});
  files.survivor = world.Do(Action::kEndorsePermit, files.survivor);
  files = Unmerge(files, &world);
  EXPECT_FALSE(files.survivor.person().has_permit());
  EXPECT_EQ(files.absorbed.person().permit().endorsements_size(), 1);
}

TEST(Unmerge, PermitsThatEndedMeanwhileGoBackWithTheirs) {
  World world;
  MergeFiles before = TwoFiles(&world);
  before.survivor.add_earlier_permits()->set_number("411602000009");
  v1::ResidencePermit& permit = *before.absorbed.mutable_person()->mutable_permit();
  permit.set_number("411602000001");
  permit.set_state(v1::ResidencePermit::VALID);
  permit.set_endorse_by("2026-04-02");
  MergeFiles files = Merge(before, &world, {});
  files.survivor = world.Do(Action::kCancelPermit, files.survivor);
  files.survivor = world.Do(Action::kApplyForPermit, files.survivor);
  ASSERT_EQ(files.survivor.earlier_permits_size(), 2);
  files = Unmerge(files, &world);
  ASSERT_EQ(files.survivor.earlier_permits_size(), 1);
  EXPECT_EQ(files.survivor.earlier_permits(0).number(), "411602000009");
  ASSERT_EQ(files.absorbed.earlier_permits_size(), 1);
  EXPECT_EQ(files.absorbed.earlier_permits(0).number(), "411602000001");
  EXPECT_EQ(files.absorbed.person().permit().state(), v1::ResidencePermit::ACCEPTED);
}

// Merged into a file without a residence, moved on, and left from there.
TEST(Unmerge, AreaIsThatOfTheLastResidenceOfEach) {
  World world;
  MergeFiles files;
  files.survivor = world.Registered("");
  files.absorbed = world.Registered("2025-03-03", testing::kSecondName);
  files.candidate = Suspect(files.survivor, files.absorbed, {}, world.env())->after;
  files = Merge(files, &world, {});
  files.survivor = world.Do(Action::kOfferMove, files.survivor);
  files.survivor = world.Do(Action::kAcceptMove, files.survivor);
  world.GoTo("2026-03-05 10:00");
  files.survivor = world.Do(Action::kEndResidence, files.survivor);
  const MergeFiles apart = Unmerge(files, &world);
  EXPECT_EQ(apart.survivor.person().area(), testing::kVillage);
  EXPECT_EQ(apart.absorbed.person().state(), v1::Person::LEFT);
  EXPECT_EQ(apart.absorbed.person().area(), testing::kOtherVillage);
}

// Whose registration ended has left, also where the one that followed was the other's.
TEST(Unmerge, WhoseRegistrationEndedHasLeft) {
  for (const bool resident : {true, false}) {
    World world;
    MergeFiles files;
    files.survivor = world.Registered(resident ? "2025-03-03" : "");
    files.absorbed = world.Registered("", testing::kSecondName);
    files.candidate = Suspect(files.survivor, files.absorbed, {}, world.env())->after;
    files = Merge(files, &world, {});
    world.GoTo("2026-03-05 10:00");
    if (!resident) files.survivor = world.Do(Action::kRegisterResidence, files.survivor);
    world.GoTo("2026-03-07 10:00");
    files.survivor = world.Do(Action::kEndResidence, files.survivor);
    world.GoTo("2026-03-09 10:00");
    files.survivor = world.Do(Action::kRegisterResidence, files.survivor);
    ASSERT_EQ(files.survivor.person().residences_size(), 2);
    const std::string later = files.survivor.person().residences(1).id();

    MergeFiles apart = Unmerge(files, &world, {later});
    EXPECT_EQ(apart.survivor.person().state(), v1::Person::LEFT);
    EXPECT_EQ(apart.absorbed.person().state(), v1::Person::ACTIVE);
    world.GoTo("2026-03-11 10:00");
    files.survivor = world.Do(Action::kEndResidence, files.survivor);
    apart = Unmerge(files, &world, {later});
    EXPECT_EQ(apart.survivor.person().state(), v1::Person::LEFT);
    EXPECT_EQ(apart.absorbed.person().state(), v1::Person::LEFT);
  }
}

TEST(Unmerge, OfWhatWasRetractedNothingIsOwed) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::RegisterResidenceRequest told;
  *told.mutable_residence() = Spell(testing::kSecondVillage, "2026-02-27");
  told.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  told.mutable_residence()->set_dwelling_kind("02");
  files.absorbed = world.Must(DecideRegisterResidence(files.absorbed, told, world.env()));
  const auto letting = [](const v1::PersonRecord& file) {
    const auto& duties = file.person().duties();
    return std::count_if(duties.begin(), duties.end(),
                         [](const auto& duty) { return duty.kind() == v1::Duty::LETTING; });
  };
  ASSERT_EQ(letting(files.absorbed), 1);
  files = Merge(files, &world, {});
  ASSERT_EQ(letting(files.survivor), 1);
  v1::CorrectResidenceRequest retract;
  retract.set_id(OpenSpell(files.survivor.person(), v1::Residence::TEMPORARY)->id());
  retract.set_retract(true);
  files.survivor = world.Must(DecideCorrectResidence(files.survivor, retract, world.env()));
  EXPECT_EQ(letting(files.survivor), 0);
  EXPECT_EQ(letting(Unmerge(files, &world).absorbed), 0);
}

// A job that came over and never was has no report owed on either side.
TEST(Unmerge, RetractedJobIsRetractedOnItsSide) {
  World world;
  MergeFiles files = Merge(TwoFiles(&world), &world, {});
  ASSERT_GT(files.absorbed.person().duties_size(), 0);
  files.survivor = world.Do(Action::kRetractEmployment, files.survivor);
  files = Unmerge(files, &world);
  EXPECT_EQ(files.absorbed.person().employments(0).retract_reason(), "another of the name");
  EXPECT_TRUE(files.absorbed.person().duties().empty());
}

// Until the death that was recorded by mistake is taken back.
TEST(Unmerge, NotWhenThePersonHasDiedSince) {
  World world;
  const MergeFiles before = TwoFiles(&world);
  MergeFiles files = Merge(before, &world, {"residences"});
  files.survivor = world.Do(Action::kRecordDeath, files.survivor);
  EXPECT_THAT(DecideUnmerge(files, {}, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  files.survivor = world.Do(Action::kRetractDeath, files.survivor);
  files = Unmerge(files, &world);
  files.survivor.mutable_person()->clear_retracted_death();
  EXPECT_EQ(Now(files.survivor), Now(before.survivor));
  EXPECT_EQ(Now(files.absorbed), Now(before.absorbed));
}

// Refused, and says which field of the file that is one must be corrected first.
MATCHER_P(WantsCorrected, field, "wants the field corrected") {
  const Status& status = ::pingan::testing::StatusOf(arg);
  *result_listener << status.ToString();
  const ErrorDetails details = DetailsOf(status);
  return status.code() == kPrecondition && details.reason == common::v1::ACTION_NOT_ALLOWED &&
         details.fields.size() == 1 && details.fields[0].path == field &&
         details.metadata.size() == 1 && details.metadata[0].second == testing::kPersonName;
}

// The file after the residence of the place was corrected to those days, or retracted.
v1::PersonRecord Corrected(const v1::PersonRecord& file, int i, const char* from_date,
                           const char* to_date, World* world) {
  v1::CorrectResidenceRequest request;
  request.set_id(file.person().residences(i).id());
  request.set_retract(*from_date == 0);
  if (*from_date != 0) {
    *request.mutable_residence() = Spell(file.person().residences(i).area(), from_date, to_date);
  }
  return world->Must(DecideCorrectResidence(file, request, world->env()));
}

v1::PersonRecord Updated(const v1::PersonRecord& file, const v1::Person& person, const char* field,
                         World* world) {
  v1::UpdatePersonRequest request;
  *request.mutable_person() = person;
  request.mutable_update_mask()->add_paths(field);
  return world->Must(DecideUpdate(file, request, world->env()));
}

// Of two deaths the one file has one, and by that its residences were corrected.
TEST(Unmerge, NoResidenceEndsAfterTheDeath) {
  for (const bool absorbed_died_first : {false, true}) {
    World world;
    MergeFiles files = TwoFiles(&world);
    v1::RecordDeathRequest death;
    death.set_death_date(absorbed_died_first ? "2026-03-01" : "2026-02-01");
    files.survivor = world.Must(DecideRecordDeath(files.survivor, death, world.env()));
    death.set_death_date(absorbed_died_first ? "2026-02-01" : "2026-03-01");
    files.absorbed = world.Must(DecideRecordDeath(files.absorbed, death, world.env()));
    files = absorbed_died_first ? Merge(files, &world, {"residences"})
                                : Merge(files, &world, {"death_date"});
    const char* from_date = absorbed_died_first ? "2026-01-01" : "2025-03-03";
    files.survivor = Corrected(files.survivor, 1, from_date, "2026-02-20", &world);
    EXPECT_THAT(DecideUnmerge(files, {}, world.env()), WantsCorrected("residences[1]"));
    files.survivor = Corrected(files.survivor, 1, from_date, "2026-02-01", &world);
    Unmerge(files, &world);
  }
}

// Of two births likewise.
TEST(Unmerge, NoResidenceBeginsBeforeTheBirth) {
  World world;
  MergeFiles files = TwoFiles(&world);
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_documents();
  files.survivor.mutable_person()->set_birth_date("1990-01-21");
  files.absorbed.mutable_person()->set_birth_date("1990-01-12");
  MergeFiles merged = Merge(files, &world, {"birth_date"});
  merged.survivor = Corrected(merged.survivor, 0, "", "", &world);
  merged.survivor = Corrected(merged.survivor, 0, "1990-01-15", "", &world);
  EXPECT_THAT(DecideUnmerge(merged, {}, world.env()), WantsCorrected("residences[0]"));
  merged.survivor = Corrected(merged.survivor, 0, "1990-01-21", "", &world);
  Unmerge(merged, &world);

  // On the file that comes back.
  merged = Merge(files, &world, {});
  merged.survivor = Updated(merged.survivor, files.absorbed.person(), "birth_date", &world);
  EXPECT_EQ(Unmerge(merged, &world).survivor.person().birth_date(), "1990-01-12") << "said since";
  v1::Person earlier;
  earlier.set_birth_date("1990-01-10");
  merged.survivor = Updated(merged.survivor, earlier, "birth_date", &world);
  merged.survivor = Corrected(merged.survivor, 0, "1990-01-11", "1991-01-01", &world);
  EXPECT_THAT(DecideUnmerge(merged, {}, world.env()), WantsCorrected("residences[0]"));
  merged.survivor = Corrected(merged.survivor, 0, "", "", &world);
  Unmerge(merged, &world);
}

// What gave way to the other's comes back, and cannot be corrected before.
TEST(Unmerge, NoResidenceThatWasSetAsideBeginsBeforeTheBirth) {
  World world;
  MergeFiles files = TwoFiles(&world);
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_documents();
  MergeFiles merged = Merge(files, &world, {"residences"});
  merged.survivor = Corrected(merged.survivor, 0, "", "", &world);
  v1::Person later;
  later.set_birth_date("2025-12-31");
  merged.survivor = Updated(merged.survivor, later, "birth_date", &world);
  EXPECT_THAT(DecideUnmerge(merged, {}, world.env()), WantsCorrected("birth_date"));
  merged.survivor = Updated(merged.survivor, files.survivor.person(), "birth_date", &world);
  Unmerge(merged, &world);
}

TEST(Unmerge, NoResidencesOverlap) {
  World world;
  MergeFiles merged = Merge(TwoFiles(&world), &world, {"residences"});
  world.GoTo("2026-03-05 10:00");
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2025-06-01", "2025-07-01");
  merged.survivor = world.Must(DecideRegisterResidence(merged.survivor, request, world.env()));
  EXPECT_THAT(DecideUnmerge(merged, {}, world.env()), WantsCorrected("residences[1]"));
  Unmerge(merged, &world, {merged.survivor.person().residences(1).id()});
  merged.survivor = Corrected(merged.survivor, 1, "", "", &world);
  Unmerge(merged, &world);
}

// One that was told while the birth date was the other's.
TEST(Unmerge, NoBirthDateIsOtherThanTheCitizenIds) {
  World world;
  MergeFiles files = TwoFiles(&world);
  const v1::Person with_id = files.survivor.person();
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_documents();
  files.survivor.mutable_person()->set_birth_date("1990-05-18");
  files.survivor.mutable_person()->clear_sex();
  MergeFiles merged = Merge(files, &world, {"birth_date"});
  merged.survivor = Updated(merged.survivor, with_id, "documents", &world);
  EXPECT_THAT(DecideUnmerge(merged, {}, world.env()), WantsCorrected("documents"));
  merged.survivor = Updated(merged.survivor, {}, "documents", &world);
  Unmerge(merged, &world);

  // It says what the file had not said.
  files.survivor.mutable_person()->clear_birth_date();
  merged = Merge(files, &world, {});
  merged.survivor = Updated(merged.survivor, with_id, "documents", &world);
  const v1::Person person = Unmerge(merged, &world).survivor.person();
  EXPECT_EQ(person.birth_date(), with_id.birth_date());
  EXPECT_EQ(person.sex(), with_id.sex());
}

TEST(Unmerge, RefusesWhatCannotBe) {
  World world;
  const MergeFiles merged = Merge(TwoFiles(&world), &world, {});
  v1::UnmergePersonsRequest request;
  request.add_to_absorbed(merged.survivor.person().employments(0).id());
  EXPECT_THAT(DecideUnmerge(merged, request, world.env()), NamesField("to_absorbed[0]"));
  MergeFiles later = merged;
  later.survivor.add_merges()->set_absorbed("persons/411602-00000003");
  EXPECT_THAT(DecideUnmerge(later, {}, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  MergeFiles erased = merged;
  erased.candidate.mutable_candidate()->set_state(Candidate::ERASED);
  EXPECT_THAT(DecideUnmerge(erased, {}, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  const MergeFiles apart = Unmerge(merged, &world);
  EXPECT_THAT(DecideUnmerge(apart, {}, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  MergeFiles gone = merged;
  gone.survivor.mutable_person()->set_state(v1::Person::MERGED);
  const auto refused = DecideUnmerge(gone, {}, world.env());
  EXPECT_THAT(refused, Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  EXPECT_TRUE(StdView(refused.status().message()).starts_with("UnmergePersons: "))
      << refused.status();
}

}  // namespace
}  // namespace pingan::population
