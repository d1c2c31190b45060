#include "services/population/limits.h"

#include <map>

#include "common/testing/matchers.h"
#include "services/population/days.h"
#include "services/population/employment.h"
#include "services/population/rules_fixture.h"
#include "services/population/service_item.h"
#include "services/population/sweep.h"

namespace pingan::population {
namespace {

using Item = v1::ServiceItem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;

// `world` with one limit as a city wants it.
void Set(const std::string& name, int number, World* world) {
  const std::string row = "# version: 2\n" + name + "\t" + std::to_string(number) + "\n";
  ASSERT_OK_AND_ASSIGN(world->limits, DefaultLimits().With(row, "city.tsv"));
}

TEST(Limits, EachIsAskedForByItsName) {
  const std::map<std::string, int (*)(const Limits&)> kAsked = {
      {"report.working_days", ReportWorkingDays},
      {"change.days", ChangeDays},
      {"move.days", MoveDays},
      {"stale.days", [](const Limits& l) { return StaleDays(v1::HOUSEHOLD, l); }},
      {"stale.days.floating", [](const Limits& l) { return StaleDays(v1::FLOATING, l); }},
      {"revisit.days", RevisitDays},
      {"task.working_days", TaskWorkingDays},
      {"service.settlement.working_days",
       [](const Limits& l) { return ServiceWorkingDays(Item::SETTLEMENT, l); }},
      {"service.job.working_days",
       [](const Limits& l) { return ServiceWorkingDays(Item::JOB, l); }},
      {"service.housing.working_days",
       [](const Limits& l) { return ServiceWorkingDays(Item::HOUSING, l); }},
      {"service.medical.working_days",
       [](const Limits& l) { return ServiceWorkingDays(Item::MEDICAL, l); }},
      {"service.schooling.working_days",
       [](const Limits& l) { return ServiceWorkingDays(Item::SCHOOLING, l); }},
  };
  for (const std::string& name : DefaultLimits().names()) {
    ASSERT_TRUE(kAsked.contains(name)) << name << " is read by nobody";
  }
  for (const auto& [name, asked] : kAsked) {
    World world;
    EXPECT_GT(asked(world.limits), 0) << name;
    Set(name, 77, &world);
    EXPECT_EQ(asked(world.limits), 77) << name;
  }
}

TEST(Limits, DecisionsGoByThoseOfTheCity) {
  World world;
  v1::PersonRecord person = world.Registered();
  Set("service.medical.working_days", 1, &world);
  v1::RequestServiceRequest request;
  request.mutable_item()->set_kind(Item::MEDICAL);
  ASSERT_OK_AND_ASSIGN(const auto asked, DecideRequestService(person, request, world.env()));
  EXPECT_EQ(asked.after.person().service_items(0).due_date(), "2026-03-03");

  v1::RecordEmploymentRequest work;
  work.mutable_employment()->set_employer("周口市钟表店");
  work.mutable_employment()->set_from_date("2026-03-02");
  for (const auto& [days, due] : {std::pair(3, "2026-03-05"), {5, "2026-03-09"}}) {
    Set("report.working_days", days, &world);
    ASSERT_OK_AND_ASSIGN(const auto hired, DecideRecordEmployment(person, work, world.env()));
    EXPECT_EQ(hired.after.person().duties().rbegin()->due_date(), due);
  }
  Set("stale.days.floating", 1, &world);
  EXPECT_THAT(world.Tick("2026-03-04 00:00", &person), ::testing::Contains("verification.due"));
}

// Of the days that wait only the next look is counted by the limits of now: the others were told.
TEST(Limits, MoveTheNextLookEarlierAndLater) {
  World world;
  v1::PersonRecord person = world.Registered();
  v1::DwellingRecord dwelling = world.Dwelling(8);
  for (const int days : {100, 400}) {
    Set("stale.days.floating", days, &world);
    ASSERT_OK_AND_ASSIGN(auto moved, DecideTick(person, world.env()));
    EXPECT_THAT(moved.events, ElementsAre("verification.moved"));
    person = moved.after;
    EXPECT_EQ(FromProto(person.person().next_due_time()), After(Today(world.env()) + days));
    EXPECT_THAT(DecideTick(person, world.env())->events, IsEmpty()) << "once";
    Set("stale.days", days, &world);
    ASSERT_OK_AND_ASSIGN(auto of_dwelling, DecideTick(dwelling, world.env()));
    EXPECT_THAT(of_dwelling.events, ElementsAre("verification.moved"));
    dwelling = of_dwelling.after;
    EXPECT_EQ(FromProto(dwelling.dwelling().next_due_time()), After(Today(world.env()) + days));
    EXPECT_THAT(DecideTick(dwelling, world.env())->events, IsEmpty());
  }
  person = world.Do(Action::kRequestService, person);
  const auto due = person.person().next_due_time().seconds();
  Set("service.medical.working_days", 1, &world);
  EXPECT_EQ(DecideTick(person, world.env())->after.person().next_due_time().seconds(), due);
}

}  // namespace
}  // namespace pingan::population
