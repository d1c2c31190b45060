#include "services/population/task.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/dwelling.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Task = v1::VerificationTask;

const v1::Person& ResourceOf(const v1::PersonRecord& record) {
  return record.person();
}
const v1::Dwelling& ResourceOf(const v1::DwellingRecord& record) {
  return record.dwelling();
}
v1::Person* MutableOf(v1::PersonRecord* record) {
  return record->mutable_person();
}
v1::Dwelling* MutableOf(v1::DwellingRecord* record) {
  return record->mutable_dwelling();
}
Decision<v1::PersonRecord> Settled(v1::PersonRecord record, const char* event, const Env& env) {
  return Settle(std::move(record), {event}, env);
}
Decision<v1::DwellingRecord> Settled(v1::DwellingRecord record, const char* event, const Env& env) {
  return SettleDwelling(std::move(record), {event}, env);
}

// Where one has to go; empty = not known.
std::string GridOf(const v1::Person& person) {
  const auto* home = OpenSpell(person, v1::Residence::MAIN);
  return home ? home->grid() : "";
}
std::string GridOf(const v1::Dwelling& dwelling) {
  return dwelling.grid();
}

template <class Record>
v1::TaskRecord NewTask(const Record& subject, int number, Task::Cause cause, const Env& env) {
  v1::TaskRecord record;
  Task& task = *record.mutable_task();
  task.set_name(NameOfTask(ResourceOf(subject).name(), number));
  task.set_area(ResourceOf(subject).area());
  task.set_state(Task::OPEN);
  task.set_subject(ResourceOf(subject).name());
  task.set_cause(cause);
  task.set_grid(GridOf(ResourceOf(subject)));
  task.set_due_date(Text(env.calendar.AddWorkingDays(Today(env), TaskWorkingDays(env.limits))));
  return SettleTask(std::move(record), {}).after;
}

template <class Record>
void AddIfStale(const Record& before, const Record& after, int* number, const Env& env,
                std::vector<v1::TaskRecord>* tasks) {
  if (ResourceOf(after).verification_due() && !ResourceOf(before).verification_due()) {
    tasks->push_back(NewTask(after, ++*number, Task::STALE, env));
  }
}

Status CheckOpen(const v1::TaskRecord& record, const char* action, const Env& env) {
  if (!InScope(env.caller, record.task().area())) return NotFound();
  if (record.task().state() == Task::OPEN) return absl::OkStatus();
  return Refused(action, "the task is not open", {});
}

Status CheckVisited(const v1::PersonRecord& subject) {
  const v1::Person& person = subject.person();
  if (person.has_erase_time()) return Refused("OpenTask", "the file was erased", {});
  if (person.state() == v1::Person::MERGED) {
    return Refused("OpenTask", "another file of the person goes on", {});
  }
  if (person.state() == v1::Person::DECEASED) {
    return Refused("OpenTask", "the person has died", {});
  }
  return absl::OkStatus();
}
Status CheckVisited(const v1::DwellingRecord&) {
  return absl::OkStatus();
}

template <class Record>
StatusOr<OpenedTask<Record>> Open(const Record& subject, const v1::OpenTaskRequest& request,
                                  const Env& env) {
  if (!InScope(env.caller, ResourceOf(subject).area())) return NotFound();
  RETURN_IF_ERROR(CheckVisited(subject));
  if (!request.due_date().empty()) {
    ASSIGN_OR_RETURN(const absl::CivilDay due, ParseDay("due_date", request.due_date()));
    if (due < Today(env)) return FieldError("due_date", "want a day from today on");
  }
  RETURN_IF_ERROR(CheckGrid("grid", request.grid(), ResourceOf(subject).area()));
  Record after = subject;
  after.set_tasks_opened(subject.tasks_opened() + 1);
  v1::TaskRecord record = NewTask(subject, after.tasks_opened(), Task::REQUEST, env);
  Task& task = *record.mutable_task();
  task.set_note(request.note());
  if (!request.grid().empty()) task.set_grid(request.grid());
  task.set_assignee(request.assignee());
  if (!request.due_date().empty()) task.set_due_date(request.due_date());
  return OpenedTask<Record>{Settled(std::move(after), "task.requested", env),
                            SettleTask(std::move(record), {"task.opened"})};
}

