#include "common/rpc/beat.h"

#include <algorithm>

#include "common/base/clock.h"

namespace pingan::rpc {
namespace {

constexpr int64_t kStalledUs = 1'000'000;

}  // namespace

void Beat::Start(absl::Time end, const std::function<void()>& each) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  const absl::Time now = Clock::Real().Now();
  const absl::Time next = end > now ? std::min(end, now + kBeat) : now + kBeat;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(next), [this, end, each](bool due) {
    if (!due) return;
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    Start(end, each);
    each();
  });
}

void Beat::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  alarm_.reset();
}

void OnTheWire::Begin() {
  since_us_ = MonotonicMicros();
}

bool OnTheWire::Stalled() const {
  const int64_t since_us = since_us_;
  return since_us != 0 && MonotonicMicros() - since_us > kStalledUs;
}

}  // namespace pingan::rpc
