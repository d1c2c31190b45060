#include "services/population/merge.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/days.h"
#include "services/population/death.h"
#include "services/population/duplicate.h"
#include "services/population/employment.h"
#include "services/population/merge_fixture.h"
#include "services/population/residence.h"
#include "services/population/residents.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using testing::Merge;
using testing::Now;
using testing::Spell;
using testing::TwoFiles;
using testing::Unmerge;
using testing::World;
using Candidate = v1::DuplicateCandidate;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

TEST(Merge, SurvivorGoesOnWithTheFactsOfBoth) {
  World world;
  const MergeFiles before = TwoFiles(&world);
  const MergeFiles after = Merge(before, &world, {});
  const v1::Person& person = after.survivor.person();
  EXPECT_EQ(person.display_name(), "张建国");
  EXPECT_THAT(person.former_names(), ElementsAre("張建國"));
  EXPECT_EQ(person.education(), "20");  // the survivor had said nothing
  EXPECT_THAT(person.external_ids(), ElementsAre("grid:7"));
  // The overlapping open one gives way; the earlier one comes over.
  ASSERT_EQ(person.residences_size(), 2);
  EXPECT_EQ(person.residences(0).area(), testing::kSecondVillage);
  EXPECT_EQ(person.residences(0).origin().person(), testing::kSecondName);
  EXPECT_EQ(person.residences(1).area(), testing::kVillage);
  EXPECT_EQ(person.area(), testing::kVillage);
  EXPECT_EQ(person.employments(0).origin().id(), before.absorbed.person().employments(0).id());
  EXPECT_EQ(person.duties(0).fact(), person.employments(0).id());
  EXPECT_EQ(person.service_items_size(), 1);
  EXPECT_EQ(after.absorbed.person().state(), v1::Person::MERGED);
  EXPECT_EQ(after.absorbed.person().merged_into(), testing::kPersonName);
  EXPECT_FALSE(after.absorbed.person().has_next_due_time());
  EXPECT_EQ(after.candidate.candidate().state(), Candidate::MERGED);
  EXPECT_EQ(after.candidate.candidate().survivor(), testing::kPersonName);
}

TEST(Merge, TakesWhatIsChosen) {
  World world;
  const MergeFiles after = Merge(TwoFiles(&world), &world, {"display_name", "residences"});
  const v1::Person& person = after.survivor.person();
  EXPECT_EQ(person.display_name(), "張建國");
  EXPECT_THAT(person.former_names(), ElementsAre("张建国"));
  EXPECT_EQ(person.area(), testing::kSecondVillage);
  EXPECT_EQ(OpenSpell(person, v1::Residence::MAIN)->from_date(), "2026-01-01");
  EXPECT_EQ(after.survivor.merges(0).set_aside(0).area(), testing::kVillage);
}

// One person lives in a dwelling, also while two files are one: at any revision as then, now as
// now.
TEST(Merge, AddressHasOnePersonWhateverIsMerged) {
  World world;
  MergeFiles before = TwoFiles(&world);
  for (auto& spell : *before.absorbed.mutable_person()->mutable_residences()) {
    spell.set_dwelling(testing::kDwelling);
  }
  const MergeFiles merged = Merge(before, &world, {"residences"});
  const MergeFiles apart = Unmerge(merged, &world);
  const auto living = [](const MergeFiles& files, int64_t revision) {
    std::string names;
    for (const auto* record : {&files.survivor, &files.absorbed}) {
      for (const auto& resident :
           ResidentsOf(*record, testing::kDwelling, "2026-03-02", revision)) {
        names += resident.person() + " ";
      }
    }
    return names;
  };
  const std::string one = std::string(testing::kPersonName) + " ";
  const std::string other = std::string(testing::kSecondName) + " ";
  EXPECT_EQ(living(before, 0), other);
  EXPECT_EQ(living(merged, 0), one);
  EXPECT_EQ(living(apart, 0), other);
  const int64_t first = before.absorbed.person().revision();
  const int64_t middle = merged.absorbed.person().revision();
  for (const MergeFiles& files : {merged, apart}) {
    EXPECT_EQ(living(files, first), other);
    EXPECT_EQ(living(files, middle), one);
  }
  EXPECT_EQ(living(apart, apart.absorbed.person().revision()), other);
}

// The survivor had left a place after the other came to live in another.
TEST(Merge, DoesNotLoseTheActiveRegistration) {
  World world;
  MergeFiles files;
  files.survivor = world.Do(Action::kEndResidence, world.Registered("2025-03-03"));
  files.absorbed = world.Registered("2025-06-02", testing::kSecondName);
  files.candidate = Suspect(files.survivor, files.absorbed, {}, world.env())->after;
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take"));
  request.add_take("residences");
  ASSERT_OK_AND_ASSIGN(const auto merged, DecideMerge(files, request, world.env()));
  EXPECT_NE(OpenSpell(merged.survivor.after.person(), v1::Residence::MAIN), nullptr);
}

