#include "common/rpc/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "common/base/clock.h"

namespace pingan::rpc {
namespace {

using common::v1::CASEWORK;
using common::v1::EXPORT;
using common::v1::LIST;
using common::v1::READ;
using common::v1::STATISTICS;

constexpr common::v1::Load kClasses[] = {CASEWORK, READ, LIST, STATISTICS, EXPORT};

// A pool whose one thread is held until Release.
class HeldPool {
 public:
  explicit HeldPool(int queue_max, int64_t wait_max_us = INT64_MAX / 100)
      : pool_({.threads = 1, .queue_max = queue_max, .wait_max_us = wait_max_us}) {
    pool_.Finish([this] {
      held_.set_value();
      released_.get_future().wait();
    });
    held_.get_future().wait();
  }
  ~HeldPool() { Release(); }

  WorkerPool* operator->() { return &pool_; }
  void Release() {
    if (!std::exchange(done_, true)) released_.set_value();
  }

 private:
  std::promise<void> held_, released_;
  bool done_ = false;
  WorkerPool pool_;
};

TEST(WorkerPool, ServesFinishingFirstThenTheClassesInOrder) {
  HeldPool pool(100);
  std::string order;
  for (auto it = std::rbegin(kClasses); it != std::rend(kClasses); ++it) {
    ASSERT_TRUE(pool->Submit(*it, [&order, load = *it] { order += std::to_string(load); }));
  }
  pool->GoOn(LIST, [&order] { order += "G"; });
  ASSERT_TRUE(pool->Submit(CASEWORK, [&order] { order += "1"; }));
  pool->Finish([&order] { order += "F"; });
  EXPECT_EQ(pool->waiting(), 8);
  pool.Release();
  pool->Stop();
  EXPECT_EQ(order, "F1123G45");
  EXPECT_EQ(pool->waiting(), 0);
}

TEST(WorkerPool, RefusesTheLastClassesFirstAsItFills) {
  HeldPool pool(100);
  std::string refused;  // after each task that was queued, the classes that would be refused
  const int limits[] = {100, 80, 60, 45, 30};
  for (int queued = 0; queued <= 100; ++queued) {
    ASSERT_EQ(pool->waiting(), queued);
    for (int i = 4; i >= 1; --i) {
      if (queued >= limits[i]) {
        EXPECT_FALSE(pool->Submit(kClasses[i], [] {})) << queued << " " << kClasses[i];
      } else if (queued == limits[i] - 1) {
        ASSERT_TRUE(pool->Submit(kClasses[i], [] {})) << queued << " " << kClasses[i];
        ++queued;
      }
    }
    EXPECT_EQ(pool->Submit(CASEWORK, [] {}), queued < 100) << queued;
  }
  pool->Finish([] {});  // what was accepted is always finished
  EXPECT_EQ(pool->waiting(), 101);
}

TEST(WorkerPool, RefusesAClassWhoseOldestTaskHasWaitedTooLong) {
  HeldPool pool(100, /*wait_max_us=*/0);
  EXPECT_FALSE(pool->Refuses(LIST));
  ASSERT_TRUE(pool->Submit(LIST, [] {}));
  for (const int64_t start = MonotonicMicros(); MonotonicMicros() <= start + 1;) {
  }
  EXPECT_TRUE(pool->Refuses(LIST));
  EXPECT_FALSE(pool->Submit(LIST, [] {}));
  EXPECT_TRUE(pool->Submit(CASEWORK, [] {})) << "each class has its own patience";
}

TEST(WorkerPool, SendsTheRefusedAwayForLongerTheMoreTheyAre) {
  HeldPool pool(1);
  EXPECT_EQ(pool->RetryMs(), 500);
  ASSERT_TRUE(pool->Submit(CASEWORK, [] {}));
  // The second that is counted ends while calls are still being refused.
  const auto refuse_until_counted = [&pool] {
    const int64_t start = MonotonicMicros();
    while (pool->RetryMs() == 500 && MonotonicMicros() - start < 10'000'000) {
      EXPECT_FALSE(pool->Submit(CASEWORK, [] {}));
    }
  };
  refuse_until_counted();
  EXPECT_EQ(pool->RetryMs(), 10'000);
}

TEST(WorkerPool, StopRunsWhatIsQueuedAndRefusesTheRest) {
  std::atomic<int> ran = 0;
  HeldPool pool(100);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool->Submit(CASEWORK, [&] { ++ran; }));
  pool.Release();
  pool->Stop();
  EXPECT_EQ(ran, 50);
  EXPECT_FALSE(pool->Submit(CASEWORK, [&] { ++ran; }));
  EXPECT_EQ(ran, 50);
  pool->Finish([&] { ++ran; });
  EXPECT_EQ(ran, 51) << "finishing after the end happens on the caller's thread";
  pool->Stop();
}

TEST(WorkerPool, RunsAsManyTasksAtOnceAsItHasThreads) {
  WorkerPool pool({.threads = 4, .queue_max = 10});
  std::promise<void> all;
  std::shared_future<void> together = all.get_future().share();
  std::atomic<int> inside = 0;
  for (int i = 0; i < 4; ++i) {
    pool.Finish([&] {
      if (++inside == 4) all.set_value();
      together.wait();
    });
  }
  together.wait();
  pool.Stop();
  EXPECT_EQ(inside, 4);
}

}  // namespace
}  // namespace pingan::rpc
