#include "common/rpc/quota.h"

#include <gtest/gtest.h>

namespace pingan::rpc {
namespace {

constexpr int64_t kStart = 1000000000, kSecond = 1000000;

TEST(Quota, LetsABurstThroughThenOneCallPerInterval) {
  Quota quota({.per_second = 10, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(quota.Take("a", kStart), 0);
  const int wait_ms = quota.Take("a", kStart);
  EXPECT_GE(wait_ms, 100);
  EXPECT_LE(wait_ms, 101);
  EXPECT_GT(quota.Take("a", kStart + 99 * 1000), 0) << "a call too early";
  EXPECT_EQ(quota.Take("a", kStart + wait_ms * 1000), 0) << "the time it told is enough";
  EXPECT_GT(quota.Take("a", kStart + wait_ms * 1000), 0);
}

TEST(Quota, SavesUpNoMoreThanABurst) {
  Quota quota({.per_second = 10, .burst = 2});
  EXPECT_EQ(quota.Take("a", kStart), 0);
  const int64_t later = kStart + 3600 * kSecond;
  EXPECT_EQ(quota.Take("a", later), 0);
  EXPECT_EQ(quota.Take("a", later), 0);
  EXPECT_GT(quota.Take("a", later), 0);
}

TEST(Quota, CountsEverySubjectForItself) {
  Quota quota({.per_second = 1, .burst = 1});
  EXPECT_EQ(quota.Take("a", kStart), 0);
  EXPECT_EQ(quota.Take("b", kStart), 0);
  EXPECT_GT(quota.Take("a", kStart), 0);
}

TEST(Quota, AClockThatGoesBackGivesNothing) {
  Quota quota({.per_second = 1, .burst = 1});
  EXPECT_EQ(quota.Take("a", kStart), 0);
  EXPECT_GT(quota.Take("a", kStart - 10 * kSecond), 0);
}

TEST(Quota, ZeroIsNone) {
  Quota quota({.per_second = 0, .burst = 1});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(quota.Take("a", kStart), 0);
}

}  // namespace
}  // namespace pingan::rpc
