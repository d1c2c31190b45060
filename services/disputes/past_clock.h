// Whether the clocks that an old ledger tells of a case could have come about under the rules.
#pragma once

#include "absl/time/time.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// INVALID_ARGUMENT naming the first field of a clock that cannot be:
//   a step or a kind of days that it does not measure;
//   days beyond the statutory limit of the step, or an extension beyond the one there is;
//   a pause or a change of limit outside the life of the case, or before what precedes it;
//   a change that does not begin with what the one before led to, or that did not lead to `days`;
//   anything, but no start.
Status CheckClocks(const v1::Dispute& dispute, absl::Time now);

}  // namespace pingan::disputes
