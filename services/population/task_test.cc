#include "services/population/task.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/population/dwelling.h"
#include "services/population/rules_fixture.h"
#include "services/population/sweep.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;
using Task = v1::VerificationTask;

v1::TaskRecord Complete(const v1::TaskRecord& task, Task::Outcome outcome, const World& world) {
  v1::CompleteTaskRequest request;
  request.set_outcome(outcome);
  auto decided = DecideCompleteTask(task, request, world.env());
  EXPECT_OK(decided);
  return decided->after;
}

// A floating person in 180 days, others in 365; a look counts anew.
TEST(Verification, IsDueWhenNobodyLookedForTooLong) {
  const struct {
    v1::PersonKind kind;
    const char* due;
  } kCases[] = {{v1::FLOATING, "2026-08-30"}, {v1::HOUSEHOLD, "2027-03-03"}};
  for (const auto& row : kCases) {
    World world;
    auto record = world.Registered();
    record.mutable_person()->set_kind(row.kind);
    const auto fresh = world.Do(Action::kUpdatePerson, record);
    auto before = fresh;
    const std::string last = row.kind == v1::FLOATING ? "2026-08-29" : "2027-03-02";
    EXPECT_THAT(world.Tick(last + " 23:59", &before), IsEmpty());
    auto after = before;
    EXPECT_THAT(world.Tick(std::string(row.due) + " 00:00", &after),
                ElementsAre("verification.due"));
    const auto tasks = TasksOpened(before, after, world.env());
    ASSERT_EQ(tasks.size(), 1u);
    EXPECT_EQ(tasks[0].task().name(), "tasks/p411602-00000001-1");
    EXPECT_EQ(tasks[0].task().cause(), Task::STALE);
    EXPECT_EQ(tasks[0].task().area(), testing::kVillage);
    EXPECT_EQ(after.tasks_opened(), 1);
    EXPECT_THAT(world.Tick("2030-01-01 00:00", &after), IsEmpty());
  }
}

// What the visit found decides when the next is due.
TEST(Verification, VisitResetsOrAsksAgain) {
  const struct {
    Task::Outcome outcome;
    const char* next;
  } kCases[] = {{Task::CONFIRMED, "2027-02-28"},
                {Task::ABSENT, "2026-10-01"},
                {Task::TO_CORRECT, "2026-10-01"}};
  for (const auto& row : kCases) {
    World world;
    auto stale = world.Registered();
    const auto before = stale;
    world.Tick("2026-08-31 00:00", &stale);
    const auto task = TasksOpened(before, stale, world.env())[0];
    const auto done = Complete(task, row.outcome, world);
    EXPECT_EQ(done.task().state(), Task::DONE);
    ASSERT_OK_AND_ASSIGN(auto visited, DecideVisited(stale, done, world.env()));
    auto record = world.Commit(visited.after);
    EXPECT_FALSE(record.person().verification_due());
    EXPECT_THAT(world.Tick(std::string(row.next) + " 00:00", &record),
                ElementsAre("verification.due"))
        << row.next;
    EXPECT_EQ(TasksOpened(stale, record, world.env()).size(), 0u);
    EXPECT_EQ(record.tasks_opened(), 2);
  }
}

TEST(Task, IsOverdueFromTheDayAfter) {
  World world;
  v1::OpenTaskRequest request;
  request.set_subject(testing::kPersonName);
  ASSERT_OK_AND_ASSIGN(auto opened, DecideOpenTask(world.Registered(), request, world.env()));
  EXPECT_EQ(opened.task.after.task().due_date(), "2026-03-16");
  EXPECT_THAT(opened.task.events, ElementsAre("task.opened"));
  EXPECT_EQ(opened.subject.after.tasks_opened(), 1);
  v1::TaskRecord task = opened.task.after;
  world.GoTo("2026-03-16 23:59");
  ASSERT_OK_AND_ASSIGN(auto tick, DecideTick(task, world.env()));
  EXPECT_THAT(tick.events, IsEmpty());
  world.GoTo("2026-03-17 00:00");
  ASSERT_OK_AND_ASSIGN(tick, DecideTick(task, world.env()));
  EXPECT_THAT(tick.events, ElementsAre("task.overdue"));
  ASSERT_OK_AND_ASSIGN(auto again, DecideTick(tick.after, world.env()));
  EXPECT_THAT(again.events, IsEmpty());
  EXPECT_TRUE(Complete(task, Task::CONFIRMED, world).task().overdue());
}

