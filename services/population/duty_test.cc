#include "services/population/duty.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/employment.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/spells.h"
#include "services/population/task.h"

namespace pingan::population {
namespace {

using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Spell;
using testing::World;

std::string Told(const v1::Person& person) {
  std::string told;
  for (const auto& duty : person.duties()) {
    told += v1::Duty::Kind_Name(duty.kind()) + " " + duty.event_date() + " by " + duty.due_date() +
            (duty.report_date().empty() ? "" : " reported " + duty.report_date()) +
            (duty.overdue() ? " overdue" : "") + "\n";
  }
  return told;
}

v1::PersonRecord Employ(World* world, const v1::PersonRecord& before, const char* from,
                        v1::FactSource source) {
  v1::RecordEmploymentRequest request;
  request.mutable_employment()->set_employer("一厂");
  request.mutable_employment()->set_credit_code("91350100m000100y43");
  request.mutable_employment()->set_from_date(from);
  request.mutable_employment()->set_source(source);
  return world->Must(DecideRecordEmployment(before, request, world->env()));
}

// Three working days from Friday 27 February: the make-up Saturday, Monday and Tuesday.
TEST(Duty, EmployerReportsInThreeWorkingDays) {
  World world;
  auto record = Employ(&world, world.Registered(), "2026-02-27", v1::SELF);
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-27 by 2026-03-03\n");
  EXPECT_THAT(world.Tick("2026-03-03 23:59", &record), IsEmpty());
  const auto before = record;
  EXPECT_THAT(world.Tick("2026-03-04 00:00", &record), ElementsAre("duty.overdue"));
  EXPECT_EQ(TasksOpened(before, record, world.env()).size(), 1u);
  v1::RecordReportRequest report;
  report.set_duty(record.person().duties(0).id());
  report.set_report_date("2026-03-04");
  record = world.Must(DecideRecordReport(record, report, world.env()));
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-27 by 2026-03-03 reported 2026-03-04 overdue\n");
  EXPECT_THAT(TasksOpened(before, before, world.env()), IsEmpty());
}

TEST(Duty, StatementOfWhoOwesItIsTheReport) {
  World world;
  auto record = Employ(&world, world.Registered(), "2026-02-27", v1::EMPLOYER);
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-27 by 2026-03-03 reported 2026-03-02\n");
  record = Employ(&world, world.Registered(), "2026-02-02", v1::EMPLOYER);
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-02 by 2026-02-05 reported 2026-03-02 overdue\n");
  EXPECT_FALSE(world.Tick("2026-03-20 00:00", &record).size());
}

TEST(Duty, ChangeOfWorkIsReportedInTenDays) {
  World world;
  auto record = Employ(&world, world.Registered(), "2025-01-02", v1::EMPLOYER);
  v1::EndEmploymentRequest end;
  end.set_employment(record.person().employments(0).id());
  end.set_to_date("2026-02-27");
  end.set_source(v1::EMPLOYER);
  record = world.Must(DecideEndEmployment(record, end, world.env()));
  record = Employ(&world, record, "2026-02-27", v1::EMPLOYER);
  EXPECT_EQ(Told(record.person()),
            "HIRE 2025-01-02 by 2025-01-07 reported 2026-03-02 overdue\n"
            "DISMISSAL 2026-02-27 by 2026-03-03 reported 2026-03-02\n"
            "HIRE 2026-02-27 by 2026-03-03 reported 2026-03-02\n"
            "WORKPLACE_CHANGE 2026-02-27 by 2026-03-09\n");
}

TEST(Duty, FirstJobAfterOneThatNeverWasIsNoChange) {
  World world;
  auto record = Employ(&world, world.Registered(), "2025-01-02", v1::EMPLOYER);
  record = Employ(&world, world.Do(Action::kRetractEmployment, record), "2026-02-27", v1::EMPLOYER);
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-27 by 2026-03-03 reported 2026-03-02\n");
}

TEST(Duty, LandlordReportsLettingAndItsEnd) {
  World world;
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2026-02-27");
  request.mutable_residence()->set_dwelling_kind("02");
  auto record = world.Must(DecideRegisterResidence(world.Registered(""), request, world.env()));
  record = world.Do(Action::kChangeResidence, record);
  EXPECT_EQ(Told(record.person()),
            "LETTING 2026-02-27 by 2026-03-03\n"
            "LETTING_END 2026-03-02 by 2026-03-05\n"
            "ADDRESS_CHANGE 2026-03-02 by 2026-03-12 reported 2026-03-02\n");
}

TEST(Duty, NamesWhatIsWrong) {
  World world;
  const auto record = Employ(&world, world.Registered(), "2026-02-27", v1::SELF);
  v1::RecordReportRequest request;
  request.set_duty("9");
  request.set_report_date("2026-03-02");
  EXPECT_THAT(DecideRecordReport(record, request, world.env()), NamesField("duty"));
  request.set_duty(record.person().duties(0).id());
  for (const char* day : {"2026-03-03", "2026-02-26", "today"}) {
    request.set_report_date(day);
    EXPECT_THAT(DecideRecordReport(record, request, world.env()), NamesField("report_date"));
  }
}

// GB 32100: the check character, in any form; unknown is no mistake.
TEST(Employment, NamesWhatIsWrong) {
  World world;
  const auto record = world.Registered();
  EXPECT_EQ(Employ(&world, record, "2026-02-27", v1::SELF).person().employments(0).credit_code(),
            "91350100M000100Y43");
  using Edit = void (*)(v1::Employment*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"employment.employer", [](v1::Employment* e) { e->clear_employer(); }},
      {"employment.credit_code",
       [](v1::Employment* e) { e->set_credit_code("91350100M000100Y44"); }},
      {"employment.from_date", [](v1::Employment* e) { e->set_from_date("2026-03-03"); }},
      {"employment.from_date", [](v1::Employment* e) { e->clear_from_date(); }},
  };
  for (const auto& row : kCases) {
    v1::RecordEmploymentRequest request;
    request.mutable_employment()->set_employer("一厂");
    request.mutable_employment()->set_from_date("2026-02-27");
    ASSERT_OK(DecideRecordEmployment(record, request, world.env()));
    row.edit(request.mutable_employment());
    EXPECT_THAT(DecideRecordEmployment(record, request, world.env()), NamesField(row.field));
  }
  v1::EndEmploymentRequest end;
  const auto employed = Employ(&world, record, "2026-02-27", v1::SELF);
  end.set_employment("9");
  end.set_to_date("2026-03-02");
  EXPECT_THAT(DecideEndEmployment(employed, end, world.env()), NamesField("employment"));
  end.set_employment(employed.person().employments(0).id());
  for (const char* day : {"2026-02-27", "2026-03-03"}) {
    end.set_to_date(day);
    EXPECT_THAT(DecideEndEmployment(employed, end, world.env()), NamesField("to_date"));
  }
}

// By whose own word it is known.
TEST(Duty, WhoTellsOfTheChangeHasReportedIt) {
  World world;
  auto record = Employ(&world, world.Registered(), "2025-01-02", v1::EMPLOYER);
  record = Employ(&world, record, "2026-02-27", v1::SELF);
  EXPECT_EQ(record.person().duties(2).kind(), v1::Duty::WORKPLACE_CHANGE);
  EXPECT_EQ(record.person().duties(2).report_date(), "2026-03-02");

  v1::ChangeResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2026-03-01");
  const struct {
    v1::Residence::Source source;
    const char* reported;
  } kCases[] = {{v1::Residence::PERSON, "2026-03-02"},
                {v1::Residence::ARRIVAL, "2026-03-02"},
                {v1::Residence::GRID_WORKER, ""}};
  for (const auto& row : kCases) {
    request.mutable_residence()->set_source(row.source);
    const auto moved = world.Must(DecideChangeResidence(world.Registered(), request, world.env()));
    ASSERT_EQ(moved.person().duties_size(), 1);
    EXPECT_EQ(moved.person().duties(0).kind(), v1::Duty::ADDRESS_CHANGE);
    EXPECT_EQ(moved.person().duties(0).report_date(), row.reported);
  }
}

// What never was nobody reports.
TEST(Duty, IsNotOwedOfWhatWasRetracted) {
  World world;
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2026-02-27");
  request.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  request.mutable_residence()->set_dwelling_kind("02");
  auto record = Employ(&world, world.Registered(), "2026-02-27", v1::EMPLOYER);
  record = world.Must(DecideRegisterResidence(record, request, world.env()));
  v1::CorrectResidenceRequest retract;
  retract.set_id(OpenSpell(record.person(), v1::Residence::TEMPORARY)->id());
  retract.set_retract(true);
  record = world.Must(DecideCorrectResidence(record, retract, world.env()));
  EXPECT_EQ(Told(record.person()), "HIRE 2026-02-27 by 2026-03-03 reported 2026-03-02\n");
  EXPECT_THAT(world.Tick("2026-03-20 00:00", &record), IsEmpty());

  request.mutable_residence()->set_from_date("2026-03-20");
  record = world.Must(DecideRegisterResidence(record, request, world.env()));
  record = world.Do(Action::kRecordDeath, record);
  EXPECT_EQ(record.person().duties_size(), 1) << "of a house lived in for no day";
}

// The visit asks for a report that came before the time was noticed to be up no more.
TEST(Duty, ReportedLateOpensNoTask) {
  World world;
  const auto before = Employ(&world, world.Registered(), "2026-02-27", v1::SELF);
  auto after = before;
  v1::Duty& duty = *after.mutable_person()->mutable_duties(0);
  duty.set_overdue(true);
  EXPECT_EQ(TasksOpened(before, after, world.env()).size(), 1u);
  duty.set_report_date("2026-03-04");
  EXPECT_THAT(TasksOpened(before, after, world.env()), IsEmpty());
}

}  // namespace
}  // namespace pingan::population
