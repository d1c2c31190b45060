#include "services/disputes/progress.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/instants.h"
#include "services/disputes/bounds.h"
#include "services/disputes/codes.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

// What is the same in every move: check, copy, next state of the table.
StatusOr<v1::DisputeRecord> Move(const v1::DisputeRecord& before, Action action, const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), action, env));
  v1::DisputeRecord after = before;
  after.mutable_dispute()->set_state(NextState(before.dispute(), action));
  return after;
}

// What was resolved is not: its counts go, and its clocks and meetings begin anew.
void Unresolve(v1::DisputeRecord* record) {
  v1::Dispute& dispute = *record->mutable_dispute();
  dispute.clear_resolved_level();
  dispute.clear_resolve_time();
  RestartClock(dispute.mutable_statutory());
  RestartClock(dispute.mutable_management());
  record->set_attempts_at_level(0);
}

// A confirmed agreement that is broken goes to enforcement, and nothing else does.
Status CheckRoute(const v1::Dispute& dispute, const std::string& route) {
  if (!IsMethod(route)) return FieldError("route", "no such resolution-method");
  const bool enforceable =
      dispute.state() == v1::Dispute::PERFORMING && dispute.agreement().has_confirmation_time();
  if (enforceable == (route == kEnforcement)) return absl::OkStatus();
  return FieldError("route", enforceable ? "want enforcement of the confirmed agreement"
                                         : "want a confirmed agreement to enforce");
}

}  // namespace

void End(v1::Dispute* dispute, v1::Dispute::State state, std::string_view reason,
         std::string_view note, absl::Time now) {
  dispute->set_state(state);
  v1::Ending& ending = *dispute->mutable_ending();
  ending.Clear();
  ending.set_reason(std::string(reason));
  ending.set_note(std::string(note));
  *ending.mutable_end_time() = ToProto(now);
  *ending.mutable_unit() = dispute->owner().unit();
}

StatusOr<Decision<v1::DisputeRecord>> DecideAccept(const v1::DisputeRecord& before,
                                                   const v1::AcceptDisputeRequest& request,
                                                   const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kAcceptDispute, env));
  return Settle(before, std::move(after), {"dispute.accepted"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRefuse(const v1::DisputeRecord& before,
                                                   const v1::RefuseDisputeRequest& request,
                                                   const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kRefuseDispute, env));
  End(after.mutable_dispute(), v1::Dispute::REFUSED, "refusal", request.reason(), env.now);
  return Settle(before, std::move(after), {"dispute.refused"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideDivert(const v1::DisputeRecord& before,
                                                   const v1::DivertDisputeRequest& request,
                                                   const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kDivertDispute, env));
  RETURN_IF_ERROR(CheckRoute(before.dispute(), request.route()));
  const bool broken = before.dispute().state() == v1::Dispute::PERFORMING;
  if (broken) Unresolve(&after);
  End(after.mutable_dispute(), v1::Dispute::DIVERTED, broken ? "breach" : "decision",
      request.reason(), env.now);
  v1::Ending& ending = *after.mutable_dispute()->mutable_ending();
  ending.set_route(request.route());
  ending.add_routes_told(request.route());
  return Settle(before, std::move(after), {"dispute.diverted"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideStartMediation(const v1::DisputeRecord& before,
                                                           const v1::StartMediationRequest& request,
                                                           const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kStartMediation, env));
  if (before.dispute().state() == v1::Dispute::PERFORMING) Unresolve(&after);
  return Settle(before, std::move(after), {"mediation.started"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideEndMediation(const v1::DisputeRecord& before,
                                                         const v1::EndMediationRequest& request,
                                                         const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kEndMediation, env));
  const std::string& refusing = request.refusing_party();
  if (!refusing.empty() && !HasParty(before.dispute(), refusing))
    return FieldError("refusing_party", "no such party");
  End(after.mutable_dispute(), v1::Dispute::FAILED, refusing.empty() ? "decision" : "party-refusal",
      request.reason(), env.now);
  for (const std::string& route : OtherRoutes()) {
    after.mutable_dispute()->mutable_ending()->add_routes_told(route);
  }
  return Settle(before, std::move(after), {"mediation.ended"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideClose(const v1::DisputeRecord& before,
                                                  const v1::CloseDisputeRequest& request,
                                                  const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kCloseDispute, env));
  End(after.mutable_dispute(), v1::Dispute::CLOSED, "settled", request.note(), env.now);
  return Settle(before, std::move(after), {"dispute.closed"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideReopen(const v1::DisputeRecord& before,
                                                   const v1::ReopenDisputeRequest& request,
                                                   const Env& env) {
  ASSIGN_OR_RETURN(v1::DisputeRecord after, Move(before, Action::kReopenDispute, env));
  const v1::Ending& ending = before.dispute().ending();
  v1::Dispute& dispute = *after.mutable_dispute();
  RETURN_IF_ERROR(CheckRoom(dispute.reopenings_size(), kReopeningsMax, "reopenings"));
  v1::Reopening& reopening = *dispute.add_reopenings();
  reopening.set_reason(request.reason());
  *reopening.mutable_closing_unit() = ending.unit();
  *reopening.mutable_close_time() = ending.end_time();
  *reopening.mutable_reopen_time() = ToProto(env.now);
  dispute.clear_ending();
  dispute.set_table_version(CurrentTableVersion());
  Unresolve(&after);
  return Settle(before, std::move(after), {"dispute.reopened"}, env);
}

}  // namespace pingan::disputes
