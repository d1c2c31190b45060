// A clock that clients may move forward: for demonstrations that play years in a minute. Only a
// development server that listens on loopback has one.
#pragma once

#include <functional>
#include <mutex>

#include "common/base/clock.h"

namespace pingan::rpc {

class DevClock : public Clock {
 public:
  // `moved` runs, one at a time, whenever the clock came to a new day, before the call that moved
  // it.
  explicit DevClock(std::function<void(absl::Time)> moved = {}) : moved_(std::move(moved)) {}

  // The machine's time until it was first moved, from then on the last time set.
  absl::Time Now() const override {
    const int64_t micros = micros_.load(std::memory_order_acquire);
    return micros == 0 ? Clock::Real().Now() : absl::FromUnixMicros(micros);
  }

  // Moves the clock to `to`, never back.
  void Advance(absl::Time to) {
    std::lock_guard lock(mutex_);
    const int64_t before = micros_.load();
    const int64_t after = absl::ToUnixMicros(to);
    if (before != 0 && after <= before) return;
    micros_.store(after, std::memory_order_release);
    constexpr int64_t kDay = int64_t{86400} * 1000000;
    if (moved_ && before / kDay != after / kDay) moved_(to);
  }

  // Before the first Advance.
  void OnNewDay(std::function<void(absl::Time)> moved) { moved_ = std::move(moved); }

 private:
  std::mutex mutex_;
  std::atomic<int64_t> micros_{0};
  std::function<void(absl::Time)> moved_;
};

}  // namespace pingan::rpc
