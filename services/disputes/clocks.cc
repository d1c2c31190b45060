#include "services/disputes/clocks.h"

#include <string>
#include <utility>

#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "services/disputes/agreement.h"
#include "services/disputes/bounds.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"
#include "services/disputes/message.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

void Pause(v1::Clock* clock, std::string_view reason, absl::Time now) {
  v1::Pause& pause = *clock->add_pauses();
  *pause.mutable_from_time() = ToProto(now);
  pause.set_reason(std::string(reason));
}

const char* KindOf(calendar::Segment::Kind kind) {
  switch (kind) {
    case calendar::Segment::Kind::kPaused:
      return "paused";
    case calendar::Segment::Kind::kExtended:
      return "extension";
    default:
      return "running";
  }
}

void AddSegments(const char* name, const v1::Clock& clock, const Env& env,
                 v1::ExplainDeadlineResponse* response) {
  const auto start_of = [](absl::CivilDay day) {
    return ToProto(absl::FromCivil(day, calendar::Shanghai()));
  };
  for (const auto& segment : calendar::Explain(TimerOf(clock), env.calendar)) {
    v1::DeadlineSegment& added = *response->add_segments();
    added.set_clock(name);
    *added.mutable_from_time() = start_of(segment.from);
    if (segment.to != absl::CivilDay::max()) *added.mutable_to_time() = start_of(segment.to);
    added.set_kind(KindOf(segment.kind));
    added.set_days(segment.days);
    const bool paused = segment.kind == calendar::Segment::Kind::kPaused;
    paused ? added.set_reason(segment.why) : added.set_why(segment.why);
  }
}

}  // namespace

StatusOr<Decision<v1::DisputeRecord>> DecidePause(const v1::DisputeRecord& before,
                                                  const v1::PauseClockRequest& request,
                                                  const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kPauseClock, env));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  for (const v1::Clock* clock : {&dispute.statutory(), &dispute.management()}) {
    RETURN_IF_ERROR(CheckRoom(clock->pauses_size(), kClockItemsMax, "pauses of a clock"));
  }
  if (!StatutoryStep(dispute).empty()) {
    Pause(dispute.mutable_statutory(), request.reason(), env.now);
  }
  Pause(dispute.mutable_management(), request.reason(), env.now);
  return Settle(before, std::move(after), {"clock.paused"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideResume(const v1::DisputeRecord& before,
                                                   const v1::ResumeClockRequest& request,
                                                   const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kResumeClock, env));
  v1::DisputeRecord after = before;
  EndPause(after.mutable_dispute()->mutable_statutory(), env.now);
  EndPause(after.mutable_dispute()->mutable_management(), env.now);
  return Settle(before, std::move(after), {"clock.resumed"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideExtend(const v1::DisputeRecord& before,
                                                   const v1::ExtendDeadlineRequest& request,
                                                   const Env& env) {
  const v1::Dispute& dispute = before.dispute();
  RETURN_IF_ERROR(Check(dispute, Action::kExtendDeadline, env));
  if (!AllConsent(dispute, request.consenting_parties())) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::CONSENT_MISSING,
                 "want the consent of every party");
  }
  v1::DisputeRecord after = before;
  after.mutable_dispute()->mutable_statutory()->set_extension_days(request.days());
  after.mutable_dispute()->mutable_management()->set_extension_days(request.days());
  RETURN_IF_ERROR(AddNote(&after, request.reason(), env));
  return Settle(before, std::move(after), {"deadline.extended"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideChangeRisk(const v1::DisputeRecord& before,
                                                       const v1::ChangeRiskRequest& request,
                                                       const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kChangeRisk, env));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  dispute.set_risk(request.risk());
  const auto step = ManagementStep(dispute);
  const int days = ManagementLimit(step, dispute.level(), dispute.risk(), env.limits).days;
  v1::Clock& clock = *dispute.mutable_management();
  if (!step.empty() && days != clock.days()) {
    RETURN_IF_ERROR(CheckRoom(clock.changes_size(), kClockItemsMax, "changes of a limit"));
    v1::LimitChange& change = *clock.add_changes();
    *change.mutable_change_time() = ToProto(env.now);
    change.set_days_before(clock.days());
    change.set_days_after(days);
    change.set_reason(request.reason());
    clock.set_days(days);
  }
  RETURN_IF_ERROR(AddNote(&after, request.reason(), env));
  return Settle(before, std::move(after), {"risk.changed"}, env);
}

v1::ExplainDeadlineResponse Explain(const v1::Dispute& dispute, const Env& env) {
  v1::ExplainDeadlineResponse response;
  if (!StatutoryStep(dispute).empty()) {
    AddSegments("statutory", dispute.statutory(), env, &response);
    if (dispute.statutory().has_due_time()) {
      *response.mutable_statutory_due_time() = dispute.statutory().due_time();
    }
  }
  if (!ManagementStep(dispute).empty()) {
    AddSegments("management", dispute.management(), env, &response);
    if (dispute.management().has_due_time()) {
      *response.mutable_management_due_time() = dispute.management().due_time();
    }
  }
  response.set_calendar_version(env.calendar.version());
  return response;
}

}  // namespace pingan::disputes
