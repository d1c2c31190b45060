#include "services/population/residence.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/days.h"
#include "services/population/residents.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Spell;
using testing::World;

std::string Told(const std::vector<v1::Residence>& spells) {
  std::string told;
  for (const auto& spell : spells) {
    told += spell.area() + " " + spell.from_date() + ".." + spell.to_date() + "\n";
  }
  return told;
}

TEST(Residence, FirstBeginsWithTheFile) {
  World world;
  v1::CreatePersonRequest request = World::NewPerson();
  *request.mutable_residence() = Spell(testing::kVillage, "2026-02-01");
  auto record = world.Registered("2026-02-01");
  ASSERT_EQ(record.person().residences_size(), 1);
  const v1::Residence& spell = record.person().residences(0);
  EXPECT_EQ(spell.id(), "1");
  EXPECT_EQ(spell.confidence(), v1::Residence::DECLARED);
  EXPECT_EQ(spell.recorded_by(), "officer-1");
  EXPECT_EQ(spell.recorded_revision(), 1);
}

TEST(Residence, NamesWhatIsWrong) {
  World world;
  const auto before = world.Registered("2025-06-01");
  using Edit = void (*)(v1::Residence*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"residence.kind", [](v1::Residence* r) { r->clear_kind(); }},
      {"residence.area", [](v1::Residence* r) { r->set_area("411602001999"); }},
      {"residence.area", [](v1::Residence* r) { r->set_area("411602000000"); }},
      {"residence.from_date", [](v1::Residence* r) { r->set_from_date("2026-03-03"); }},
      {"residence.from_date", [](v1::Residence* r) { r->set_from_date("2026-02-30"); }},
      {"residence.to_date", [](v1::Residence* r) { r->set_to_date("2025-01-01"); }},
      {"residence.to_date", [](v1::Residence* r) { r->set_to_date("2026-03-03"); }},
      {"residence.inflow_reason", [](v1::Residence* r) { r->set_inflow_reason("50"); }},
      {"residence.dwelling_kind", [](v1::Residence* r) { r->set_dwelling_kind("50"); }},
      {"residence.from_date", [](v1::Residence* r) { r->set_to_date("2025-06-02"); }},
      {"residence.from_date",
       [](v1::Residence* r) {
         r->set_from_date("1990-05-16");
         r->set_to_date("1991-01-01");
       }},
      {"residence.grid", [](v1::Residence* r) { r->set_grid("411602001009001"); }},
  };
  for (const auto& row : kCases) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = Spell(testing::kVillage, "2025-01-01", "2025-02-01");
    ASSERT_OK(DecideRegisterResidence(before, request, world.env()));
    row.edit(request.mutable_residence());
    EXPECT_THAT(DecideRegisterResidence(before, request, world.env()), NamesField(row.field))
        << row.field;
  }
}

// A spell ends before the day on which the next begins; kinds do not disturb each other.
TEST(Residence, SpellsOfOneKindNeverOverlap) {
  const struct {
    const char* from;
    const char* to;
    bool fits;
  } kCases[] = {
      {"2025-05-01", "2025-06-01", true},
      {"2025-05-01", "2025-06-02", false},
      {"2025-06-30", "2025-07-01", false},
      {"2025-07-01", "2025-07-02", true},
      {"2025-06-10", "2025-06-20", false},
      {"2025-05-01", "2025-08-01", false},
      {"2025-07-01", "", true},
      {"2025-06-30", "", false},
  };
  World world;
  world.GoTo("2025-07-01 10:00");
  auto before = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  world.GoTo("2026-03-02 10:00");
  for (const auto& row : kCases) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = Spell(testing::kVillage, row.from, row.to);
    const auto decided = DecideRegisterResidence(before, request, world.env());
    if (row.fits) {
      EXPECT_OK(decided) << row.from;
    } else {
      EXPECT_THAT(decided, NamesField("residence.from_date")) << row.from;
    }
    request.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
    EXPECT_OK(DecideRegisterResidence(before, request, world.env()));
  }
}