// Of the dead with the dead, on the day that is chosen; never of the dead with the living.
TEST(Merge, WantsADeathOnBothFiles) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::RecordDeathRequest death;
  death.set_death_date("2026-03-01");
  files.absorbed = world.Must(DecideRecordDeath(files.absorbed, death, world.env()));
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  EXPECT_THAT(DecideMerge(files, request, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  death.set_death_date("2026-02-27");
  files.survivor = world.Must(DecideRecordDeath(files.survivor, death, world.env()));
  const MergeFiles merged = Merge(files, &world, {"death_date"});
  EXPECT_EQ(merged.survivor.person().state(), v1::Person::DECEASED);
  EXPECT_EQ(merged.survivor.person().death_date(), "2026-03-01");
  const MergeFiles apart = Unmerge(merged, &world);
  EXPECT_EQ(Now(apart.survivor), Now(files.survivor));
  EXPECT_EQ(Now(apart.absorbed), Now(files.absorbed));
}

// Of whichever file it is: the day that is chosen, or the residence, is wrong.
TEST(Merge, NoResidenceEndsAfterTheDeath) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::RecordDeathRequest death;
  death.set_death_date("2026-02-27");
  files.survivor = world.Must(DecideRecordDeath(files.survivor, death, world.env()));
  death.set_death_date("2026-03-01");
  files.absorbed = world.Must(DecideRecordDeath(files.absorbed, death, world.env()));
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  EXPECT_OK(DecideMerge(files, request, world.env())) << "the survivor's residence stands";
  request.add_take("residences");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take"));
  request.add_take("death_date");
  EXPECT_OK(DecideMerge(files, request, world.env()));
  std::swap(files.survivor, files.absorbed);
  request.set_survivor(testing::kSecondName);
  *request.mutable_take() = {};
  request.add_take("phone");
  request.add_take("death_date");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[1]"));

  v1::CorrectResidenceRequest correct;
  correct.set_id(files.survivor.person().residences(1).id());
  *correct.mutable_residence() = Spell(testing::kSecondVillage, "2026-01-01", "2026-02-27");
  files.survivor = world.Must(DecideCorrectResidence(files.survivor, correct, world.env()));
  EXPECT_OK(DecideMerge(files, request, world.env())) << "corrected first";
}

// What each write of the file would refuse.
TEST(Merge, DoesNotSayOtherwiseThanTheCitizenId) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::Person& person = *files.survivor.mutable_person();
  v1::Person& other = *files.absorbed.mutable_person();
  const std::string birth_date = person.birth_date();
  other.clear_documents();
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  request.add_take("phone");
  request.add_take("birth_date");
  EXPECT_OK(DecideMerge(files, request, world.env()));
  other.set_birth_date("1990-05-18");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[1]"));
  other.set_birth_date(birth_date);
  other.set_sex(v1::FEMALE);
  *request.mutable_take() = {};
  EXPECT_OK(DecideMerge(files, request, world.env()));
  request.add_take("sex");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[0]"));

  // The citizen ID comes over, and what it says must.
  person.mutable_documents()->Swap(other.mutable_documents());
  person.set_birth_date("1990-05-18");
  other.set_sex(person.sex());
  *request.mutable_take() = {};
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take"));
  request.add_take("birth_date");
  EXPECT_OK(DecideMerge(files, request, world.env()));
}

TEST(Merge, NoResidenceBeginsBeforeTheBirth) {
  World world;
  MergeFiles files = TwoFiles(&world);
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_documents();
  files.absorbed.mutable_person()->set_birth_date("2025-03-04");
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  EXPECT_OK(DecideMerge(files, request, world.env()));
  request.add_take("birth_date");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[0]"));
}

