// What is said about a case, beside its state: the fields people fill in, the danger of a crime,
// the parties' satisfaction.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// LIMIT_REACHED if the case would hold more than bounds.h allows.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/identifier/citizen_id.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Changes the fields in update_mask: title, description, category, causes, scale, people_involved,
// place, occur_time, parties; another is INVALID_ARGUMENT (update_mask, FIELD_UNKNOWN). Scale and
// people_involved cannot be taken away (FIELD_REQUIRED). Parties keep their ids, by the id sent or,
// if none is sent, by position; none can be taken out.
StatusOr<Decision<v1::DisputeRecord>> DecideUpdate(const v1::DisputeRecord& before,
                                                   const v1::UpdateDisputeRequest& request,
                                                   const Env& env);

// Reported at once (people's-mediation law art. 25); the reason becomes a note for the officers.
StatusOr<Decision<v1::DisputeRecord>> DecideReportCriminalRisk(
    const v1::DisputeRecord& before, const v1::ReportCriminalRiskRequest& request, const Env& env);

StatusOr<Decision<v1::DisputeRecord>> DecideSatisfaction(
    const v1::DisputeRecord& before, const v1::RecordSatisfactionRequest& request, const Env& env);

// Checks what people fill in and puts documents into normal form, naming the field below
// "dispute.": a leaf category, known causes, documents of a known type with a number that it can
// have, ids that are nobody's number, nothing in the future. What protos say is checked before.
Status NormaliseParticulars(v1::Dispute* dispute, identifier::CitizenIdForm form, absl::Time now);

}  // namespace pingan::disputes
