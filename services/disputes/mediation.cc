#include "services/disputes/mediation.h"

#include <string>
#include <utility>
#include <vector>

#include "services/disputes/bounds.h"
#include "services/disputes/codes.h"
#include "services/disputes/custody.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"
#include "services/disputes/progress.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

Status CheckAttempt(const v1::Attempt& attempt, const v1::Dispute& dispute, const Env& env) {
  if (!IsMethod(attempt.method())) {
    return FieldError("attempt.method", "no such resolution-method");
  }
  RETURN_IF_ERROR(CheckWithin(attempt.meet_time(), dispute, "attempt.meet_time", env.now));
  return CheckRoom(dispute.attempts_size(), kMeetingsMax, "meetings");
}

// The level has had its meetings: on to the next, or the end. Returns the event.
std::string LeaveLevel(v1::DisputeRecord* record, const Env& env) {
  v1::Dispute* dispute = record->mutable_dispute();
  if (dispute->level() == v1::CITY) {
    End(dispute, v1::Dispute::FAILED, "attempts", "", env.now);
    for (const std::string& route : OtherRoutes()) {
      dispute->mutable_ending()->add_routes_told(route);
    }
    return "mediation.ended";
  }
  MoveUp(record, v1::Escalation::ATTEMPTS, "meetings without success", env);
  RestartClock(dispute->mutable_management());
  return "dispute.escalated";
}

}  // namespace

StatusOr<Decision<v1::DisputeRecord>> DecideRecordAttempt(const v1::DisputeRecord& before,
                                                          const v1::RecordAttemptRequest& request,
                                                          const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRecordAttempt, env));
  RETURN_IF_ERROR(CheckAttempt(request.attempt(), before.dispute(), env));
  v1::DisputeRecord after = before;
  v1::Attempt& attempt = *after.mutable_dispute()->add_attempts();
  attempt = request.attempt();
  attempt.set_level(before.dispute().level());
  std::vector<std::string> events = {"attempt.recorded"};
  if (attempt.outcome() == v1::Attempt::UNSUCCESSFUL) {
    after.set_attempts_at_level(before.attempts_at_level() + 1);
    if (after.attempts_at_level() >= AttemptsMax(before.dispute().level(), env.limits)) {
      events.push_back(LeaveLevel(&after, env));
    }
  }
  return Settle(before, std::move(after), std::move(events), env);
}

}  // namespace pingan::disputes