TEST(Task, IsForTheGridWhereTheSubjectIs) {
  World world;
  auto person = world.Registered();
  person.mutable_person()->mutable_residences(0)->set_grid("411602001001001");
  auto dwelling = world.Dwelling(8);
  dwelling.mutable_dwelling()->set_grid("411602001001002");
  EXPECT_EQ(DecideOpenTask(person, {}, world.env())->task.after.task().grid(), "411602001001001");
  EXPECT_EQ(DecideOpenTask(dwelling, {}, world.env())->task.after.task().grid(), "411602001001002");
  world.GoTo("2026-09-30 10:00");
  const auto due = DecideTick(person, world.env());
  const auto opened = TasksOpened(person, due->after, world.env());
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].task().grid(), "411602001001001") << "of what opens by itself as well";
}

TEST(Task, NamesWhatIsWrong) {
  World world;
  const auto subject = world.Registered();
  v1::OpenTaskRequest request;
  request.set_due_date("2026-03-01");
  EXPECT_THAT(DecideOpenTask(subject, request, world.env()), NamesField("due_date"));
  request.set_due_date("2026-03-02");
  request.set_grid("411602001002001");
  EXPECT_THAT(DecideOpenTask(subject, request, world.env()), NamesField("grid"));
  request.set_grid("411602001001001");
  EXPECT_OK(DecideOpenTask(subject, request, world.env()));
  ASSERT_OK_AND_ASSIGN(auto opened, DecideOpenTask(subject, request, world.env()));
  EXPECT_THAT(DecideCompleteTask(opened.task.after, {}, world.env()), NamesField("outcome"));
}

TEST(Task, EndsOnce) {
  World world;
  const auto dwelling = world.Dwelling(8);
  ASSERT_OK_AND_ASSIGN(auto opened, DecideOpenTask(dwelling, {}, world.env()));
  EXPECT_EQ(opened.task.after.task().name(), "tasks/d411602-00000001-1");
  const auto done = Complete(opened.task.after, Task::ABSENT, world);
  ASSERT_OK_AND_ASSIGN(auto cancelled, DecideCancelTask(opened.task.after, {}, world.env()));
  const auto refused = Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED);
  for (const auto& ended : {done, cancelled.after}) {
    EXPECT_THAT(DecideAssignTask(ended, {}, world.env()), refused);
    EXPECT_THAT(DecideCompleteTask(ended, {}, world.env()), refused);
    EXPECT_THAT(DecideCancelTask(ended, {}, world.env()), refused);
    EXPECT_FALSE(ended.task().has_next_due_time());
  }
  world.caller.area = "411603";
  const auto absent = Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT);
  EXPECT_THAT(DecideCompleteTask(opened.task.after, {}, world.env()), absent);
  EXPECT_THAT(DecideOpenTask(dwelling, {}, world.env()), absent);
}

// A colleague of the area stands in for who was asked, and is named.
TEST(Task, NamesWhoEndedIt) {
  World world;
  v1::OpenTaskRequest open;
  open.set_assignee("grid-7");
  const auto task = DecideOpenTask(world.Registered(), open, world.env())->task.after;
  EXPECT_EQ(task.task().ended_by(), "");
  world.caller = {.subject = "grid-8", .roles = {"grid_worker"}, .area = testing::kVillage};
  const auto done = Complete(task, Task::CONFIRMED, world);
  EXPECT_EQ(done.task().assignee(), "grid-7");
  EXPECT_EQ(done.task().ended_by(), "grid-8");
  EXPECT_EQ(DecideCancelTask(task, {}, world.env())->after.task().ended_by(), "grid-8");
}

TEST(Verification, OfADwelling) {
  World world;
  const auto before = world.Dwelling(8);
  world.GoTo("2027-03-03 00:00");
  ASSERT_OK_AND_ASSIGN(auto tick, DecideTick(before, world.env()));
  EXPECT_THAT(tick.events, ElementsAre("verification.due"));
  const auto tasks = TasksOpened(before, tick.after, world.env());
  ASSERT_EQ(tasks.size(), 1u);
  ASSERT_OK_AND_ASSIGN(
      auto visited,
      DecideVisited(tick.after, Complete(tasks[0], Task::CONFIRMED, world), world.env()));
  EXPECT_FALSE(visited.after.dwelling().verification_due());
  ASSERT_OK_AND_ASSIGN(tick, DecideTick(visited.after, world.env()));
  EXPECT_THAT(tick.events, IsEmpty());
}

