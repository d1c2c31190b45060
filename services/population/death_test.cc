#include "services/population/death.h"

#include <memory>
#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/duplicate.h"
#include "services/population/employment.h"
#include "services/population/merge_fixture.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::World;

TEST(Death, EndsWhatIsOpen) {
  World world;
  auto before = world.Do(Action::kRecordEmployment, world.WithPermit(v1::ResidencePermit::VALID));
  before = world.Do(Action::kRequestService, before);
  before = world.Do(Action::kOfferMove, before);
  const auto after = world.Do(Action::kRecordDeath, before);
  const v1::Person& person = after.person();
  EXPECT_EQ(person.state(), v1::Person::DECEASED);
  EXPECT_EQ(person.residences(0).to_date(), "2026-03-02");
  EXPECT_EQ(person.employments(0).to_date(), "2026-03-02");
  EXPECT_EQ(person.permit().cancel_reason(), "death");
  EXPECT_EQ(person.service_items(0).state(), v1::ServiceItem::LAPSED);
  EXPECT_EQ(person.service_items(0).end_date(), "2026-03-02");
  EXPECT_FALSE(person.has_move());
  EXPECT_FALSE(person.has_next_due_time());
  v1::RecordDeathRequest request;
  for (const char* day : {"2026-03-03", "1990-05-16", "2025-03-02"}) {
    request.set_death_date(day);
    EXPECT_THAT(DecideRecordDeath(before, request, world.env()), NamesField("death_date")) << day;
  }
}

// Registered on a second file after the death, which is told to nobody in time.
TEST(Death, WhatWasNeverLivedGivesWayToIt) {
  World world;
  v1::PersonRecord file = world.Registered("2026-02-01");
  v1::RecordDeathRequest death;
  death.set_death_date("2026-01-10");
  EXPECT_THAT(DecideRecordDeath(file, death, world.env()), NamesField("death_date"));
  v1::CorrectResidenceRequest retract;
  retract.set_id(file.person().residences(0).id());
  retract.set_retract(true);
  EXPECT_FALSE(DecideCorrectResidence(file, retract, world.env()).ok()) << "while it is open";
  file = world.Do(Action::kEndResidence, file);
  EXPECT_THAT(DecideRecordDeath(file, death, world.env()), NamesField("death_date"));
  file = world.Must(DecideCorrectResidence(file, retract, world.env()));
  EXPECT_OK(DecideRecordDeath(file, death, world.env()));
}

TEST(Death, NobodyLivesAnywhereAfterIt) {
  World world;
  const auto left = world.Do(Action::kEndResidence, world.Registered());  // on 2026-03-02
  v1::RecordDeathRequest request;
  request.set_death_date("2026-03-01");
  EXPECT_THAT(DecideRecordDeath(left, request, world.env()), NamesField("death_date"));
  request.set_death_date("2026-03-02");
  const auto deceased = world.Must(DecideRecordDeath(left, request, world.env()));
  world.GoTo("2026-03-05 10:00");
  v1::CorrectResidenceRequest correct;
  correct.set_id("1");
  for (const auto& [end, ok] : {std::pair("2026-03-03", false), {"2026-03-02", true}}) {
    *correct.mutable_residence() = testing::Spell(testing::kVillage, "2025-03-03", end);
    const auto corrected = DecideCorrectResidence(deceased, correct, world.env());
    if (ok) {
      EXPECT_OK(corrected);
    } else {
      EXPECT_THAT(corrected, NamesField("residence.to_date"));
    }
  }
}

TEST(Death, MayComeOnTheDayOfRegistration) {
  World world;
  const auto before = world.Registered("2026-03-02");
  const auto after = world.Do(Action::kRecordDeath, before);
  EXPECT_EQ(after.person().state(), v1::Person::DECEASED);
  EXPECT_EQ(after.person().residences_size(), 0) << "lived there for no day";
  EXPECT_EQ(after.superseded_size(), 1) << "and nothing is lost";
  EXPECT_EQ(after.person().area(), before.person().area());
}

