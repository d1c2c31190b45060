#include "services/population/sweep.h"

#include <string>
#include <utility>
#include <vector>

#include "services/population/days.h"
#include "services/population/dwelling.h"
#include "services/population/settle.h"
#include "services/population/task.h"

namespace pingan::population {
namespace {

std::string Fire(const Due& due, v1::PersonRecord* record) {
  v1::Person& person = *record->mutable_person();
  switch (due.kind) {
    case Due::Kind::kMoveExpired:
      person.clear_move();
      return "move.expired";
    case Due::Kind::kIssueLate:
      person.mutable_permit()->set_issue_late(true);
      return "permit.late";
    case Due::Kind::kSuspension:
      person.mutable_permit()->set_state(v1::ResidencePermit::SUSPENDED);
      person.mutable_permit()->set_suspend_date(Text(DayOf(person.permit().endorse_by()) + 1));
      return "permit.suspended";
    case Due::Kind::kDutyOverdue:
      person.mutable_duties(due.index)->set_overdue(true);
      record->set_tasks_opened(record->tasks_opened() + 1);
      return "duty.overdue";
    case Due::Kind::kServiceLate:
      person.mutable_service_items(due.index)->set_late(true);
      return "service.late";
    case Due::Kind::kVerification:
      break;
  }
  person.set_verification_due(true);
  record->set_tasks_opened(record->tasks_opened() + 1);
  return "verification.due";
}

// Of the days that a file waits for only that of the next look is counted from the limits of now:
// the others were told to whom they bind, and stay.
constexpr char kMoved[] = "verification.moved";

template <class Resource>
bool Moved(const Resource& before, const Resource& after) {
  return before.has_next_due_time() != after.has_next_due_time() ||
         FromProto(before.next_due_time()) != FromProto(after.next_due_time());
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideTick(const v1::PersonRecord& before, const Env& env) {
  v1::PersonRecord after = before;
  std::vector<std::string> events;
  for (auto due = NextDue(after, env); due && due->time <= env.now; due = NextDue(after, env)) {
    events.push_back(Fire(*due, &after));
  }
  auto decision = Settle(std::move(after), std::move(events), env);
  if (decision.events.empty() && Moved(before.person(), decision.after.person())) {
    decision.events.push_back(kMoved);
  }
  return decision;
}

StatusOr<Decision<v1::DwellingRecord>> DecideTick(const v1::DwellingRecord& before,
                                                  const Env& env) {
  auto waiting = SettleDwelling(before, {}, env);
  const v1::Dwelling& dwelling = waiting.after.dwelling();
  if (!dwelling.has_next_due_time() || FromProto(dwelling.next_due_time()) > env.now) {
    if (Moved(before.dwelling(), dwelling)) waiting.events.push_back(kMoved);
    return waiting;
  }
  v1::DwellingRecord after = before;
  after.mutable_dwelling()->set_verification_due(true);
  after.set_tasks_opened(before.tasks_opened() + 1);
  return SettleDwelling(std::move(after), {"verification.due"}, env);
}

StatusOr<Decision<v1::TaskRecord>> DecideTick(const v1::TaskRecord& before, const Env& env) {
  const v1::VerificationTask& task = before.task();
  if (!task.has_next_due_time() || FromProto(task.next_due_time()) > env.now) {
    return Decision<v1::TaskRecord>{.after = before, .events = {}};
  }
  v1::TaskRecord after = before;
  after.mutable_task()->set_overdue(true);
  return SettleTask(std::move(after), {"task.overdue"});
}

}  // namespace pingan::population
