// The two clocks of a case, as people act on them: pause, resume, extend, re-prioritise, explain.
// limits.h has the limits, settle.h starts and stops the clocks.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// LIMIT_REACHED if the case would hold more than bounds.h allows.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Stops the running clocks.
StatusOr<Decision<v1::DisputeRecord>> DecidePause(const v1::DisputeRecord& before,
                                                  const v1::PauseClockRequest& request,
                                                  const Env& env);

StatusOr<Decision<v1::DisputeRecord>> DecideResume(const v1::DisputeRecord& before,
                                                   const v1::ResumeClockRequest& request,
                                                   const Env& env);

// Extends the time for mediation, on both clocks; the reason becomes a note for the officers.
// LIMIT_REACHED the second time, WINDOW_CLOSED after the deadline, CONSENT_MISSING unless every
// party consents.
StatusOr<Decision<v1::DisputeRecord>> DecideExtend(const v1::DisputeRecord& before,
                                                   const v1::ExtendDeadlineRequest& request,
                                                   const Env& env);

// Sets the colour; a new management limit keeps the days already used. The reason becomes a note.
StatusOr<Decision<v1::DisputeRecord>> DecideChangeRisk(const v1::DisputeRecord& before,
                                                       const v1::ChangeRiskRequest& request,
                                                       const Env& env);

// The segments of the clocks that run, statutory first, by the calendar of `env`.
v1::ExplainDeadlineResponse Explain(const v1::Dispute& dispute, const Env& env);

}  // namespace pingan::disputes