// Whoever is dismissed after the death was told of late.
TEST(Death, NobodyWorksAfterIt) {
  World world;
  auto file = world.Do(Action::kRecordEmployment, world.Registered());  // since 2025-04-01
  file = world.Do(Action::kEndEmployment, file);                        // on 2026-03-02
  v1::RecordDeathRequest death;
  death.set_death_date("2026-02-01");
  v1::CorrectResidenceRequest correct;
  file = world.Do(Action::kEndResidence, file);
  correct.set_id("1");
  *correct.mutable_residence() = testing::Spell(testing::kVillage, "2025-03-03", "2026-02-01");
  file = world.Must(DecideCorrectResidence(file, correct, world.env()));
  file = world.Must(DecideRecordDeath(file, death, world.env()));
  EXPECT_EQ(file.person().employments(0).to_date(), "2026-02-01");
}

// A job that began after the death never was: it is retracted, not cut to nothing in silence.
TEST(Death, NobodyBeginsToWorkAfterIt) {
  for (const bool ended : {false, true}) {
    World world;
    auto file = world.Do(Action::kRecordEmployment, world.Registered(""));  // since 2025-04-01
    if (ended) file = world.Do(Action::kEndEmployment, file);
    v1::RecordDeathRequest death;
    death.set_death_date("2025-03-31");
    EXPECT_THAT(DecideRecordDeath(file, death, world.env()), NamesField("death_date"));
    death.set_death_date("2025-04-01");
    const auto on_the_day = world.Must(DecideRecordDeath(file, death, world.env()));
    EXPECT_EQ(on_the_day.person().employments(0).to_date(), "2025-04-01") << "for no day";
    death.set_death_date("2025-03-31");
    file = world.Do(Action::kRetractEmployment, file);
    EXPECT_TRUE(file.person().duties().empty()) << "nobody reports what never was";
    file = world.Must(DecideRecordDeath(file, death, world.env()));
    EXPECT_EQ(file.person().employments(0).retract_reason(), "another of the name");
    file = world.Do(Action::kRetractDeath, file);
    EXPECT_EQ(file.person().employments(0).to_date(), "2025-04-01") << "and never will have been";
  }
}

// What was asked for in the name of the dead has lapsed as it was asked.
TEST(Death, NoServiceLapsesBeforeItIsAskedFor) {
  World world;
  auto file = world.Do(Action::kRequestService, world.Registered());  // on 2026-03-02
  v1::RecordDeathRequest death;
  death.set_death_date("2026-02-27");
  file = world.Must(DecideRecordDeath(file, death, world.env()));
  EXPECT_EQ(file.person().service_items(0).state(), v1::ServiceItem::LAPSED);
  EXPECT_EQ(file.person().service_items(0).end_date(), "2026-03-02");
}

// A file with something of everything that a death ends, in the world on 2026-03-02.
v1::PersonRecord FullLife(World* world) {
  v1::PersonRecord file = world->WithPermit(v1::ResidencePermit::VALID);
  file = world->Do(Action::kRecordEmployment, file);
  file = world->Do(Action::kRequestService, file);
  v1::RegisterResidenceRequest second;  // let to the person today: the landlord owes a report
  *second.mutable_residence() = testing::Spell(testing::kVillage, "2026-03-02");
  second.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  second.mutable_residence()->set_dwelling_kind("02");
  return world->Must(DecideRegisterResidence(file, second, world->env()));
}

// What the file says now, but for the death that was none.
std::string Told(v1::PersonRecord record) {
  record.mutable_person()->clear_retracted_death();
  return testing::Now(record);
}

