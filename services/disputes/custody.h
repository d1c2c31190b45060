// Who has a case: the owner, the custody behind it without gaps, the transfer between units and the
// way up the levels. Somebody always owns a case, and the last entry of the custody is the owner.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// LIMIT_REACHED if the case would hold more than bounds.h allows.
#pragma once

#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Names the responsible person within the owning unit.
StatusOr<Decision<v1::DisputeRecord>> DecideAssign(const v1::DisputeRecord& before,
                                                   const v1::AssignPersonRequest& request,
                                                   const Env& env);

// Offers the case; the owner stays. INVALID_ARGUMENT (to, to.area): the owner itself, an unknown
// area or a province.
StatusOr<Decision<v1::DisputeRecord>> DecideOfferTransfer(const v1::DisputeRecord& before,
                                                          const v1::OfferTransferRequest& request,
                                                          const Env& env);

// The offered unit takes the case, and area and level become its. The clocks run on. In scope is
// who covers the offered unit's area.
StatusOr<Decision<v1::DisputeRecord>> DecideAcceptTransfer(const v1::DisputeRecord& before,
                                                           const v1::AcceptTransferRequest& request,
                                                           const Env& env);

// The owner stays; the reason becomes a note for the officers. Scope as for accepting.
StatusOr<Decision<v1::DisputeRecord>> DecideRejectTransfer(const v1::DisputeRecord& before,
                                                           const v1::RejectTransferRequest& request,
                                                           const Env& env);

// Takes the offer back. In scope is who covers the owner's area.
StatusOr<Decision<v1::DisputeRecord>> DecideRevokeTransfer(const v1::DisputeRecord& before,
                                                           const v1::RevokeTransferRequest& request,
                                                           const Env& env);

// Hands the case to the next level by decision: its management limit counts anew, the statutory one
// goes on.
StatusOr<Decision<v1::DisputeRecord>> DecideEscalate(const v1::DisputeRecord& before,
                                                     const v1::EscalateDisputeRequest& request,
                                                     const Env& env);

// Moves the case to the office of the next level and notes why; a failed one is to be mediated
// there, in what is left of the statutory limit: no rule gives the next unit another (README.md).
// The management clock is the caller's business. `level` is below CITY.
void MoveUp(v1::DisputeRecord* record, v1::Escalation::Cause cause, std::string_view reason,
            const Env& env);

// Ends the open entry of the custody at `now` and begins one of this owner.
void PassTo(v1::Dispute* dispute, const common::v1::Unit& unit, std::string_view person,
            std::string_view reason, absl::Time now);

}  // namespace pingan::disputes
