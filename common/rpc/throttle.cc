#include "common/rpc/throttle.h"

#include <algorithm>
#include <cmath>

namespace pingan::rpc {
namespace {

constexpr double kHalfLifeUs = 2.5e5;
constexpr double kWantedPerTaken = 2;
constexpr double kKeptMax = 0.9;

}  // namespace

void Throttle::Fade(int64_t now_us) {
  const double left = std::exp2(static_cast<double>(faded_us_ - now_us) / kHalfLifeUs);
  wanted_ *= left;
  taken_ *= left;
  faded_us_ = now_us;
}

bool Throttle::Send(int64_t now_us) {
  Fade(now_us);
  // Spread evenly instead of drawn, so that no row of bad luck keeps a caller out.
  due_ += std::clamp((wanted_ - kWantedPerTaken * taken_) / (wanted_ + 1), 0.0, kKeptMax);
  if (due_ < 1) return true;
  due_ -= 1;
  wanted_ += 1;
  return false;
}

void Throttle::Refused(int64_t now_us, int retry_ms) {
  Fade(now_us);
  wanted_ += 1;
  retry_ms_ = retry_ms;
}

void Throttle::Taken(int64_t now_us) {
  Fade(now_us);
  wanted_ += 1;
  taken_ += 1;
}

}  // namespace pingan::rpc
