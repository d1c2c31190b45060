#include "services/disputes/clocks.h"

#include <map>
#include <set>
#include <string>

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using testing::At;
using testing::World;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

std::string DueDay(const v1::Clock& clock) {
  if (!clock.has_due_time()) return "never";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", FromProto(clock.due_time()), calendar::Shanghai());
}

TEST(Clocks, GoldenWeekMovesTheDueDay) {
  const struct {
    const char* registered;
    const char* accept_due;  // 5 working days
    const char* handle_due;  // 30 calendar days, then the next working day
  } kCases[] = {
      {"2026-09-28 10:00", "2026-10-10 23:59:59",
       "2026-10-28 23:59:59"},  // Saturday 10th is worked
      {"2026-09-01 23:59", "2026-09-08 23:59:59", "2026-10-08 23:59:59"},  // day 30 is October 1
      {"2025-09-28 08:00", "2025-10-11 23:59:59",
       "2025-10-28 23:59:59"},  // registered on a worked Sunday
      {"2026-03-02 00:00", "2026-03-09 23:59:59", "2026-04-01 23:59:59"},
  };
  for (const auto& row : kCases) {
    World world;
    world.now = At(row.registered);
    const auto registered = world.Registered();
    EXPECT_EQ(DueDay(registered.dispute().statutory()), row.accept_due) << row.registered;
    const auto accepted = world.Do(Action::kAcceptDispute, registered);
    EXPECT_EQ(DueDay(accepted.dispute().statutory()), row.handle_due) << row.registered;
    EXPECT_EQ(accepted.dispute().statutory().calendar_version(), world.calendar.version());
  }
}

TEST(Clocks, ManagementLimitFollowsLevelAndRisk) {
  const struct {
    v1::Risk risk;
    const char* due;
  } kCases[] = {{v1::BLUE, "2026-03-23 23:59:59"},  // 20 days, a Sunday moves on
                {v1::YELLOW, "2026-03-17 23:59:59"},
                {v1::ORANGE, "2026-03-12 23:59:59"},
                {v1::RED, "2026-03-09 23:59:59"}};  // 5 days, a Saturday moves on
  for (const auto& row : kCases) {
    World world;
    v1::DisputeRecord record = world.Registered();
    record.mutable_dispute()->set_risk(row.risk);
    record = world.Do(Action::kAcceptDispute, record);
    EXPECT_EQ(DueDay(record.dispute().management()), row.due) << v1::Risk_Name(row.risk);
  }
}

