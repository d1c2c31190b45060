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
// INVALID_ARGUMENT naming the field: what CheckParticulars and CheckArea name; a time in the future
// or before the one it must follow; a registration before 1949-10-01; a clock whose limit or
// extension is not within 0 to 3660 days, or that has more than 100 pauses or changes; a custody
// with a gap or without an open end; a state that its content contradicts (AGREED, PERFORMING and
// CLOSED want an agreement, the latter two one in effect; REFUSED, DIVERTED, FAILED and CLOSED an
// ending, the others none; REOPENED a reopening).
StatusOr<Decision<v1::DisputeRecord>> DecideImport(const v1::ImportDisputesRequest& request,
                                                   const Env& env);

}  // namespace pingan::disputes
