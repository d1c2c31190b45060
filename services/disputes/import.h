// A case of an old ledger comes in with its past.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::disputes {

// Takes a whole case as the ledger has it: state, times, level, custody, attempts, agreement,
// ending, reopenings, satisfaction, clocks. What the ledger lacks is filled in: the first owner by
// assignment, who had it ever since; clocks that count from the registration (so an open case may
// be overdue at once).
//
// INVALID_ARGUMENT naming the field: what CheckArea, NormaliseParticulars, CheckPast and CheckState
// name, and the area of a unit that does not exist, or that is not the caller's own
// where the unit has rights or is counted: of the owner, and of whoever closed the case. Who covers
// all of them may import it.
StatusOr<Decision<v1::DisputeRecord>> DecideImport(const v1::ImportDisputesRequest& request,
                                                   const Env& env);

}  // namespace pingan::disputes
