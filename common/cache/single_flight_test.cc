#include "common/cache/single_flight.h"

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "common/testing/matchers.h"

namespace pingan::cache {
namespace {

using testing::Fails;

const auto kPatient = absl::Seconds(20);

// A fetch that lasts until it is let go, and counts how many run.
struct SlowFetch {
  std::latch began{1};
  std::latch go{1};
  StatusOr<int> operator()() {
    began.count_down();
    go.wait();
    return 1;
  }
};

TEST(SingleFlight, ACallerAloneGetsItsOwnResultEachTime) {
  SingleFlight<int> flights;
  int fetches = 0;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const int got,
                         flights.Do("a", kPatient, [&]() -> StatusOr<int> { return ++fetches; }));
    EXPECT_EQ(got, i);
  }
}

TEST(SingleFlight, WhoComesWhileAFetchRunsSharesTheNextOne) {
  SingleFlight<int> flights;
  SlowFetch slow;
  std::thread first([&] { EXPECT_EQ(flights.Do("a", kPatient, std::ref(slow)).value(), 1); });
  slow.began.wait();
  std::atomic<int> asked = 0, fetches = 0;
  std::vector<std::thread> later;
  for (int i = 0; i < 8; ++i) {
    later.emplace_back([&] {
      ++asked;
      const auto got =
          flights.Do("a", kPatient, [&]() -> StatusOr<int> { return 100 + ++fetches; });
      EXPECT_EQ(got.value(), 100 + fetches);
    });
  }
  while (asked < 8) std::this_thread::yield();
  EXPECT_EQ(fetches, 0) << "one fetch per key at a time";
  slow.go.count_down();
  first.join();
  for (auto& thread : later) thread.join();
  EXPECT_GE(fetches, 1);
}

TEST(SingleFlight, AnotherKeyDoesNotWait) {
  SingleFlight<int> flights;
  SlowFetch slow;
  std::thread first([&] { EXPECT_OK(flights.Do("a", kPatient, std::ref(slow))); });
  slow.began.wait();
  EXPECT_EQ(flights.Do("b", kPatient, []() -> StatusOr<int> { return 2; }).value(), 2);
  slow.go.count_down();
  first.join();
}

TEST(SingleFlight, AnImpatientCallerLeavesAndDisturbsNobody) {
  SingleFlight<int> flights;
  SlowFetch slow;
  std::thread first([&] { EXPECT_EQ(flights.Do("a", kPatient, std::ref(slow)).value(), 1); });
  slow.began.wait();
  const auto never = []() -> StatusOr<int> { return 0; };
  EXPECT_THAT(flights.Do("a", absl::Milliseconds(1), never),
              Fails(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED));
  std::thread patient([&] {
    EXPECT_EQ(flights.Do("a", kPatient, []() -> StatusOr<int> { return 3; }).value(), 3);
  });
  slow.go.count_down();
  first.join();
  patient.join();
  EXPECT_EQ(flights.Do("a", kPatient, []() -> StatusOr<int> { return 4; }).value(), 4);
}

TEST(SingleFlight, ErrorsAreNotRemembered) {
  SingleFlight<int> flights;
  const auto fail = []() -> StatusOr<int> {
    return Error(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE, "away");
  };
  EXPECT_THAT(flights.Do("a", kPatient, fail),
              Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
  EXPECT_EQ(flights.Do("a", kPatient, []() -> StatusOr<int> { return 5; }).value(), 5);
}

// The source only grows; no answer may be older than what it was when the caller asked.
TEST(SingleFlight, AnAnswerIsNeverOlderThanTheCall) {
  SingleFlight<int> flights;
  std::atomic<int> source = 0, fetches = 0, running = 0, stale = 0, crowded = 0;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < 3000; ++i) {
        const int floor = ++source;
        const auto got = flights.Do("a", kPatient, [&]() -> StatusOr<int> {
          if (++running > 1) ++crowded;
          const int read = source;
          std::this_thread::yield();
          ++fetches;
          --running;
          return read;
        });
        if (got.value() < floor) ++stale;
      }
    });
  }
  for (auto& thread : callers) thread.join();
  EXPECT_EQ(stale, 0);
  EXPECT_EQ(crowded, 0);
  EXPECT_LE(fetches, 12000);
}

}  // namespace
}  // namespace pingan::cache