void End(Task* task, const Env& env) {
  task->set_end_date(Text(Today(env)));
  task->set_ended_by(env.caller.subject);
}

bool IsVerifiedBy(const v1::PersonRecord& before, const v1::PersonRecord& after) {
  return FromProto(after.person().verify_time()) > FromProto(before.person().verify_time());
}

bool IsReported(const std::string& duty, const v1::PersonRecord& record) {
  const auto& duties = record.person().duties();
  return std::any_of(duties.begin(), duties.end(), [&](const v1::Duty& known) {
    return known.id() == duty && !known.report_date().empty();
  });
}

bool IsReportedBy(const std::string& duty, const v1::PersonRecord& before,
                  const v1::PersonRecord& after) {
  return IsReported(duty, after) && !IsReported(duty, before);
}

template <class Record>
Decision<Record> Visit(Record after, const v1::TaskRecord& completed, const Env& env) {
  MutableOf(&after)->set_verification_due(false);
  if (completed.task().outcome() == Task::CONFIRMED) {
    *MutableOf(&after)->mutable_verify_time() = ToProto(env.now);
    after.clear_visit_time();
    return Settled(std::move(after), "visit.confirmed", env);
  }
  *after.mutable_visit_time() = ToProto(env.now);
  return Settled(std::move(after), "visit.failed", env);
}

}  // namespace

std::string NameOfTask(const std::string& subject, int number) {
  return "tasks/" + subject.substr(0, 1) + subject.substr(subject.find('/') + 1) + "-" +
         std::to_string(number);
}

Decision<v1::TaskRecord> SettleTask(v1::TaskRecord after, std::vector<std::string> events) {
  Task& task = *after.mutable_task();
  task.clear_next_due_time();
  if (task.state() == Task::OPEN && !task.overdue()) {
    *task.mutable_next_due_time() = ToProto(After(DayOf(task.due_date())));
  }
  return {.after = std::move(after), .events = std::move(events)};
}

std::vector<std::string> NamesOfTasks(const v1::PersonRecord& subject) {
  std::vector<std::string> names;
  for (int i = 1; i <= subject.tasks_opened(); ++i) {
    names.push_back(NameOfTask(subject.person().name(), i));
  }
  return names;
}

std::vector<v1::TaskRecord> TasksOpened(const v1::PersonRecord& before,
                                        const v1::PersonRecord& after, const Env& env) {
  std::vector<v1::TaskRecord> tasks;
  int number = before.tasks_opened();
  const v1::Person& person = after.person();
  for (int i = 0; i < person.duties_size() && i < before.person().duties_size(); ++i) {
    const v1::Duty& duty = person.duties(i);
    if (!duty.overdue() || before.person().duties(i).overdue() || !duty.report_date().empty()) {
      continue;
    }
    tasks.push_back(NewTask(after, ++number, Task::DUTY_OVERDUE, env));
    tasks.back().mutable_task()->set_duty(duty.id());
    tasks.back().mutable_task()->set_note(v1::Duty::Kind_Name(duty.kind()) + " " +
                                          duty.event_date());
  }
  AddIfStale(before, after, &number, env, &tasks);
  return tasks;
}

std::vector<v1::TaskRecord> TasksOpened(const v1::DwellingRecord& before,
                                        const v1::DwellingRecord& after, const Env& env) {
  std::vector<v1::TaskRecord> tasks;
  int number = before.tasks_opened();
  AddIfStale(before, after, &number, env, &tasks);
  return tasks;
}

StatusOr<OpenedTask<v1::PersonRecord>> DecideOpenTask(const v1::PersonRecord& subject,
                                                      const v1::OpenTaskRequest& request,
                                                      const Env& env) {
  return Open(subject, request, env);
}

StatusOr<OpenedTask<v1::DwellingRecord>> DecideOpenTask(const v1::DwellingRecord& subject,
                                                        const v1::OpenTaskRequest& request,
                                                        const Env& env) {
  return Open(subject, request, env);
}

