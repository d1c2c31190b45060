#include "services/disputes/custody.h"

#include <utility>

#include "common/area/tree.h"
#include "common/auth/scope.h"
#include "common/base/instants.h"
#include "services/disputes/assignment.h"
#include "services/disputes/bounds.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/message.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

// The ladder of an answer to an offer: what is not offered is asked of the dispute's own area.
Status CheckAnswer(const v1::Dispute& dispute, Action action, const Env& env) {
  const auto& area = dispute.has_transfer() ? dispute.transfer().to().area() : dispute.area();
  if (!auth::AreaReaches(env.caller, area)) return NotFound();
  return CheckAllowed(dispute, action, env);
}

// The statutory clock stood since the mediation ended and counts on from there: another unit, the
// same limit. Of a case that is paused both clocks stand on.
void CountOn(v1::Dispute* dispute, absl::Time now) {
  const bool paused = IsPaused(*dispute);
  v1::Pause& pause = *dispute->mutable_statutory()->add_pauses();
  *pause.mutable_from_time() = dispute->ending().end_time();
  if (!paused) *pause.mutable_to_time() = ToProto(now);
  pause.set_reason("no mediation");
}

}  // namespace

void PassTo(v1::Dispute* dispute, const common::v1::Unit& unit, std::string_view person,
            std::string_view reason, absl::Time now) {
  if (!dispute->custody().empty()) {
    *dispute->mutable_custody()->rbegin()->mutable_to_time() = ToProto(now);
  }
  *dispute->mutable_owner()->mutable_unit() = unit;
  dispute->mutable_owner()->set_person(std::string(person));
  v1::Custody& entry = *dispute->add_custody();
  *entry.mutable_unit() = unit;
  entry.set_person(std::string(person));
  entry.set_level(dispute->level());
  entry.set_reason(std::string(reason));
  *entry.mutable_from_time() = ToProto(now);
}

void MoveUp(v1::DisputeRecord* record, v1::Escalation::Cause cause, std::string_view reason,
            const Env& env) {
  v1::Dispute& dispute = *record->mutable_dispute();
  const Assignment above = NextAbove(dispute.level(), dispute.area(), env.areas);
  v1::Escalation& escalation = *dispute.add_escalations();
  escalation.set_from(dispute.level());
  escalation.set_to(above.level);
  escalation.set_cause(cause);
  escalation.set_reason(std::string(reason));
  *escalation.mutable_escalate_time() = ToProto(env.now);
  if (dispute.state() == v1::Dispute::FAILED) {
    dispute.set_state(v1::Dispute::ACCEPTED);
    CountOn(&dispute, env.now);
    dispute.clear_ending();
  }
  dispute.set_level(above.level);
  dispute.clear_transfer();
  record->set_attempts_at_level(0);
  PassTo(&dispute, above.unit, "", "escalated", env.now);
}

StatusOr<Decision<v1::DisputeRecord>> DecideAssign(const v1::DisputeRecord& before,
                                                   const v1::AssignPersonRequest& request,
                                                   const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kAssignPerson, env));
  RETURN_IF_ERROR(CheckRoom(before.dispute().custody_size(), kCustodyMax, "owners"));
  v1::DisputeRecord after = before;
  PassTo(after.mutable_dispute(), before.dispute().owner().unit(), request.person(), "assigned",
         env.now);
  return Settle(before, std::move(after), {"dispute.assigned"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideOfferTransfer(const v1::DisputeRecord& before,
                                                          const v1::OfferTransferRequest& request,
                                                          const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kOfferTransfer, env));
  RETURN_IF_ERROR(CheckRoom(before.dispute().custody_size(), kCustodyMax, "owners"));
  if (request.to().code() == before.dispute().owner().unit().code()) {
    return FieldError("to", "want another unit than the owner");
  }
  if (!env.areas.Contains(request.to().area())) return FieldError("to.area", "no such area");
  if (LevelOfArea(request.to().area()) == v1::LEVEL_UNSPECIFIED) {
    return FieldError("to.area", "want a city or below");
  }
  v1::DisputeRecord after = before;
  v1::TransferOffer& offer = *after.mutable_dispute()->mutable_transfer();
  *offer.mutable_to() = request.to();
  offer.set_reason(request.reason());
  offer.set_offered_by(env.caller.subject);
  *offer.mutable_offer_time() = ToProto(env.now);
  return Settle(before, std::move(after), {"transfer.offered"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideAcceptTransfer(const v1::DisputeRecord& before,
                                                           const v1::AcceptTransferRequest& request,
                                                           const Env& env) {
  RETURN_IF_ERROR(CheckAnswer(before.dispute(), Action::kAcceptTransfer, env));
  RETURN_IF_ERROR(CheckRoom(before.dispute().custody_size(), kCustodyMax, "owners"));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  const common::v1::Unit to = dispute.transfer().to();
  const v1::Level level = LevelOfArea(to.area());
  if (level != dispute.level()) after.set_attempts_at_level(0);
  dispute.set_area(to.area());
  dispute.set_level(level);
  PassTo(&dispute, to, "", "transferred", env.now);
  dispute.clear_transfer();
  return Settle(before, std::move(after), {"transfer.accepted"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRejectTransfer(const v1::DisputeRecord& before,
                                                           const v1::RejectTransferRequest& request,
                                                           const Env& env) {
  RETURN_IF_ERROR(CheckAnswer(before.dispute(), Action::kRejectTransfer, env));
  v1::DisputeRecord after = before;
  after.mutable_dispute()->clear_transfer();
  RETURN_IF_ERROR(AddNote(&after, request.reason(), env));
  return Settle(before, std::move(after), {"transfer.rejected"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRevokeTransfer(const v1::DisputeRecord& before,
                                                           const v1::RevokeTransferRequest& request,
                                                           const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRevokeTransfer, env));
  v1::DisputeRecord after = before;
  after.mutable_dispute()->clear_transfer();
  return Settle(before, std::move(after), {"transfer.revoked"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideEscalate(const v1::DisputeRecord& before,
                                                     const v1::EscalateDisputeRequest& request,
                                                     const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kEscalateDispute, env));
  RETURN_IF_ERROR(CheckRoom(before.dispute().custody_size(), kCustodyMax, "owners"));
  if (before.dispute().state() == v1::Dispute::FAILED) {  // which notes for how long it was
    RETURN_IF_ERROR(
        CheckRoom(before.dispute().statutory().pauses_size(), kClockItemsMax, "pauses of a clock"));
  }
  v1::DisputeRecord after = before;
  MoveUp(&after, v1::Escalation::DECISION, request.reason(), env);
  RestartClock(after.mutable_dispute()->mutable_management());
  return Settle(before, std::move(after), {"dispute.escalated"}, env);
}

}  // namespace pingan::disputes