TEST(Task, IsOfWhoLivesAndTheFileThatGoesOn) {
  World world;
  auto subject = world.Registered();
  for (const auto state :
       {v1::Person::ACTIVE, v1::Person::LEFT, v1::Person::DECEASED, v1::Person::MERGED}) {
    subject.mutable_person()->set_state(state);
    const auto opened = DecideOpenTask(subject, {}, world.env());
    if (state == v1::Person::ACTIVE || state == v1::Person::LEFT) {
      EXPECT_OK(opened);
    } else {
      EXPECT_THAT(opened,
                  Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
    }
  }
}

// A look that nobody was sent for ends the visit that was to look, a report the one that was to ask
// for it, and neither what somebody asked for.
TEST(Task, IsAnsweredByWhatItWasToBringAbout) {
  World world;
  auto stale = world.Do(Action::kRecordEmployment, world.Registered());  // a report is owed
  stale.mutable_person()->mutable_duties(0)->set_overdue(false);
  const auto fresh = stale;
  world.Tick("2026-08-31 00:00", &stale);
  auto tasks = TasksOpened(fresh, stale, world.env());
  ASSERT_EQ(tasks.size(), 2u);
  ASSERT_EQ(tasks[0].task().cause(), Task::DUTY_OVERDUE);
  EXPECT_EQ(tasks[0].task().duty(), stale.person().duties(0).id());
  tasks.push_back(DecideOpenTask(stale, {}, world.env())->task.after);
  world.GoTo("2026-08-31 10:00");
  const auto verified = world.Do(Action::kVerifyPerson, stale);
  const auto reported = world.Do(Action::kRecordReport, stale);
  const auto told = [&](const v1::TaskRecord& task, const v1::PersonRecord& after) {
    const auto answered = Answered(task, stale, after, world.env());
    if (!answered) return std::string();
    EXPECT_FALSE(answered->after.task().has_next_due_time());
    EXPECT_EQ(answered->after.task().end_date(), "2026-08-31");
    EXPECT_EQ(answered->after.task().ended_by(), "officer-1");
    return Task::State_Name(answered->after.task().state()) + " " + answered->events[0];
  };
  EXPECT_EQ(told(tasks[0], reported), "CANCELLED task.cancelled");
  EXPECT_EQ(told(tasks[1], verified), "DONE task.completed");
  EXPECT_EQ(told(tasks[0], verified) + told(tasks[1], reported), "");
  EXPECT_EQ(told(tasks[2], verified) + told(tasks[2], reported), "");
  tasks[0].mutable_task()->set_duty("99");
  EXPECT_EQ(told(tasks[0], reported), "") << "another report";
  world.caller.area = "411603";
  EXPECT_EQ(told(tasks[1], verified), "") << "another's visit";
  world.caller.area = "4116";
  EXPECT_EQ(told(Complete(tasks[1], Task::ABSENT, world), verified), "") << "made already";
}

// Nobody is sent to who is not there any more; a report of what was here is still asked for here.
TEST(Task, LapsesWithAMoveOrADeath) {
  World world;
  auto stale = world.Do(Action::kRecordEmployment, world.Registered());
  stale.mutable_person()->mutable_duties(0)->set_overdue(false);
  const auto fresh = stale;
  world.Tick("2026-08-31 00:00", &stale);
  auto tasks = TasksOpened(fresh, stale, world.env());
  ASSERT_EQ(tasks.size(), 2u);
  tasks.push_back(DecideOpenTask(stale, {}, world.env())->task.after);
  const auto moved = world.Do(Action::kAcceptMove, world.Do(Action::kOfferMove, stale));
  const auto died = world.Do(Action::kRecordDeath, stale);
  const auto left = world.Do(Action::kEndResidence, stale);
  auto erased = moved;
  *erased.mutable_person()->mutable_erase_time() = ToProto(world.now);
  const struct {
    const v1::PersonRecord& after;
    const char* result;  // of the look that is due and of the visit that somebody asked for
  } kCases[] = {{moved, "the person has moved to another area"},
                {died, "the person has died"},
                {left, ""},
                {stale, ""},
                {erased, ""}};
  world.caller.area = testing::kOtherVillage;  // of whoever accepts the move
  for (const auto& [after, result] : kCases) {
    for (const auto& task : tasks) {
      const bool lapses = *result != 0 && task.task().cause() != Task::DUTY_OVERDUE;
      const auto lapsed = Lapsed(task, after, world.env());
      ASSERT_EQ(lapsed.has_value(), lapses) << task.DebugString();
      if (!lapses) continue;
      EXPECT_EQ(lapsed->after.task().state(), Task::CANCELLED);
      EXPECT_EQ(lapsed->after.task().result(), result);
      EXPECT_EQ(lapsed->after.task().end_date(), "2026-08-31");
      EXPECT_FALSE(lapsed->after.task().has_next_due_time());
      EXPECT_THAT(lapsed->events, ElementsAre("task.cancelled"));
      EXPECT_FALSE(Lapsed(lapsed->after, after, world.env())) << "once";
    }
  }
}

}  // namespace
}  // namespace pingan::population
