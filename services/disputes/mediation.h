// The meetings of a mediation, and what follows from their number.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Records a meeting. The last one without success that a level may have (AttemptsMax) hands the
// case to the next level, where management limit and meetings count anew; at the city the mediation
// has failed. NOT_FOUND, ACTION_NOT_ALLOWED; INVALID_ARGUMENT naming attempt.method or .meet_time
// (in the future, or before the registration); LIMIT_REACHED.
StatusOr<Decision<v1::DisputeRecord>> DecideRecordAttempt(const v1::DisputeRecord& before,
                                                          const v1::RecordAttemptRequest& request,
                                                          const Env& env);

}  // namespace pingan::disputes