TEST(Clocks, ManagementLimitsOfEveryStepLevelAndRisk) {
  const struct {
    v1::Dispute::State state;
    v1::Clock::Base base;
    v1::Level level;
    int days[4];  // blue, yellow, orange, red
  } kRows[] = {
      {v1::Dispute::REGISTERED, v1::Clock::WORKING_DAYS, v1::HOUSEHOLD, {3, 3, 2, 1}},
      {v1::Dispute::REGISTERED, v1::Clock::WORKING_DAYS, v1::VILLAGE, {3, 3, 2, 1}},
      {v1::Dispute::REGISTERED, v1::Clock::WORKING_DAYS, v1::TOWNSHIP, {3, 3, 2, 1}},
      {v1::Dispute::REGISTERED, v1::Clock::WORKING_DAYS, v1::COUNTY, {4, 4, 3, 2}},
      {v1::Dispute::REGISTERED, v1::Clock::WORKING_DAYS, v1::CITY, {4, 4, 3, 2}},
      {v1::Dispute::MEDIATING, v1::Clock::CALENDAR_DAYS, v1::HOUSEHOLD, {10, 7, 5, 3}},
      {v1::Dispute::MEDIATING, v1::Clock::CALENDAR_DAYS, v1::VILLAGE, {20, 15, 10, 5}},
      {v1::Dispute::MEDIATING, v1::Clock::CALENDAR_DAYS, v1::TOWNSHIP, {25, 20, 15, 7}},
      {v1::Dispute::MEDIATING, v1::Clock::CALENDAR_DAYS, v1::COUNTY, {28, 25, 20, 10}},
      {v1::Dispute::MEDIATING, v1::Clock::CALENDAR_DAYS, v1::CITY, {28, 28, 25, 15}},
      {v1::Dispute::PERFORMING, v1::Clock::WORKING_DAYS, v1::HOUSEHOLD, {30, 30, 20, 10}},
      {v1::Dispute::PERFORMING, v1::Clock::WORKING_DAYS, v1::VILLAGE, {30, 30, 20, 10}},
      {v1::Dispute::PERFORMING, v1::Clock::WORKING_DAYS, v1::TOWNSHIP, {30, 30, 20, 10}},
      {v1::Dispute::PERFORMING, v1::Clock::WORKING_DAYS, v1::COUNTY, {30, 30, 20, 10}},
      {v1::Dispute::PERFORMING, v1::Clock::WORKING_DAYS, v1::CITY, {30, 30, 20, 10}},
  };
  const World world;
  for (const auto& row : kRows) {
    v1::DisputeRecord record = world.InState(row.state);
    v1::Dispute& dispute = *record.mutable_dispute();
    dispute.set_level(row.level);
    for (const v1::Risk risk : {v1::BLUE, v1::YELLOW, v1::ORANGE, v1::RED}) {
      SCOPED_TRACE(dispute.management().step() + v1::Level_Name(row.level) + v1::Risk_Name(risk));
      dispute.set_risk(risk);
      RestartClock(dispute.mutable_management());
      StartClocks(&record, world.now, world.env());
      EXPECT_EQ(dispute.management().days(), row.days[risk - v1::BLUE]);
      EXPECT_EQ(dispute.management().base(), row.base);
    }
  }
}

TEST(Clocks, NextDueTimeIsTheYellowCardOfAcceptance) {
  const World world;
  const auto record = world.Registered();
  EXPECT_EQ(DueDay(record.dispute().management()), "2026-03-05 23:59:59");
  EXPECT_EQ(FromProto(record.dispute().next_due_time()), At("2026-03-05 00:00"));
}

// Pause of two days, then a shorter limit that keeps the days used, then the extension.
TEST(Clocks, PausePriorityAndExtension) {
  World world;
  auto record = world.InState(v1::Dispute::ACCEPTED);
  const auto expect = [&](const char* statutory, const char* management) {
    EXPECT_EQ(DueDay(record.dispute().statutory()), statutory);
    EXPECT_EQ(DueDay(record.dispute().management()), management);
  };
  expect("2026-04-01 23:59:59", "2026-03-17 23:59:59");

  world.now = At("2026-03-04 09:00");
  record = world.Do(Action::kPauseClock, record);
  expect("never", "never");
  EXPECT_FALSE(record.dispute().has_next_due_time());

  world.now = At("2026-03-06 18:00");
  record = world.Do(Action::kResumeClock, record);
  expect("2026-04-03 23:59:59", "2026-03-19 23:59:59");

  world.now = At("2026-03-09 09:00");
  record = world.Do(Action::kChangeRisk, record);  // orange: 10 days, of which 5 are used
  expect("2026-04-03 23:59:59", "2026-03-16 23:59:59");
  EXPECT_EQ(record.dispute().management().changes(0).days_before(), 15);
  EXPECT_EQ(record.dispute().management().changes(0).days_after(), 10);

  world.now = At("2026-03-10 09:00");
  record = world.Do(Action::kExtendDeadline, record);  // 10 days
  expect("2026-04-13 23:59:59", "2026-03-24 23:59:59");

  std::map<std::string, int> days;
  std::set<std::string> kinds;
  const auto explained = Explain(record.dispute(), world.env());
  for (const auto& segment : explained.segments()) {
    days[segment.clock()] += segment.days();
    kinds.insert(segment.kind());
    EXPECT_LT(FromProto(segment.from_time()), FromProto(segment.to_time()));
  }
  EXPECT_EQ(days["statutory"], 40);
  EXPECT_EQ(days["management"], 20);
  EXPECT_THAT(kinds, ::testing::ElementsAre("extension", "paused", "running"));
}

