#include "common/rpc/beat.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "common/base/clock.h"
#include "common/testing/elapse.h"

namespace pingan::rpc {
namespace {

absl::Time Soon() {
  return Clock::Real().Now() + absl::Milliseconds(10);
}

// What `each` uses may be gone as soon as Stop returns.
TEST(Beat, StopWaitsForWhatRuns) {
  const grpc::Alarm another;  // gRPC ends with its last alarm, and waits itself
  Beat beat;
  std::promise<void> begun, go_on;
  std::atomic<bool> over{false};
  beat.Start(Soon(), [&] {
    begun.set_value();
    go_on.get_future().wait();
    over = true;
  });
  begun.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] {
    beat.Stop();
    return over.load();
  });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  go_on.set_value();
  EXPECT_TRUE(stopped.get());
}

TEST(Beat, MayBeStoppedByItself) {
  Beat beat;
  std::promise<void> stopped;
  beat.Start(Soon(), [&] {
    beat.Stop();
    stopped.set_value();
  });
  stopped.get_future().wait();
}

TEST(Beat, NeitherStartsNorLetsLiveWhatWasStopped) {
  Beat early, late;
  const auto held = std::make_shared<int>();
  early.Stop();
  early.Start(Soon(), [held] { ADD_FAILURE(); });
  late.Start(Clock::Real().Now() + absl::Hours(1), [held] { ADD_FAILURE(); });
  EXPECT_GT(held.use_count(), 1);
  late.Stop();
  while (held.use_count() > 1) std::this_thread::yield();  // gRPC's own thread may do it
}

TEST(OnTheWire, IsStalledAfterASecond) {
  OnTheWire wire;
  EXPECT_FALSE(wire.Stalled());
  wire.Begin();
  EXPECT_FALSE(wire.Stalled());
  testing::Elapse(absl::Milliseconds(1100));
  EXPECT_TRUE(wire.Stalled());
  wire.End();
  EXPECT_FALSE(wire.Stalled());
}

}  // namespace
}  // namespace pingan::rpc
