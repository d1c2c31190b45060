#include "tools/pinganctl/upload/pauses.h"

#include <gtest/gtest.h>

namespace pingan::ctl {
namespace {

TEST(Pauses, GrowToTheLongestByChance) {
  Pauses pauses(absl::Milliseconds(100), absl::Seconds(5));
  for (const int64_t most : {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000}) {
    const int64_t pause = absl::ToInt64Milliseconds(pauses.Next(absl::ZeroDuration()));
    EXPECT_GE(pause, most / 2);
    EXPECT_LE(pause, most);
  }
  Pauses one(absl::Milliseconds(100), absl::Seconds(5));
  Pauses other(absl::Milliseconds(100), absl::Seconds(5));
  int same = 0;
  for (int i = 0; i < 5; ++i) same += one.Next({}) == other.Next({}) ? 1 : 0;
  EXPECT_LT(same, 5);
}

TEST(Pauses, AreNotShorterThanAsked) {
  Pauses pauses(absl::Milliseconds(100), absl::Seconds(5));
  for (int i = 0; i < 20; ++i) {
    const absl::Duration pause = pauses.Next(absl::Seconds(10));
    EXPECT_GE(pause, absl::Seconds(10));
    EXPECT_LE(pause, absl::Seconds(15));
  }
}

}  // namespace
}  // namespace pingan::ctl
