#include "services/population/permit_past.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/permit_clock.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::NamesField;
using testing::Spell;
using testing::World;
using Permit = v1::ResidencePermit;

// Who came on 2024-01-01, moved within the city a year later, and may have a permit from July on.
v1::Person Resident() {
  v1::Person person = World::NewPerson().person();
  *person.add_residences() = Spell(testing::kSecondVillage, "2024-01-01", "2025-01-01");
  *person.add_residences() = Spell(testing::kVillage, "2025-01-01");
  for (auto& spell : *person.mutable_residences()) spell.set_register_date(spell.from_date());
  return person;
}

Permit Told(const char* issue_date, std::initializer_list<const char*> endorsed,
            Permit::State state = Permit::VALID) {
  Permit permit;
  permit.set_state(state);
  permit.set_number("411602000001");
  permit.set_issue_date(issue_date);
  for (const char* date : endorsed) permit.add_endorsements()->set_date(date);
  return permit;
}

TEST(PermitPast, IsOneThatTheClockCanLeadTo) {
  const struct {
    Permit told;
    const char* field;  // that is wrong; empty = none
    const char* endorse_by;
  } kCases[] = {
      // Half a year after the registration, and a day before.
      {Told("2024-07-01", {}, Permit::SUSPENDED), "", "2025-07-01"},
      {Told("2024-06-30", {}, Permit::SUSPENDED), "issue_date", ""},
      {Told("2024-01-02", {}, Permit::SUSPENDED), "issue_date", ""},
      {Told("2023-12-31", {}, Permit::SUSPENDED), "issue_date", ""},
      {Told("2026-03-03", {}), "issue_date", ""},
      // The month before each full year, from its first to its last day, or after it.
      {Told("2024-08-01", {"2025-07-01"}), "", "2026-08-01"},
      {Told("2024-08-01", {"2025-08-01"}), "", "2026-08-01"},
      {Told("2024-08-01", {"2025-06-30"}), "endorsements[0].date", ""},
      {Told("2024-08-01", {"2024-08-02"}), "endorsements[0].date", ""},
      {Told("2024-08-01", {"2025-07-01", "2025-07-02"}), "endorsements[1].date", ""},
      {Told("2024-08-01", {"2025-08-02"}), "", "2026-08-02"},
      {Told("2024-08-01", {"2025-08-02", "2026-07-01"}), "endorsements[1].date", ""},
  };
  const World world;
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.told.ShortDebugString());
    const auto permit = PermitOfLedger(row.told, Resident(), world.env());
    if (*row.field != '\0') {
      EXPECT_THAT(permit, NamesField(std::string("person.permit.") + row.field));
      continue;
    }
    ASSERT_OK(permit);
    EXPECT_EQ(permit->endorse_by(), row.endorse_by);
  }
}

// Of who lives here all that year; late, of who lives here.
TEST(PermitPast, IsOfWhoLivesHere) {
  World world;
  v1::Person person = Resident();
  const Permit late = Told("2024-08-01", {"2025-08-02"});
  const Permit in_time = Told("2024-08-01", {"2025-08-01"});
  EXPECT_OK(PermitOfLedger(in_time, person, world.env()));
  person.mutable_residences(0)->set_to_date("2024-12-01");  // away for a month
  EXPECT_THAT(PermitOfLedger(in_time, person, world.env()),
              NamesField("person.permit.endorsements[0].date"));
  EXPECT_OK(PermitOfLedger(late, person, world.env()));
  person.mutable_residences(1)->set_to_date("2025-07-31");
  EXPECT_THAT(PermitOfLedger(late, person, world.env()),
              NamesField("person.permit.endorsements[0].date"));
  // Issued after the residence had ended, or to who never had one; told of afterwards.
  const Permit issued = Told("2025-12-01", {});
  EXPECT_THAT(PermitOfLedger(issued, person, world.env()), NamesField("person.permit.issue_date"));
  person.clear_residences();
  EXPECT_THAT(PermitOfLedger(issued, person, world.env()), NamesField("person.permit.issue_date"));
  person = Resident();
  person.mutable_residences(1)->set_kind(v1::Residence::TEMPORARY);
  EXPECT_THAT(PermitOfLedger(issued, person, world.env()), NamesField("person.permit.issue_date"));
  person = Resident();
  EXPECT_OK(PermitOfLedger(issued, person, world.env()));
  person.mutable_residences()->DeleteSubrange(0, 1);
  EXPECT_OK(PermitOfLedger(issued, person, world.env()));
  person.mutable_residences(0)->set_register_date("2025-06-02");
  EXPECT_THAT(PermitOfLedger(issued, person, world.env()), NamesField("person.permit.issue_date"));
}

TEST(PermitPast, IsOfAHouseholdElsewhereAndOfPapersThatExist) {
  const World world;
  v1::Person person = Resident();
  Permit told = Told("2025-12-01", {});
  told.add_papers("photo");
  EXPECT_OK(PermitOfLedger(told, person, world.env()));
  told.add_papers("nonsense");
  EXPECT_THAT(PermitOfLedger(told, person, world.env()), NamesField("person.permit.papers[1]"));
  told.clear_papers();
  for (const char* household : {"", "411626", "411602001001"}) {
    person.set_household_area(household);
    EXPECT_THAT(PermitOfLedger(told, person, world.env()), NamesField("person.household_area"));
  }
}

}  // namespace
}  // namespace pingan::population
