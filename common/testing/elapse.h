// For tests in which time itself is what is waited for: a deadline that is to pass, the pace of a
// load, the moment of a disaster. Whatever can be observed is awaited instead.
#pragma once

#include "absl/time/clock.h"

namespace pingan::testing {

inline void Elapse(absl::Duration duration) {
  absl::SleepFor(duration);
}

}  // namespace pingan::testing