TEST(Residence, ThereIsOneActiveRegistration) {
  World world;
  const auto before = world.Registered();
  for (const char* area : {testing::kVillage, testing::kOtherVillage}) {
    v1::RegisterResidenceRequest request;
    *request.mutable_residence() = Spell(area, "2026-03-02");
    EXPECT_THAT(DecideRegisterResidence(before, request, world.env()),
                Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
    v1::ChangeResidenceRequest change;
    *change.mutable_residence() = Spell(area, "2026-03-02");
    if (area == testing::kVillage) {
      EXPECT_OK(DecideChangeResidence(before, change, world.env()));
    } else {
      EXPECT_THAT(DecideChangeResidence(before, change, world.env()), NamesField("residence.area"));
    }
  }
}

TEST(Residence, ChangeChainsTheSpells) {
  World world;
  auto record = world.Do(Action::kChangeResidence, world.Registered("2025-06-01"));
  EXPECT_EQ(Told(SpellsKnownAt(record, 0, "")),
            "411602001001 2025-06-01..2026-03-02\n411602001001 2026-03-02..\n");
  v1::ChangeResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2026-03-02");
  EXPECT_THAT(DecideChangeResidence(record, request, world.env()),
              NamesField("residence.from_date"));
  world.GoTo("2026-03-03 10:00");
  request.mutable_residence()->set_from_date("2026-03-03");
  request.mutable_residence()->set_source(v1::Residence::GRID_WORKER);
  request.mutable_residence()->set_confidence(v1::Residence::VERIFIED);
  record = world.Must(DecideChangeResidence(record, request, world.env()));
  // Each says who told it, and how sure it is, also after its end.
  const auto& spells = record.person().residences();
  ASSERT_EQ(spells.size(), 3);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(spells[i].source(), v1::Residence::PERSON);
    EXPECT_EQ(spells[i].confidence(), v1::Residence::DECLARED);
  }
  EXPECT_EQ(spells[2].source(), v1::Residence::GRID_WORKER);
  EXPECT_EQ(spells[2].confidence(), v1::Residence::VERIFIED);
}

TEST(Residence, WhoEndsTheMainOneHasLeftAndComesBack) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered());
  EXPECT_EQ(record.person().state(), v1::Person::LEFT);
  EXPECT_EQ(record.person().area(), testing::kVillage);
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kOtherVillage, "2026-03-02");
  record = world.Must(DecideRegisterResidence(record, request, world.env()));
  EXPECT_EQ(record.person().state(), v1::Person::ACTIVE);
  EXPECT_EQ(record.person().area(), testing::kOtherVillage);
}

// Who lived where, on a day, as known at a revision. A late correction changes now, not then.
TEST(Residence, IsKnownAsItWasKnown) {
  World world;
  auto record = world.Registered("2025-06-01");         // revision 1
  record = world.Do(Action::kChangeResidence, record);  // 2: since 2026-03-02
  v1::CorrectResidenceRequest request;
  request.set_id("1");
  *request.mutable_residence() = Spell(testing::kSecondVillage, "2025-05-01", "2026-03-02");
  request.set_reason("another village");
  record = world.Must(DecideCorrectResidence(record, request, world.env()));  // 3
  request.set_id("2");
  request.set_retract(true);
  request.clear_residence();
  EXPECT_THAT(DecideCorrectResidence(record, request, world.env()), NamesField("retract"));

  const struct {
    int64_t revision;
    const char* day;
    const char* told;
  } kCases[] = {
      {1, "", "411602001001 2025-06-01..\n"},
      {1, "2026-03-02", "411602001001 2025-06-01..\n"},
      {2, "2026-03-01", "411602001001 2025-06-01..2026-03-02\n"},
      {2, "2026-03-02", "411602001001 2026-03-02..\n"},
      {2, "2025-05-15", ""},
      {3, "2025-05-15", "411602001002 2025-05-01..2026-03-02\n"},
      {0, "2025-05-15", "411602001002 2025-05-01..2026-03-02\n"},
      {99, "2025-05-15", "411602001002 2025-05-01..2026-03-02\n"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(Told(SpellsKnownAt(record, row.revision, row.day)), row.told)
        << row.revision << " " << row.day;
  }
  EXPECT_EQ(record.superseded(1).superseded_reason(), "corrected: another village");
  EXPECT_EQ(record.superseded(1).superseded_revision(), 3);
}

// Why a version is known no more is told with it, from then on.
TEST(Residence, TellsWhatWasSupersededAndWhy) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  v1::CorrectResidenceRequest retract;
  retract.set_id("1");
  retract.set_retract(true);
  retract.set_reason("another person");
  record = world.Must(DecideCorrectResidence(record, retract, world.env()));  // 3
  const auto reasons = [&](int64_t revision) {
    v1::GetResidencesRequest request;
    request.set_known_revision(revision);
    request.set_with_superseded(true);
    std::vector<std::string> told;
    const auto answer = ReadResidences(record, request, world.env());
    for (const auto& spell : answer->residences()) {
      told.push_back(spell.to_date() + " " + spell.superseded_reason());
    }
    return told;
  };
  using ::testing::UnorderedElementsAre;
  EXPECT_THAT(reasons(1), UnorderedElementsAre(" "));
  EXPECT_THAT(reasons(2), UnorderedElementsAre(" ended", "2026-03-02 "));
  for (const int64_t revision : {3, 0}) {
    EXPECT_THAT(reasons(revision),
                UnorderedElementsAre(" ended", "2026-03-02 retracted: another person"));
  }
}