TEST(Death, TakenBackLeavesTheFileAsItWas) {
  World world;
  const v1::PersonRecord before = FullLife(&world);
  v1::PersonRecord file = world.Do(Action::kRecordDeath, before);
  ASSERT_EQ(file.person().residences_size(), 1) << "the other was lived for no day";
  file = world.Do(Action::kRetractDeath, file);
  EXPECT_EQ(Told(file), Told(before));
  EXPECT_FALSE(file.has_before_death());
  const v1::RetractedDeath& retracted = file.person().retracted_death();
  EXPECT_EQ(retracted.death_date(), "2026-03-02");
  EXPECT_EQ(retracted.reason(), "another of the name");
  EXPECT_EQ(retracted.actor(), "officer-1");
  EXPECT_EQ(retracted.retract_time().seconds(), absl::ToUnixSeconds(world.now));
  // Who asks how it was known then is told of the death.
  EXPECT_EQ(SpellsKnownAt(file, file.person().revision() - 1, "").size(), 1u);
  EXPECT_EQ(file.superseded(file.superseded_size() - 1).superseded_reason(),
            "death retracted: another of the name");
  file = world.Do(Action::kRecordDeath, file);
  EXPECT_EQ(file.person().state(), v1::Person::DECEASED) << "the true one";
}

TEST(Death, TakenBackOfWhoHadLeftLeavesThemGone) {
  World world;
  const auto left = world.Do(Action::kEndResidence, world.Registered());
  const auto file = world.Do(Action::kRetractDeath, world.Do(Action::kRecordDeath, left));
  EXPECT_EQ(Told(file), Told(left));
}

// A ledger's way with the dead of another version of the program.
TEST(Death, OfWhichNothingIsKnownIsTakenBackAlone) {
  World world;
  auto file = world.Do(Action::kRecordDeath, world.Registered());
  file.clear_before_death();
  file = world.Do(Action::kRetractDeath, file);
  EXPECT_EQ(file.person().state(), v1::Person::LEFT);
  EXPECT_EQ(file.person().residences(0).to_date(), "2026-03-02");
  EXPECT_EQ(file.person().death_date(), "");
}

// What was corrected after the death stays corrected.
TEST(Death, TakenBackKeepsWhatWasCorrectedSince) {
  const struct {
    const char* to_date;  // of the correction; null = retracted
    v1::Person::State state;
    const char* open;  // since when the person lives there
  } kCases[] = {{"2026-03-02", v1::Person::ACTIVE, "2025-05-05"},
                {"2026-01-10", v1::Person::LEFT, ""},
                {nullptr, v1::Person::LEFT, ""}};
  for (const auto& row : kCases) {
    World world;
    v1::PersonRecord file = world.Do(Action::kRecordDeath, world.Registered());
    v1::CorrectResidenceRequest correct;
    correct.set_id("1");
    correct.set_retract(row.to_date == nullptr);
    if (row.to_date) {
      *correct.mutable_residence() = testing::Spell(testing::kVillage, "2025-05-05", row.to_date);
    }
    file = world.Must(DecideCorrectResidence(file, correct, world.env()));
    file = world.Do(Action::kRetractDeath, file);
    EXPECT_EQ(file.person().state(), row.state);
    const auto* open = OpenSpell(file.person(), v1::Residence::MAIN);
    EXPECT_EQ(open ? open->from_date() : "", row.open);
  }
}

