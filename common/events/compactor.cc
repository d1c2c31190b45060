#include "common/events/compactor.h"

namespace pingan::events {

StatusOr<int64_t> CompactOlderThan(store::Store* store, int64_t folded, absl::Time before) {
  ASSIGN_OR_RETURN(const int64_t compacted, store->CompactedThrough());
  int64_t old = compacted, end = folded;  // the border lies in [old, end]
  while (old < end) {
    const int64_t middle = old + (end - old + 1) / 2;
    const auto events = store->Events(middle - 1, middle, 1);
    // OUT_OF_RANGE: somebody else has compacted it meanwhile.
    if (!events.ok() && !absl::IsOutOfRange(events.status())) return events.status();
    if (!events.ok() || (!events->empty() && absl::FromUnixMicros((*events)[0].time_us) < before)) {
      old = middle;
    } else {
      end = middle - 1;
    }
  }
  if (old > compacted) RETURN_IF_ERROR(store->Compact(old));
  return old;
}

}  // namespace pingan::events