TEST(Residence, IsReadAsOfADay) {
  World world;
  const auto record = world.Registered("2025-06-01");
  v1::GetResidencesRequest request;
  request.set_on_date("2025-06-01");
  ASSERT_OK_AND_ASSIGN(auto read, ReadResidences(record, request, world.env()));
  EXPECT_EQ(read.residences_size(), 1);
  request.set_on_date("2025-05-31");
  ASSERT_OK_AND_ASSIGN(read, ReadResidences(record, request, world.env()));
  EXPECT_EQ(read.residences_size(), 0);
  request.set_on_date("2025-06-31");
  EXPECT_THAT(ReadResidences(record, request, world.env()), NamesField("on_date"));
}

TEST(Residence, RetractedWasNever) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  const std::string then = SpellsKnownAt(record, 2, "")[0].DebugString();
  v1::CorrectResidenceRequest request;
  request.set_id("1");
  request.set_retract(true);
  request.set_reason("another person");
  record = world.Must(DecideCorrectResidence(record, request, world.env()));
  EXPECT_THAT(SpellsKnownAt(record, 0, ""), IsEmpty());
  EXPECT_EQ(Told(SpellsKnownAt(record, 1, "")), "411602001001 2025-06-01..\n");
  EXPECT_EQ(Told(SpellsKnownAt(record, 2, "")), "411602001001 2025-06-01..2026-03-02\n");
  EXPECT_EQ(SpellsKnownAt(record, 2, "")[0].DebugString(), then) << "whatever was learned since";
}

TEST(Residence, CorrectionNeitherOpensNorMoves) {
  World world;
  const auto open = world.Registered("2025-06-01");
  v1::CorrectResidenceRequest request;
  request.set_id("1");
  *request.mutable_residence() = Spell(testing::kSecondVillage, "2025-06-01");
  EXPECT_THAT(DecideCorrectResidence(open, request, world.env()), NamesField("residence.area"));
  *request.mutable_residence() = Spell(testing::kVillage, "2025-06-01", "2026-01-01");
  EXPECT_THAT(DecideCorrectResidence(open, request, world.env()), NamesField("residence.to_date"));
  const auto ended = world.Do(Action::kEndResidence, open);
  *request.mutable_residence() = Spell(testing::kVillage, "2025-06-01");
  EXPECT_THAT(DecideCorrectResidence(ended, request, world.env()), NamesField("residence.to_date"));
  request.set_id("7");
  EXPECT_THAT(DecideCorrectResidence(ended, request, world.env()), NamesField("id"));
  request.clear_residence();
  request.set_id("1");
  EXPECT_THAT(DecideCorrectResidence(ended, request, world.env()), NamesField("residence"));
}

