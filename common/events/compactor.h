// Which events may be forgotten.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/store/store.h"

namespace pingan::events {

// Compacts the events that are older than `before`, but none after `folded`, a Fold::SavedThrough
// of the service. Event times are taken to grow with the revision; where the clocks of replicas
// differ, so may the border. Goes a thousand revisions at a time, so that nobody who writes waits
// long, and asks `going` before each whether to go on. Several may do it at once. Answers the
// revision compacted through. Errors of the store.
StatusOr<int64_t> CompactOlderThan(
    store::Store* store, int64_t folded, absl::Time before,
    const std::function<bool()>& going = [] { return true; });

}  // namespace pingan::events
