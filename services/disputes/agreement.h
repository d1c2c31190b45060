// The mediation agreement: recorded, signed, in effect, confirmed, performed, visited.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// LIMIT_REACHED if the case would hold more than bounds.h allows.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Records the agreement, or a new version that nobody has signed yet. An oral one takes effect at
// once (people's-mediation law art. 30). INVALID_ARGUMENT: an instalment due in the past.
StatusOr<Decision<v1::DisputeRecord>> DecideRecordAgreement(
    const v1::DisputeRecord& before, const v1::RecordAgreementRequest& request, const Env& env);

// Records a signature or the seal; with those of every party, the mediator and the committee it
// takes effect (art. 29). INVALID_ARGUMENT (signature.role, signature.party): unknown, or signed
// already.
StatusOr<Decision<v1::DisputeRecord>> DecideSign(const v1::DisputeRecord& before,
                                                 const v1::SignAgreementRequest& request,
                                                 const Env& env);

// The joint application to a court until the deadline (art. 33), else WINDOW_CLOSED;
// CONSENT_MISSING unless every party consents.
StatusOr<Decision<v1::DisputeRecord>> DecideRequestConfirmation(
    const v1::DisputeRecord& before, const v1::RequestConfirmationRequest& request, const Env& env);

// INVALID_ARGUMENT (instalment): unknown, or performed already.
StatusOr<Decision<v1::DisputeRecord>> DecideRecordPerformance(
    const v1::DisputeRecord& before, const v1::RecordPerformanceRequest& request, const Env& env);

// INVALID_ARGUMENT (follow_up.visit_time): in the future, or before the registration.
StatusOr<Decision<v1::DisputeRecord>> DecideFollowUp(const v1::DisputeRecord& before,
                                                     const v1::RecordFollowUpRequest& request,
                                                     const Env& env);

// Whether the agreement has every mark that brings a written one into effect.
bool IsSigned(const v1::Dispute& dispute);

// Whether the ids name every party of the case.
bool AllConsent(const v1::Dispute& dispute,
                const google::protobuf::RepeatedPtrField<std::string>& ids);

// The last instant to ask for confirmation of an agreement in effect since `effect`.
absl::Time ConfirmationDeadline(absl::Time effect, const calendar::Calendar& calendar);

}  // namespace pingan::disputes
