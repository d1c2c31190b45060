#include "services/population/permit.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/days.h"
#include "services/population/permit_clock.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Spell;
using testing::World;
using Permit = v1::ResidencePermit;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

std::string MetadataOf(const Status& status, const std::string& key) {
  for (const auto& [name, value] : DetailsOf(status).metadata) {
    if (name == key) return value;
  }
  return "";
}

// Art. 2: half a year minus a day no, exactly half a year yes.
TEST(Permit, WantsHalfAYear) {
  const struct {
    const char* registered;
    const char* eligible;
  } kCases[] = {{"2025-09-02", "2026-03-02"},
                {"2025-08-31", "2026-02-28"},
                {"2023-08-31", "2024-02-29"},
                {"2025-01-15", "2025-07-15"}};
  for (const auto& row : kCases) {
    World world;
    const absl::CivilDay eligible = DayOf(row.eligible);
    world.GoTo(Text(eligible - 1) + " 23:59");
    const auto record = world.Registered(row.registered);
    const auto refused = world.Apply(Action::kApplyForPermit, record);
    EXPECT_THAT(refused, Fails(kPrecondition, common::v1::WINDOW_CLOSED)) << row.registered;
    EXPECT_EQ(MetadataOf(refused.status(), "eligible_from"), row.eligible);
    world.GoTo(Text(eligible) + " 00:00");
    EXPECT_OK(world.Apply(Action::kApplyForPermit, record)) << row.registered;
  }
}

// It counts from the registration, through moves in the city, and not across a gap.
TEST(Permit, HalfAYearIsRegisteredAndUnbroken) {
  World world;
  world.GoTo("2026-03-02 09:00");
  auto record = world.Registered("2025-01-01");
  record.mutable_person()->mutable_residences(0)->set_register_date("2025-09-03");
  EXPECT_THAT(world.Apply(Action::kApplyForPermit, record),
              Fails(kPrecondition, common::v1::WINDOW_CLOSED));

  record = world.Do(Action::kOfferMove, world.Registered("2025-01-01"));
  record = world.Do(Action::kAcceptMove, record);
  EXPECT_EQ(record.person().area(), testing::kOtherVillage);
  EXPECT_EQ(ResidentSince(record.person()), absl::CivilDay(2025, 1, 1));

  record = world.Do(Action::kEndResidence, world.Registered("2025-01-01"));
  world.GoTo("2026-03-03 09:00");
  record = world.Do(Action::kRegisterResidence, record);
  EXPECT_EQ(ResidentSince(record.person()), absl::CivilDay(2026, 3, 3));
}

// What is told of the time before changes nothing: it was not registered then.
TEST(Permit, HalfAYearStandsWhateverIsToldOfBefore) {
  World world;
  world.GoTo("2025-09-01 09:00");
  auto record = world.Registered("2025-09-01");
  world.GoTo("2026-03-01 09:00");
  for (const auto& [from, to] :
       {std::pair("2025-01-01", "2025-09-01"), std::pair("2024-01-01", "2025-01-01")}) {
    v1::RegisterResidenceRequest told;
    *told.mutable_residence() = Spell(testing::kVillage, from, to);
    record = world.Must(DecideRegisterResidence(record, told, world.env()));
    EXPECT_EQ(ResidentSince(record.person()), absl::CivilDay(2025, 9, 1));
  }
  EXPECT_OK(world.Apply(Action::kApplyForPermit, record));
  // Registered while it went on, it counts from then.
  v1::Residence& before = *record.mutable_person()->mutable_residences(1);
  before.set_register_date("2025-08-31");
  EXPECT_EQ(ResidentSince(record.person()), absl::CivilDay(2025, 8, 31));
}

