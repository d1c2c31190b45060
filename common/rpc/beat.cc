#include "common/rpc/beat.h"

#include <algorithm>

#include "common/base/clock.h"

namespace pingan::rpc {

void Beat::Start(absl::Time end, const std::function<void()>& each) {
  std::lock_guard lock(mutex_);
  if (stopped_) return;
  const absl::Time now = Clock::Real().Now();
  const absl::Time next = end > now ? std::min(end, now + kBeat) : now + kBeat;
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(next), [this, end, each](bool due) {
    if (!due) return;
    Start(end, each);
    each();
  });
}

void Beat::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  alarm_.reset();
}

}  // namespace pingan::rpc