TEST(Merge, RefusesWhatCannotBe) {
  World world;
  const MergeFiles files = TwoFiles(&world);
  v1::MergePersonsRequest request;
  request.set_survivor("persons/411602-00000009");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("survivor"));
  request.set_survivor(testing::kPersonName);
  request.add_take("state");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[0]"));
  request.clear_take();
  MergeFiles moving = files;
  moving.absorbed = world.Do(Action::kOfferMove, files.absorbed);
  EXPECT_THAT(DecideMerge(moving, request, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  for (const auto state : {Candidate::MERGED, Candidate::NOT_DUPLICATE, Candidate::UNMERGED}) {
    MergeFiles decided = files;
    decided.candidate.mutable_candidate()->set_state(state);
    EXPECT_THAT(DecideMerge(decided, request, world.env()),
                Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  }
  EXPECT_THAT(DecideUnmerge(files, {}, world.env()),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  world.caller.area = testing::kVillage;
  EXPECT_THAT(DecideMerge(files, request, world.env()),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

// Nor the survivor's, by the choice of the other's.
TEST(Merge, DoesNotTakeTheActiveRegistrationAway) {
  World world;
  MergeFiles files;
  files.survivor = world.Registered("2025-03-03");
  v1::RegisterResidenceRequest told;
  *told.mutable_residence() = Spell(testing::kVillage, "2025-04-01", "2025-05-01");
  files.absorbed = world.Must(
      DecideRegisterResidence(world.Registered("", testing::kSecondName), told, world.env()));
  files.candidate = Suspect(files.survivor, files.absorbed, {}, world.env())->after;
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  EXPECT_OK(DecideMerge(files, request, world.env()));
  request.add_take("residences");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take[0]"));
}

TEST(Merge, DoesNotLoseTheBetterPermit) {
  using Permit = v1::ResidencePermit;
  const struct {
    Permit::State survivor;
    Permit::State absorbed;
    bool may_keep;
    bool may_take;
  } kCases[] = {{Permit::CANCELLED, Permit::VALID, false, true},
                {Permit::VALID, Permit::CANCELLED, true, false},
                {Permit::SUSPENDED, Permit::VALID, false, true},
                {Permit::ACCEPTED, Permit::SUSPENDED, false, true},
                {Permit::CANCELLED, Permit::APPLIED, false, true},
                {Permit::APPLIED, Permit::ACCEPTED, true, true},
                {Permit::VALID, Permit::VALID, true, true}};
  World world;
  MergeFiles files = TwoFiles(&world);
  for (const auto& row : kCases) {
    SCOPED_TRACE(Permit::State_Name(row.survivor) + " " + Permit::State_Name(row.absorbed));
    for (auto [file, state] :
         {std::pair(&files.survivor, row.survivor), std::pair(&files.absorbed, row.absorbed)}) {
      Permit& permit = *file->mutable_person()->mutable_permit();
      permit.set_state(state);
      permit.set_due_date("2026-03-17");
      permit.set_endorse_by("2026-08-01");
    }
    v1::MergePersonsRequest request;
    request.set_survivor(testing::kPersonName);
    for (const bool taken : {false, true}) {
      if (taken) request.add_take("permit");
      const auto decided = DecideMerge(files, request, world.env());
      if (taken ? row.may_take : row.may_keep) {
        EXPECT_OK(decided);
      } else {
        EXPECT_THAT(decided, NamesField(taken ? "take[0]" : "take"));
      }
    }
  }
}

TEST(Merge, CitizenIdsOfTwoBirthsAreNotOnePerson) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::Person& other = *files.absorbed.mutable_person();
  other.mutable_documents(0)->set_document_number(testing::CitizenIdOf("32010219900518123"));
  other.set_birth_date("1990-05-18");
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  for (const bool taken : {false, true}) {
    if (taken) request.add_take("birth_date");  // which is no way out
    const auto refused = DecideMerge(files, request, world.env());
    ASSERT_THAT(refused, NamesField("take"));
    EXPECT_THAT(DetailsOf(refused.status()).fields[0].problem,
                ::testing::StartsWith("documents: the citizen IDs"));
  }
  // One of them was a slip, and with it the birth date.
  other.clear_documents();
  request.clear_take();
  EXPECT_OK(DecideMerge(files, request, world.env()));
}

// Of a residence that was set aside nobody owes a report, until it stands again.
TEST(Merge, WhatIsSetAsideGoesWithWhatIsOwedOfIt) {
  World world;
  MergeFiles files = TwoFiles(&world);
  v1::ChangeResidenceRequest change;
  *change.mutable_residence() = Spell(testing::kVillage, "2026-02-27");
  change.mutable_residence()->set_dwelling_kind("02");
  files.survivor = world.Must(DecideChangeResidence(files.survivor, change, world.env()));
  files.survivor = world.Do(Action::kRecordEmployment, files.survivor);
  ASSERT_EQ(files.survivor.person().duties_size(), 3);
  const MergeFiles merged = Merge(files, &world, {"residences"});
  for (const auto& duty : merged.survivor.person().duties()) {
    EXPECT_EQ(duty.kind(), v1::Duty::HIRE) << "of a job on either file";
  }
  const MergeFiles apart = Unmerge(merged, &world);
  EXPECT_EQ(Now(apart.survivor), Now(files.survivor));
}

}  // namespace
}  // namespace pingan::population