TEST(Permit, IsForPeopleOfOtherCities) {
  World world;
  auto record = world.Registered();
  for (const char* area : {"411602", "411626", ""}) {
    record.mutable_person()->set_household_area(area);
    EXPECT_THAT(world.Apply(Action::kApplyForPermit, record),
                Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  }
  record.mutable_person()->set_household_area("411702");
  record = world.Do(Action::kApplyForPermit, record);
  EXPECT_OK(world.Apply(Action::kIssuePermit, record));
  record.mutable_person()->set_household_area("411626");  // which it became meanwhile
  EXPECT_THAT(world.Apply(Action::kIssuePermit, record),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  EXPECT_OK(world.Apply(Action::kCancelPermit, record));
}

// Art. 9: what lacks is named once, all of it.
TEST(Permit, NamesAllMissingPapersAtOnce) {
  World world;
  auto record = world.WithPermit(Permit::APPLIED);
  EXPECT_EQ(record.person().permit().state(), Permit::APPLIED);
  EXPECT_THAT(record.person().permit().missing_papers(),
              ElementsAre("identity-document", "photo", "employment-proof"));
  v1::SupplyPapersRequest request;
  request.add_papers("photo");
  request.add_papers("photo");
  record = world.Must(DecideSupplyPapers(record, request, world.env()));
  EXPECT_THAT(record.person().permit().missing_papers(),
              ElementsAre("identity-document", "employment-proof"));
  EXPECT_FALSE(record.person().permit().due_date().size());
  request.add_papers("identity-document");
  request.add_papers("employment-proof");
  record = world.Must(DecideSupplyPapers(record, request, world.env()));
  EXPECT_EQ(record.person().permit().state(), Permit::ACCEPTED);
  EXPECT_THAT(record.person().permit().missing_papers(), IsEmpty());
  request.add_papers("passport");
  EXPECT_THAT(DecideSupplyPapers(world.WithPermit(Permit::APPLIED), request, world.env()),
              NamesField("papers[4]"));
}

// Art. 9: a guardian may apply for who is under 16; the day of the birthday is too late.
TEST(Permit, GuardianAppliesForWhoIsUnder16) {
  using Kind = v1::Applicant;
  const struct {
    const char* birth_date;
    Kind::Kind applicant;
    bool limited;
    const char* field;
  } kCases[] = {
      {"2010-03-03", Kind::GUARDIAN, false, ""},
      {"2010-03-03", Kind::NEAR_RELATIVE, false, ""},
      {"2010-03-03", Kind::IN_PERSON, false, ""},
      {"2010-03-02", Kind::GUARDIAN, false, "applicant.kind"},
      {"2010-03-02", Kind::IN_PERSON, false, ""},
      {"1940-01-01", Kind::NEAR_RELATIVE, true, ""},
      {"1940-01-01", Kind::NEAR_RELATIVE, false, "applicant.kind"},
      {"2018-03-03", Kind::IN_PERSON, false, "applicant.kind"},
      {"2018-03-02", Kind::IN_PERSON, false, ""},
      {"", Kind::GUARDIAN, false, "person.birth_date"},
      {"2010-03-03", Kind::KIND_UNSPECIFIED, false, "applicant.kind"},
  };
  World world;
  for (const auto& row : kCases) {
    auto record = world.Registered();
    record.mutable_person()->set_birth_date(row.birth_date);
    v1::ApplyForPermitRequest request;
    request.set_basis(Permit::STABLE_DWELLING);
    request.mutable_applicant()->set_kind(row.applicant);
    request.mutable_applicant()->set_display_name("监护人");
    request.mutable_applicant()->set_limited_mobility(row.limited);
    const auto decided = DecideApplyForPermit(record, request, world.env());
    if (*row.field != '\0') {
      EXPECT_THAT(decided, NamesField(row.field)) << row.birth_date;
      continue;
    }
    ASSERT_OK(decided);
    const bool agent = row.applicant != Kind::IN_PERSON;
    EXPECT_EQ(decided->after.person().permit().missing_papers_size(), agent ? 4 : 3);
  }
}

TEST(Permit, SaysWhyItsIssueWasExtended) {
  World world;
  v1::ExtendPermitIssueRequest request;
  request.set_reason("制证设备检修");
  const auto record =
      world.Must(DecideExtendPermitIssue(world.WithPermit(Permit::ACCEPTED), request, world.env()));
  EXPECT_EQ(record.person().permit().extension_reason(), request.reason());
}

// Art. 9: 15 days from acceptance, calendar days; on the 16th it is late.
TEST(Permit, IsIssuedWithin15Days) {
  const struct {
    const char* accepted;
    bool extended;
    const char* due;
  } kCases[] = {
      {"2026-03-02", false, "2026-03-17"},
      {"2026-03-02", true, "2026-04-01"},
      // Calendar days, of which the last may be a Saturday.
      {"2026-03-06", false, "2026-03-21"},
  };
  for (const auto& row : kCases) {
    World world;
    world.GoTo(std::string(row.accepted) + " 10:00");
    auto record = world.WithPermit(Permit::ACCEPTED);
    if (row.extended) record = world.Do(Action::kExtendPermitIssue, record);
    EXPECT_EQ(record.person().permit().due_date(), row.due);
    const absl::CivilDay due = DayOf(row.due);
    EXPECT_THAT(world.Tick(Text(due) + " 23:59", &record), IsEmpty());
    const auto on_time = world.Do(Action::kIssuePermit, record);
    EXPECT_FALSE(on_time.person().permit().issue_late());
    world.GoTo(Text(due + 1) + " 00:00");
    EXPECT_TRUE(world.Do(Action::kIssuePermit, record).person().permit().issue_late());
    EXPECT_THAT(world.Apply(Action::kExtendPermitIssue, record),
                Fails(kPrecondition,
                      row.extended ? common::v1::ACTION_NOT_ALLOWED : common::v1::WINDOW_CLOSED));
    EXPECT_THAT(world.Tick(Text(due + 1) + " 00:00", &record), ElementsAre("permit.late"));
    EXPECT_TRUE(record.person().permit().issue_late());
  }
}

// Art. 10. Issued on 2025-05-15: the full year is 2026-05-15, the month before it begins on day
// -30.
struct EndorseRow {
  int day;
  bool swept;
  const char* outcome;  // closed, endorsed, restored
  const char* count_from;
  int years;
  const char* next_from;
  const char* next_by;
};
const EndorseRow kEndorse[] = {
    {-31, false, "closed", "", 0, "", ""},
    {-30, false, "endorsed", "2025-05-15", 1, "2027-04-15", "2027-05-15"},
    {-1, false, "endorsed", "2025-05-15", 1, "2027-04-15", "2027-05-15"},
    {0, false, "endorsed", "2025-05-15", 1, "2027-04-15", "2027-05-15"},
    {1, true, "restored", "2026-05-16", 0, "2027-04-16", "2027-05-16"},
    {1, false, "restored", "2026-05-16", 0, "2027-04-16", "2027-05-16"},
    {100, true, "restored", "2026-08-23", 0, "2027-07-23", "2027-08-23"},
    {800, true, "restored", "2028-07-23", 0, "2029-06-23", "2029-07-23"},
};

TEST(Permit, EndorsementWindow) {
  for (const EndorseRow& row : kEndorse) {
    SCOPED_TRACE(row.day);
    World world;
    world.GoTo("2025-05-15 10:00");
    auto record = world.Registered("2024-01-01");
    record = world.Do(Action::kIssuePermit, world.Do(Action::kApplyForPermit, record));
    EXPECT_EQ(record.person().permit().endorse_from(), "2026-04-15");
    EXPECT_EQ(record.person().permit().endorse_by(), "2026-05-15");
    const std::string at = Text(DayOf("2026-05-15") + row.day) + " 12:00";
    if (row.swept) {
      world.Tick(at, &record);
      EXPECT_EQ(record.person().permit().state(), Permit::SUSPENDED);
      EXPECT_EQ(record.person().permit().suspend_date(), "2026-05-16");
    }
    world.GoTo(at);
    const auto decided = world.Apply(Action::kEndorsePermit, record);
    if (std::string(row.outcome) == "closed") {
      EXPECT_THAT(decided, Fails(kPrecondition, common::v1::WINDOW_CLOSED));
      EXPECT_EQ(MetadataOf(decided.status(), "endorse_from"), "2026-04-15");
      continue;
    }
    ASSERT_OK(decided);
    const Permit& permit = decided->after.person().permit();
    EXPECT_EQ(decided->events.back(), std::string("permit.") + row.outcome);
    EXPECT_EQ(permit.state(), Permit::VALID);
    EXPECT_EQ(permit.count_from(), row.count_from);
    EXPECT_EQ(permit.years(), row.years);
    EXPECT_EQ(permit.endorse_from(), row.next_from);
    EXPECT_EQ(permit.endorse_by(), row.next_by);
    EXPECT_EQ(permit.suspend_date(), "");
    EXPECT_EQ(permit.endorsements(0).late(), std::string(row.outcome) == "restored");
  }
}

// Art. 10 is of who lives here without a gap: the others make it up when the year is over.
TEST(Permit, IsNotEndorsedForAYearThatWasBroken) {
  World world;
  world.GoTo("2025-05-15 10:00");
  auto record = world.Registered("2024-01-01");
  record = world.Do(Action::kIssuePermit, world.Do(Action::kApplyForPermit, record));
  auto moved = world.Do(Action::kChangeResidence, record);
  world.GoTo("2025-06-01 10:00");
  record = world.Do(Action::kEndResidence, record);
  world.GoTo("2026-05-01 10:00");
  EXPECT_THAT(world.Apply(Action::kEndorsePermit, record),
              Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED))
      << "of nobody without a registered residence";
  record.mutable_person()->set_state(v1::Person::ACTIVE);
  const auto nowhere = world.Apply(Action::kEndorsePermit, record);
  EXPECT_THAT(nowhere, Fails(kPrecondition, common::v1::ACTION_NOT_ALLOWED));
  EXPECT_EQ(nowhere.status().message(), "EndorsePermit: want a registered residence");
  record = world.Do(Action::kRegisterResidence, record);
  const auto refused = world.Apply(Action::kEndorsePermit, record);
  EXPECT_THAT(refused, Fails(kPrecondition, common::v1::WINDOW_CLOSED));
  EXPECT_EQ(MetadataOf(refused.status(), "endorse_from"), "2026-05-16");
  EXPECT_OK(world.Apply(Action::kEndorsePermit, moved)) << "who moved in between was here";
  world.GoTo("2026-05-16 10:00");
  record = world.Do(Action::kEndorsePermit, record);
  EXPECT_EQ(record.person().permit().count_from(), "2026-05-16");
  world.GoTo("2027-05-01 10:00");
  EXPECT_OK(world.Apply(Action::kEndorsePermit, record)) << "a full year since";
}

// The month before is one of the calendar, whatever its length.
TEST(Permit, MonthBeforeBeginsOnTheCorrespondingDay) {
  const struct {
    const char* count_from;
    int years;
    const char* from;
    const char* by;
  } kCases[] = {
      {"2025-03-31", 0, "2026-02-28", "2026-03-31"}, {"2025-04-10", 0, "2026-03-10", "2026-04-10"},
      {"2024-02-29", 0, "2025-01-28", "2025-02-28"}, {"2024-02-29", 3, "2028-01-29", "2028-02-29"},
      {"2025-01-01", 0, "2025-12-01", "2026-01-01"},
  };
  for (const auto& row : kCases) {
    const EndorseWindow window = NextEndorsement(DayOf(row.count_from), row.years);
    EXPECT_EQ(Text(window.from), row.from);
    EXPECT_EQ(Text(window.by), row.by);
  }
}

TEST(Permit, IsSuspendedTheDayAfterTheFullYear) {
  World world;
  world.GoTo("2025-05-15 10:00");
  auto record = world.Do(Action::kApplyForPermit, world.Registered("2024-01-01"));
  record = world.Do(Action::kIssuePermit, record);
  world.GoTo("2026-05-15 10:00");
  record = world.Do(Action::kVerifyPerson, record);
  EXPECT_THAT(world.Tick("2026-05-15 23:59", &record), IsEmpty());
  EXPECT_THAT(world.Tick("2026-05-16 00:00", &record), ElementsAre("permit.suspended"));
  EXPECT_THAT(world.Tick("2026-05-16 00:01", &record), IsEmpty());
}

TEST(Permit, EndsAndIsAppliedForAnew) {
  World world;
  auto record = world.WithPermit(Permit::CANCELLED);
  EXPECT_EQ(record.person().permit().cancel_reason(), "left");
  record = world.Do(Action::kApplyForPermit, record);
  EXPECT_EQ(record.person().permit().state(), Permit::ACCEPTED);
  ASSERT_EQ(record.earlier_permits_size(), 1);
  EXPECT_EQ(record.earlier_permits(0).state(), Permit::CANCELLED);
  v1::CancelPermitRequest request;
  request.set_reason("weather");
  EXPECT_THAT(DecideCancelPermit(record, request, world.env()), NamesField("reason"));
}

TEST(Permit, ReplacementKeepsTheClock) {
  World world;
  const auto before = world.WithPermit(Permit::VALID);
  const auto after = world.Do(Action::kReplacePermit, before);
  EXPECT_EQ(after.person().permit().replacements(0).earlier_number(), "411602000001");
  EXPECT_EQ(after.person().permit().number(), "4116020000019");
  EXPECT_EQ(after.person().permit().endorse_by(), before.person().permit().endorse_by());
  v1::ReplacePermitRequest request;
  request.set_kind(v1::Replacement::DAMAGED);
  request.set_number("411602000001");
  EXPECT_THAT(DecideReplacePermit(before, request, world.env()), NamesField("number"));
}

TEST(Permit, ExplainsItsDays) {
  World world;
  auto record = world.WithPermit(Permit::VALID);
  ASSERT_OK_AND_ASSIGN(const auto explained, ExplainPermit(record, {}, world.env()));
  std::string days;
  for (const auto& step : explained.steps()) days += step.date() + " " + step.what() + "\n";
  EXPECT_EQ(days,
            "2025-09-03 eligible\n2026-03-02 applied\n2026-03-02 accepted\n2026-03-02 issued\n"
            "2026-03-17 issue_due\n2027-02-02 endorse_from\n2027-03-02 endorse_by\n");
  EXPECT_THAT(explained.allowed_actions(),
              ElementsAre("EndorsePermit", "ReplacePermit", "CancelPermit"));
}

}  // namespace
}  // namespace pingan::population
