// Gate: whether this replica may answer from its caches right now, and from which generation of the
// shared one. Shut until extended; it falls shut by itself when time is over.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "common/base/clock.h"

namespace pingan::cache {

class Gate {
 public:
  bool Open() const { return MonotonicMicros() < until_us_.load(std::memory_order_acquire); }

  // Entries of other generations are not to be used. Read it after Open().
  int64_t generation() const { return generation_.load(std::memory_order_acquire); }
  void Adopt(int64_t generation) { generation_.store(generation, std::memory_order_release); }

  // Counts losses. What was begun in one epoch (a connection, a lease) is void in the next.
  uint64_t epoch() const { return epoch_.load(std::memory_order_acquire); }

  // Ends the epoch and shuts at once. False, without effect, if the epoch is already over.
  bool Shut(uint64_t epoch) {
    std::lock_guard lock(mutex_);
    if (epoch_ != epoch) return false;
    ++epoch_;
    until_us_ = 0;
    return true;
  }

  // Opens until the monotonic time. Without effect if the epoch is already over.
  void Extend(uint64_t epoch, int64_t until_us) {
    std::lock_guard lock(mutex_);
    if (epoch_ == epoch) until_us_ = until_us;
  }

 private:
  std::mutex mutex_;  // orders Shut and Extend
  std::atomic<int64_t> until_us_ = 0;
  std::atomic<int64_t> generation_ = -1;
  std::atomic<uint64_t> epoch_ = 1;
};

}  // namespace pingan::cache