StatusOr<Decision<v1::TaskRecord>> DecideAssignTask(const v1::TaskRecord& before,
                                                    const v1::AssignTaskRequest& request,
                                                    const Env& env) {
  RETURN_IF_ERROR(CheckOpen(before, "AssignTask", env));
  v1::TaskRecord after = before;
  after.mutable_task()->set_assignee(request.assignee());
  return SettleTask(std::move(after), {"task.assigned"});
}

StatusOr<Decision<v1::TaskRecord>> DecideCompleteTask(const v1::TaskRecord& before,
                                                      const v1::CompleteTaskRequest& request,
                                                      const Env& env) {
  RETURN_IF_ERROR(CheckOpen(before, "CompleteTask", env));
  if (request.outcome() == Task::OUTCOME_UNSPECIFIED) {
    return FieldError("outcome", "want what was found", common::v1::FIELD_REQUIRED);
  }
  v1::TaskRecord after = before;
  Task& task = *after.mutable_task();
  task.set_state(Task::DONE);
  task.set_outcome(request.outcome());
  task.set_result(request.result());
  End(&task, env);
  if (Today(env) > DayOf(task.due_date())) task.set_overdue(true);
  return SettleTask(std::move(after), {"task.completed"});
}

StatusOr<Decision<v1::TaskRecord>> DecideCancelTask(const v1::TaskRecord& before,
                                                    const v1::CancelTaskRequest& request,
                                                    const Env& env) {
  RETURN_IF_ERROR(CheckOpen(before, "CancelTask", env));
  v1::TaskRecord after = before;
  Task& task = *after.mutable_task();
  task.set_state(Task::CANCELLED);
  task.set_result(request.reason());
  End(&task, env);
  return SettleTask(std::move(after), {"task.cancelled"});
}

std::optional<Decision<v1::TaskRecord>> Answered(const v1::TaskRecord& record,
                                                 const v1::PersonRecord& before,
                                                 const v1::PersonRecord& after, const Env& env) {
  v1::TaskRecord answered = record;
  Task& task = *answered.mutable_task();
  if (task.state() != Task::OPEN || !InScope(env.caller, task.area())) return std::nullopt;
  End(&task, env);
  if (task.cause() == Task::STALE && IsVerifiedBy(before, after)) {
    task.set_state(Task::DONE);
    task.set_outcome(Task::CONFIRMED);
    if (Today(env) > DayOf(task.due_date())) task.set_overdue(true);
    return SettleTask(std::move(answered), {"task.completed"});
  }
  if (task.cause() == Task::DUTY_OVERDUE && IsReportedBy(task.duty(), before, after)) {
    task.set_state(Task::CANCELLED);
    return SettleTask(std::move(answered), {"task.cancelled"});
  }
  return std::nullopt;
}

std::optional<Decision<v1::TaskRecord>> Lapsed(const v1::TaskRecord& record,
                                               const v1::PersonRecord& after, const Env& env) {
  const v1::Person& person = after.person();
  v1::TaskRecord lapsed = record;
  Task& task = *lapsed.mutable_task();
  const bool died = person.state() == v1::Person::DECEASED;
  if (task.state() != Task::OPEN || task.cause() == Task::DUTY_OVERDUE) return std::nullopt;
  if (person.has_erase_time() || (!died && person.area() == task.area())) return std::nullopt;
  task.set_state(Task::CANCELLED);
  task.set_result(died ? "the person has died" : "the person has moved to another area");
  task.set_end_date(Text(Today(env)));
  return SettleTask(std::move(lapsed), {"task.cancelled"});
}

StatusOr<Decision<v1::PersonRecord>> DecideVisited(const v1::PersonRecord& before,
                                                   const v1::TaskRecord& completed,
                                                   const Env& env) {
  return Visit(before, completed, env);
}

StatusOr<Decision<v1::DwellingRecord>> DecideVisited(const v1::DwellingRecord& before,
                                                     const v1::TaskRecord& completed,
                                                     const Env& env) {
  return Visit(before, completed, env);
}

}  // namespace pingan::population
