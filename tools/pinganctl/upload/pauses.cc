#include "tools/pinganctl/upload/pauses.h"

#include <algorithm>
#include <cstdint>

#include "common/base/clock.h"

namespace pingan::ctl {
namespace {

// 0 to a half.
double Chance() {
  const std::string bytes = RandomBytes(2);
  return (static_cast<uint8_t>(bytes[0]) * 256 + static_cast<uint8_t>(bytes[1])) / 131072.0;
}

}  // namespace

absl::Duration Pauses::Next(absl::Duration asked) {
  const absl::Duration own = next_ * (1 - Chance());
  next_ = std::min(longest_, 2 * next_);
  return std::max(own, asked * (1 + Chance()));
}

}  // namespace pingan::ctl
