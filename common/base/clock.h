// The only door to time and randomness: everything else gets a Clock and an Ids passed in.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace pingan {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;

  // The machine's clock.
  static const Clock& Real();
};

// A clock that stands until it is moved; safe to use from several threads.
class ManualClock : public Clock {
 public:
  explicit ManualClock(absl::Time start) : micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override {
    return absl::FromUnixMicros(__atomic_load_n(&micros_, __ATOMIC_RELAXED));
  }
  void Set(absl::Time now) {
    __atomic_store_n(&micros_, absl::ToUnixMicros(now), __ATOMIC_RELAXED);
  }
  void Advance(absl::Duration by) { Set(Now() + by); }

 private:
  int64_t micros_;
};

// Seconds that only go forward, for leases, timeouts and latencies.
int64_t MonotonicMicros();

// `n` bytes from the operating system's generator.
std::string RandomBytes(size_t n);

// A random (version 4) UUID in lower case.
std::string RandomUuid();

}  // namespace pingan