// The dwelling has one more again, also when it was corrected since.
TEST(Death, TakenBackIsToldToTheDwelling) {
  World world;
  v1::PersonRecord file = world.Registered();
  auto& spell = *file.mutable_person()->mutable_residences(0);
  spell.set_dwelling(testing::kDwelling);
  const v1::PersonRecord dead = world.Do(Action::kRecordDeath, file);
  const v1::RetractDeathRequest request;
  const auto read = [&](const v1::PersonRecord& record) {
    return OnPerson<&DecideRetractDeath>::Wants(record, request).names;
  };
  EXPECT_THAT(read(dead), ::testing::Contains(testing::kDwelling));
  v1::PersonRecord corrected = dead;
  corrected.mutable_person()->mutable_residences(0)->set_dwelling("dwellings/411602-00000002");
  EXPECT_THAT(read(corrected), ::testing::Contains("dwellings/411602-00000002"));
  v1::PersonRecord of_a_day = world.Registered("2026-03-02");
  of_a_day.mutable_person()->mutable_residences(0)->set_dwelling(testing::kDwelling);
  of_a_day = world.Do(Action::kRecordDeath, of_a_day);
  ASSERT_TRUE(of_a_day.person().residences().empty());
  EXPECT_THAT(read(of_a_day), ::testing::Contains(testing::kDwelling));
  Related related;
  related.Add(testing::kDwelling, std::make_shared<v1::DwellingRecord>(world.Dwelling(4)));
  ASSERT_OK_AND_ASSIGN(const auto decision,
                       OnPerson<&DecideRetractDeath>::Decide(dead, request, related, world.env()));
  ASSERT_EQ(decision.also.size(), 1u);
  const auto& dwelling = static_cast<const v1::DwellingRecord&>(*decision.also[0].after);
  EXPECT_EQ(dwelling.dwelling().occupants(), 1);
}

// Whoever moved on the day of the death is of the area before, and with it the pairs of the file.
TEST(Death, MayBeOfTheAreaBeforeAndThePairsWithIt) {
  World world;
  v1::PersonRecord file = world.Do(Action::kOfferMove, world.Registered());
  file = world.Do(Action::kAcceptMove, file);
  ASSERT_EQ(file.person().area(), testing::kOtherVillage);
  const auto pair = Suspect(file, world.Registered("", testing::kSecondName), {}, world.env());
  v1::RecordDeathRequest died;
  died.set_death_date("2026-03-02");
  const std::string& name = pair->after.candidate().name();
  file.set_tasks_opened(1);
  EXPECT_FALSE(OnPerson<&DecideRecordDeath>::Wants(file, died).terms.empty());
  EXPECT_EQ(OnPerson<&DecideRecordDeath>::Wants(file, died).names,
            std::vector<std::string>{"tasks/p411602-00000001-1"});
  EXPECT_FALSE(OnPerson<&DecideRetractDeath>::Wants(file, {}).terms.empty());
  Related related;
  related.Add(name, std::make_shared<v1::DuplicateRecord>(pair->after));
  ASSERT_OK_AND_ASSIGN(const auto decision,
                       OnPerson<&DecideRecordDeath>::Decide(file, died, related, world.env()));
  EXPECT_EQ(decision.after.person().area(), testing::kVillage);
  ASSERT_EQ(decision.also.size(), 1u);
  EXPECT_EQ(decision.also[0].events, std::vector<std::string>{"duplicate.moved"});
  const auto back = world.Do(Action::kRetractDeath, world.Commit(decision.after));
  EXPECT_EQ(back.person().area(), testing::kOtherVillage);
}

// Also a job that turned out after the death to be another's.
TEST(Death, TakenBackLeavesARetractedJobRetracted) {
  World world;
  auto file = world.Do(Action::kRecordEmployment, world.Registered());
  file = world.Do(Action::kRetractEmployment, world.Do(Action::kRecordDeath, file));
  const std::string job = file.person().employments(0).DebugString();
  file = world.Do(Action::kRetractDeath, file);
  EXPECT_EQ(file.person().employments(0).DebugString(), job);
}

// Two files of the dead are one: whose death it is that was none is known when they are apart.
TEST(Death, IsNotTakenBackForTwo) {
  World world;
  MergeFiles files = testing::TwoFiles(&world);
  files.survivor = world.Do(Action::kRecordDeath, files.survivor);
  files.absorbed = world.Do(Action::kRecordDeath, files.absorbed);
  files = testing::Merge(files, &world, {});
  EXPECT_THAT(world.Apply(Action::kRetractDeath, files.survivor),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
  files = testing::Unmerge(files, &world);
  for (auto* file : {&files.survivor, &files.absorbed}) {
    *file = world.Do(Action::kRetractDeath, *file);
    EXPECT_EQ(file->person().state(), v1::Person::ACTIVE);
  }
}

}  // namespace
}  // namespace pingan::population