TEST(Clocks, ExplainNamesBothDueTimesAndTheCalendar) {
  const World world;
  const auto record = world.Registered();
  const auto explained = Explain(record.dispute(), world.env());
  EXPECT_EQ(FromProto(explained.statutory_due_time()),
            FromProto(record.dispute().statutory().due_time()));
  EXPECT_EQ(FromProto(explained.management_due_time()),
            FromProto(record.dispute().management().due_time()));
  EXPECT_EQ(explained.calendar_version(), world.calendar.version());
  EXPECT_TRUE(
      Explain(world.InState(v1::Dispute::CLOSED).dispute(), world.env()).segments().empty());
}

TEST(Clocks, ExtensionIsOnceInTimeAndByAll) {
  World world;
  const auto record = world.InState(v1::Dispute::MEDIATING);
  const auto extended = world.Do(Action::kExtendDeadline, record);
  EXPECT_THAT(world.Apply(Action::kExtendDeadline, extended),
              Fails(kPrecondition, common::v1::LIMIT_REACHED));

  v1::ExtendDeadlineRequest one;
  one.set_days(10);
  one.add_consenting_parties("1");
  EXPECT_THAT(DecideExtend(record, one, world.env()),
              Fails(kPrecondition, common::v1::CONSENT_MISSING));

  world.now = FromProto(record.dispute().statutory().due_time());
  EXPECT_OK(world.Apply(Action::kExtendDeadline, record));
  world.now += absl::Microseconds(1);
  EXPECT_THAT(world.Apply(Action::kExtendDeadline, record),
              Fails(kPrecondition, common::v1::WINDOW_CLOSED));
}

// An end and a way up in between are no second limit, and no second extension.
TEST(Clocks, TheStatutoryLimitIsOneForAMediationThroughAllLevels) {
  World world;
  auto record = world.Do(Action::kExtendDeadline, world.InState(v1::Dispute::MEDIATING));
  EXPECT_EQ(DueDay(record.dispute().statutory()), "2026-04-13 23:59:59");  // day 40 is a Saturday
  world.now = At("2026-03-12 10:00");
  record = world.Do(Action::kEndMediation, record);
  world.now = At("2026-03-17 10:00");  // the five days without a mediation do not count
  record = world.Do(Action::kEscalateDispute, record);
  EXPECT_EQ(FromProto(record.dispute().statutory().start_time()), testing::Monday());
  EXPECT_EQ(DueDay(record.dispute().statutory()), "2026-04-16 23:59:59");
  EXPECT_EQ(FromProto(record.dispute().management().start_time()), world.now);
  for (const auto level : {v1::COUNTY, v1::CITY}) {
    record = world.Do(Action::kStartMediation, record);
    EXPECT_THAT(world.Apply(Action::kExtendDeadline, record),
                Fails(kPrecondition, common::v1::LIMIT_REACHED));
    record = world.Do(Action::kEscalateDispute, world.Do(Action::kEndMediation, record));
    EXPECT_EQ(record.dispute().level(), level);
    EXPECT_EQ(DueDay(record.dispute().statutory()), "2026-04-16 23:59:59");
  }
  std::map<std::string, int> days;
  const auto explained = Explain(record.dispute(), world.env());
  for (const auto& segment : explained.segments()) {
    days[segment.clock() + " " + segment.kind() + " " + segment.reason()] += segment.days();
  }
  EXPECT_EQ(days["statutory running "], 30);
  EXPECT_EQ(days["statutory extension "], 10);
  EXPECT_TRUE(days.contains("statutory paused no mediation"));
  record = world.Do(Action::kStartMediation, record);
  world.now = FromProto(record.dispute().statutory().due_time()) + absl::Microseconds(1);
  EXPECT_TRUE(world.Do(Action::kEndMediation, record).dispute().statutory().missed());
}

