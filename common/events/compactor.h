// Which events may be forgotten.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/store/store.h"

namespace pingan::events {

// Compacts the events that are older than `before`, but none after `folded`, the smallest
// Fold::SavedThrough of the service. Event times are taken to grow with the revision; where the
// clocks of replicas differ, so may the border. Answers the revision compacted through. Errors of
// the store.
StatusOr<int64_t> CompactOlderThan(store::Store* store, int64_t folded, absl::Time before);

}  // namespace pingan::events
