// The verbs that move a case through its states (lifecycle.h has the table).
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// LIMIT_REACHED if the case would hold more than bounds.h allows.
#pragma once

#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// 受理: the handling clock starts.
StatusOr<Decision<v1::DisputeRecord>> DecideAccept(const v1::DisputeRecord& before,
                                                   const v1::AcceptDisputeRequest& request,
                                                   const Env& env);

// 不予受理.
StatusOr<Decision<v1::DisputeRecord>> DecideRefuse(const v1::DisputeRecord& before,
                                                   const v1::RefuseDisputeRequest& request,
                                                   const Env& env);

// 分流. Of a broken agreement: the dispute over it goes to court (people's-mediation law art. 32),
// one that was confirmed goes to enforcement (art. 33). INVALID_ARGUMENT (route): no code of
// "resolution-method", enforcement of what is not confirmed, or anything else for what is.
StatusOr<Decision<v1::DisputeRecord>> DecideDivert(const v1::DisputeRecord& before,
                                                   const v1::DivertDisputeRequest& request,
                                                   const Env& env);

// Also anew, over a broken agreement: the case is unresolved again, its clocks and meetings count
// anew, and a new agreement becomes the next version of the old.
StatusOr<Decision<v1::DisputeRecord>> DecideStartMediation(const v1::DisputeRecord& before,
                                                           const v1::StartMediationRequest& request,
                                                           const Env& env);

// FAILED, by a party's refusal or by decision; the other routes are told. INVALID_ARGUMENT
// (refusing_party): no such party.
StatusOr<Decision<v1::DisputeRecord>> DecideEndMediation(const v1::DisputeRecord& before,
                                                         const v1::EndMediationRequest& request,
                                                         const Env& env);

// 结案.
StatusOr<Decision<v1::DisputeRecord>> DecideClose(const v1::DisputeRecord& before,
                                                  const v1::CloseDisputeRequest& request,
                                                  const Env& env);

// Until the 90th day after the end, else WINDOW_CLOSED. The case is unresolved again, its clocks
// and meetings count anew, and the reopening names the unit that closed it.
StatusOr<Decision<v1::DisputeRecord>> DecideReopen(const v1::DisputeRecord& before,
                                                   const v1::ReopenDisputeRequest& request,
                                                   const Env& env);

// Ends the handling in `state` with the ending's reason and note; the owner is the unit that did
// it.
void End(v1::Dispute* dispute, v1::Dispute::State state, std::string_view reason,
         std::string_view note, absl::Time now);

}  // namespace pingan::disputes
