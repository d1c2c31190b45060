#include "common/events/compactor.h"

#include <algorithm>

namespace pingan::events {
namespace {

constexpr int64_t kStep = 1000;

// The last of the events in (compacted, folded] that is older than `before`.
StatusOr<int64_t> BorderOf(store::Store* store, int64_t compacted, int64_t folded,
                           absl::Time before) {
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
  return old;
}

}  // namespace

StatusOr<int64_t> CompactOlderThan(store::Store* store, int64_t folded, absl::Time before,
                                   const std::function<bool()>& going) {
  ASSIGN_OR_RETURN(int64_t compacted, store->CompactedThrough());
  ASSIGN_OR_RETURN(const int64_t border, BorderOf(store, compacted, folded, before));
  while (compacted < border && going()) {
    compacted = std::min(border, compacted + kStep);
    RETURN_IF_ERROR(store->Compact(compacted));
  }
  return compacted;
}

}  // namespace pingan::events