TEST(Residence, CorrectionNeitherEndsNorOpensARegistration) {
  World world;
  const auto before = world.Registered();
  v1::CorrectResidenceRequest request;
  request.set_id(before.person().residences(0).id());
  *request.mutable_residence() = before.person().residences(0);
  request.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  EXPECT_THAT(DecideCorrectResidence(before, request, world.env()), NamesField("residence.kind"));
  const auto dead = world.Do(Action::kRecordDeath, before);
  EXPECT_THAT(DecideCorrectResidence(dead, request, world.env()), NamesField("residence.to_date"));
}

TEST(Residence, CorrectionStaysInScope) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  world.caller.area = "411602";
  v1::CorrectResidenceRequest request;
  request.set_id("1");
  *request.mutable_residence() = Spell(testing::kOtherVillage, "2025-06-01", "2026-03-02");
  EXPECT_THAT(DecideCorrectResidence(record, request, world.env()), NamesField("residence.area"));
  request.mutable_residence()->set_area(testing::kSecondVillage);
  EXPECT_OK(DecideCorrectResidence(record, request, world.env()));
  // Where it is of another's area already, its days can be corrected.
  record.mutable_person()->mutable_residences(0)->set_area(testing::kOtherVillage);
  request.mutable_residence()->set_area(testing::kOtherVillage);
  EXPECT_OK(DecideCorrectResidence(record, request, world.env()));
}

// As many as a file can have: each can be corrected, and one that is retracted makes room.
TEST(Residence, ManyCanStillBeCorrected) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  v1::RegisterResidenceRequest told;
  const auto register_more = [&] {
    *told.mutable_residence() = Spell(testing::kVillage, "2024-01-01", "2024-01-02");
    return DecideRegisterResidence(record, told, world.env());
  };
  for (int i = 1; i < 200; ++i) {
    const std::string day = Text(absl::CivilDay(2024, 1, 2) + 2 * i);
    const std::string next = Text(absl::CivilDay(2024, 1, 2) + 2 * i + 1);
    *told.mutable_residence() = Spell(testing::kVillage, day, next);
    record = world.Must(DecideRegisterResidence(record, told, world.env()));
  }
  const auto full = Fails(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED);
  EXPECT_THAT(register_more(), full);
  v1::CorrectResidenceRequest correct;
  correct.set_id("1");
  for (int i = 1; i < 1000; ++i) {
    *correct.mutable_residence() = Spell(testing::kVillage, "2025-06-01", "2026-01-01");
    ASSERT_OK(DecideCorrectResidence(record, correct, world.env())) << i;
    *record.add_superseded() = record.superseded(0);
  }
  EXPECT_THAT(DecideCorrectResidence(record, correct, world.env()), full);
  record.mutable_superseded()->RemoveLast();
  correct.clear_residence();
  correct.set_retract(true);
  record = world.Must(DecideCorrectResidence(record, correct, world.env()));
  EXPECT_OK(register_more());
}

// Of who has left: whatever becomes of the spells.
TEST(Residence, AreaIsThatOfTheLastMainSpell) {
  World world;
  auto record = world.Do(Action::kEndResidence, world.Registered("2025-06-01"));
  v1::CorrectResidenceRequest correct;
  correct.set_id("1");
  *correct.mutable_residence() = Spell(testing::kSecondVillage, "2025-06-01", "2025-07-01");
  record = world.Must(DecideCorrectResidence(record, correct, world.env()));
  EXPECT_EQ(record.person().area(), testing::kSecondVillage);
  v1::RegisterResidenceRequest told;
  *told.mutable_residence() = Spell(testing::kOtherVillage, "2025-07-01", "2025-08-01");
  record = world.Must(DecideRegisterResidence(record, told, world.env()));
  EXPECT_EQ(record.person().area(), testing::kOtherVillage);
  *told.mutable_residence() = Spell(testing::kVillage, "2025-09-01", "2025-10-01");
  told.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  record = world.Must(DecideRegisterResidence(record, told, world.env()));
  EXPECT_EQ(record.person().area(), testing::kOtherVillage) << "says nothing of the area";
  correct.set_id("2");
  correct.clear_residence();
  correct.set_retract(true);
  record = world.Must(DecideCorrectResidence(record, correct, world.env()));
  EXPECT_EQ(record.person().area(), testing::kSecondVillage);
}

}  // namespace
}  // namespace pingan::population
