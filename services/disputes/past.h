// Whether the past that an old ledger tells of a case can be true.
#pragma once

#include "absl/time/time.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// INVALID_ARGUMENT naming the first field that cannot be, of a case as a ledger has it:
//   a time in the future, before the registration, or before the one it must follow; a meeting, a
//   signature, a performance, an escalation or another owner after the end; a signature after the
//   effect of the agreement, a due day before the agreement; a registration before 1949-10-01;
//   a custody with a gap or without an open end; an escalation that does not lead up;
//   an agreement that stands from before the last reopening, a close before the reopening that
//   precedes it;
//   a clock that past_clock.h refuses;
//   a list longer than bounds.h allows, or an agreement of a version above its limit;
//   a state that its content contradicts: AGREED, PERFORMING and CLOSED want an agreement, the
//   latter two one in effect; REFUSED, DIVERTED, FAILED and CLOSED an ending, the others none;
//   REOPENED a reopening.
// past_state.h goes on with what the rules say.
Status CheckPast(const v1::Dispute& dispute, absl::Time now);

// AGREED, PERFORMING, CLOSED.
bool WantsAgreement(v1::Dispute::State state);

}  // namespace pingan::disputes