TEST(Clocks, ALimitThatWasMissedIsToldOnceThoughTheCaseGoesUp) {
  World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  world.now = FromProto(record.dispute().statutory().due_time()) + absl::Microseconds(1);
  const auto ended = world.Apply(Action::kEndMediation, record);
  ASSERT_OK(ended);
  EXPECT_THAT(ended->events, ::testing::ElementsAre("mediation.ended", "deadline.missed"));
  record = world.Do(Action::kEscalateDispute, ended->after);
  EXPECT_TRUE(record.dispute().statutory().missed());
  EXPECT_THAT(world.Tick(world.now, &record), ::testing::IsEmpty());
}

// The sweep moves up what fell due before the pause; the limit does not run while the case stands.
TEST(Clocks, WhatGoesUpWhileItIsPausedStands) {
  World world;
  auto record = world.Do(Action::kEndMediation, world.InState(v1::Dispute::MEDIATING));
  world.now += absl::Hours(24 * 100);
  record = world.Do(Action::kPauseClock, record);
  EXPECT_FALSE(world.Tick(world.now, &record).empty());
  ASSERT_EQ(record.dispute().state(), v1::Dispute::ACCEPTED);
  for (const auto* clock : {&record.dispute().statutory(), &record.dispute().management()}) {
    EXPECT_FALSE(clock->pauses().rbegin()->has_to_time()) << clock->DebugString();
  }
  record = world.Do(Action::kResumeClock, record);
  EXPECT_FALSE(IsPaused(record.dispute()));
}

TEST(Clocks, StepThatEndsLateIsMissedBeforeAnySweep) {
  World world;
  const auto record = world.Registered();
  world.now = FromProto(record.dispute().statutory().due_time());
  EXPECT_FALSE(world.Do(Action::kAcceptDispute, record).dispute().statutory().missed());
  world.now += absl::Microseconds(1);
  const auto late = world.Apply(Action::kAcceptDispute, record);
  ASSERT_OK(late);
  EXPECT_TRUE(late->after.dispute().statutory().missed());
  EXPECT_THAT(late->events, ::testing::ElementsAre("dispute.accepted", "deadline.missed"));
}

TEST(Clocks, AFailedCaseHasNoStatutoryDayUntilItGoesOn) {
  World world;
  const auto failed = world.Do(Action::kEndMediation, world.InState(v1::Dispute::MEDIATING));
  EXPECT_FALSE(failed.dispute().statutory().has_due_time());
  EXPECT_TRUE(failed.dispute().management().has_due_time());
  world.now += absl::Hours(24);
  const auto escalated = world.Do(Action::kEscalateDispute, failed);
  EXPECT_TRUE(escalated.dispute().statutory().has_due_time());
  EXPECT_FALSE(world.Do(Action::kDivertDispute, failed).dispute().statutory().has_due_time());
}

TEST(Clocks, PauseEndsWithTheStepAndWithTheLevel) {
  const World world;
  const auto paused = world.Do(Action::kPauseClock, world.InState(v1::Dispute::MEDIATING));
  const auto failed = world.Do(Action::kEndMediation, paused);
  EXPECT_TRUE(failed.dispute().statutory().pauses(0).has_to_time());
  EXPECT_FALSE(failed.dispute().management().pauses(0).has_to_time());
  EXPECT_FALSE(IsPaused(world.Do(Action::kDivertDispute, failed).dispute()));

  const auto escalated = world.Do(Action::kEscalateDispute, paused);
  EXPECT_FALSE(IsPaused(escalated.dispute()));
  EXPECT_TRUE(escalated.dispute().statutory().has_due_time());
}

}  // namespace
}  // namespace pingan::disputes
