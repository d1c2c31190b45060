// A page of what is stored: bounded by the number of its items and by their bytes, and read in
// small steps, so that a page of long files is neither too large to send nor to hold.
#pragma once

#include <algorithm>
#include <vector>

#include "common/base/status.h"

namespace pingan::rpc {

// Of the stored bodies on a page, but for one longer item. A client of gRPC takes 4 MiB at once
// unless it is told otherwise.
inline constexpr size_t kPageBytesMax = 3 << 20;

// Appends to `items` at most `size` of what `read` gives, which is called with the last item so far
// (null = none yet) and how many to read at most. True if there is more after them.
template <class Item, class ReadFn>
StatusOr<bool> FillPage(int size, ReadFn read, std::vector<Item>* items) {
  constexpr int kReadAtOnce = 64;
  size_t bytes = 0;
  for (;;) {
    const int left = size - static_cast<int>(items->size());
    const int limit = std::min(left + 1, kReadAtOnce);
    ASSIGN_OR_RETURN(std::vector<Item> some,
                     read(items->empty() ? nullptr : &items->back(), limit));
    for (Item& item : some) {
      bytes += item.body.size();
      const bool full = static_cast<int>(items->size()) == size;
      if (full || (!items->empty() && bytes > kPageBytesMax)) return true;
      items->push_back(std::move(item));
    }
    if (static_cast<int>(some.size()) < limit) return false;
  }
}

}  // namespace pingan::rpc
