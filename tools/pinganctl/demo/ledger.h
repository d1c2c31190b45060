// A synthetic old ledger: the cases a city brings along when it moves in, most of them ended.
#pragma once

#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

// Row `number`, registered in `period`; the same for the same seed, number and period. `row_id` is
// "ledger-<seed>-<number>".
disputes::v1::ImportDisputesRequest LedgerRow(const Places& places, uint64_t seed, int64_t number,
                                              Period period);

}  // namespace pingan::ctl
