#include "common/rpc/throttle.h"

#include <gtest/gtest.h>

namespace pingan::rpc {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

struct Counts {
  int sent = 0, taken = 0;
};

// A second in which `wanted` calls are made, evenly, of a server that takes `capacity` of them.
Counts Second(Throttle* throttle, int64_t start_us, int wanted, int capacity) {
  Counts counts;
  for (int i = 0; i < wanted; ++i) {
    const int64_t now_us = start_us + i * kSecondUs / wanted;
    if (!throttle->Send(now_us)) continue;
    ++counts.sent;
    if (counts.taken * int64_t{wanted} <= int64_t{i} * capacity) {
      ++counts.taken;
      throttle->Taken(now_us);
    } else {
      throttle->Refused(now_us, 500);
    }
  }
  return counts;
}

TEST(Throttle, SendsEverythingToAServerThatTakesIt) {
  Throttle throttle;
  for (int s = 1; s <= 5; ++s) EXPECT_EQ(Second(&throttle, s * kSecondUs, 1000, 1000).sent, 1000);
}

TEST(Throttle, SendsEverythingToAServerThatTakesEveryOtherCall) {
  Throttle throttle;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(throttle.Send(i)) << i;
    i % 2 == 0 ? throttle.Taken(i) : throttle.Refused(i, 500);
  }
}

TEST(Throttle, UnderTenTimesTheLoadAsManyAreRefusedAsAreTaken) {
  Throttle throttle;
  Counts last;
  for (int s = 1; s <= 5; ++s) last = Second(&throttle, s * kSecondUs, 10'000, 1000);
  EXPECT_NEAR(last.taken, 1000, 10);
  EXPECT_NEAR(last.sent, 2000, 100);
}

TEST(Throttle, ForgetsAnOverloadWithinSeconds) {
  Throttle throttle;
  for (int s = 1; s <= 5; ++s) Second(&throttle, s * kSecondUs, 10'000, 1000);
  int quiet = 6;
  while (Second(&throttle, quiet * kSecondUs, 500, 1000).sent < 500) ++quiet;
  EXPECT_LE(quiet - 6, 4);
}

TEST(Throttle, AServerThatTakesNothingIsAskedByOneCallInTen) {
  Throttle throttle;
  for (int s = 1; s <= 5; ++s) Second(&throttle, s * kSecondUs, 1000, 0);
  EXPECT_NEAR(Second(&throttle, 6 * kSecondUs, 1000, 0).sent, 100, 1);
  int quiet = 7;
  while (Second(&throttle, quiet * kSecondUs, 1000, 1000).sent < 1000) ++quiet;
  EXPECT_LE(quiet - 7, 5) << "seconds until all are sent again";
}

TEST(Throttle, KeepsWhenTheServerSaidToComeBack) {
  Throttle throttle;
  EXPECT_EQ(throttle.retry_ms(), 0);
  throttle.Refused(1, 500);
  throttle.Refused(2, 1500);
  EXPECT_EQ(throttle.retry_ms(), 1500);
}

}  // namespace
}  // namespace pingan::rpc
