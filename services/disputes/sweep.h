// What happens to a case by itself when time passes.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// Fires everything that is due at env.now, in order of time and each once: yellow card
// ("yellow_card.issued"), red card ("red_card.issued"), the tiers of expiry ("dispute.escalated",
// or "dispute.expired" where the case cannot go up), a missed statutory limit ("deadline.missed"),
// an overdue instalment ("instalment.missed"). If nothing is due, but another calendar or other
// limits have moved a day of the case, it says and waits for the new one ("deadline.moved"). No
// events: nothing to do. Always OK; asks nothing of the caller.
StatusOr<Decision<v1::DisputeRecord>> DecideTick(const v1::DisputeRecord& before, const Env& env);

}  // namespace pingan::disputes
