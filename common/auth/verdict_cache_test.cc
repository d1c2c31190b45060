#include "common/auth/verdict_cache.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::shared_ptr<const Caller> Expiring(absl::Time expires, std::string subject = "u") {
  return std::make_shared<const Caller>(Caller{.subject = std::move(subject), .expires = expires});
}

TEST(VerdictCache, FindsExactlyTheTokenPutIn) {
  VerdictCache cache(16);
  const std::string tail(40, 's');  // the same place for all
  const auto caller = Expiring(kNow + absl::Seconds(10));
  cache.Put("a" + tail, 1, caller);
  EXPECT_EQ(cache.Find("a" + tail, 1, kNow), caller);
  for (const std::string& token : {"b" + tail, tail, "aa" + tail, std::string()}) {
    EXPECT_EQ(cache.Find(token, 1, kNow), nullptr) << token;
  }
}

TEST(VerdictCache, NothingIsServedOnceExpired) {
  VerdictCache cache(16);
  cache.Put("t", 1, Expiring(kNow + absl::Seconds(10)));
  EXPECT_NE(cache.Find("t", 1, kNow + absl::Milliseconds(9'999)), nullptr);
  EXPECT_EQ(cache.Find("t", 1, kNow + absl::Seconds(10)), nullptr);
  EXPECT_EQ(cache.Find("t", 1, kNow + absl::Hours(1)), nullptr);
}

TEST(VerdictCache, AnotherGenerationIsForgotten) {
  VerdictCache cache(16);
  cache.Put("t", 1, Expiring(kNow + absl::Seconds(10), "old"));
  EXPECT_EQ(cache.Find("t", 2, kNow), nullptr);
  cache.Put("t", 2, Expiring(kNow + absl::Seconds(10), "new"));
  ASSERT_NE(cache.Find("t", 2, kNow), nullptr);
  EXPECT_EQ(cache.Find("t", 2, kNow)->subject, "new");
  EXPECT_EQ(cache.Find("t", 1, kNow), nullptr);
}

TEST(VerdictCache, IsBoundedAndDropsWhatExpiresFirst) {
  VerdictCache cache(VerdictCache::kWays);
  constexpr int kTokens = 1000;
  for (int i = 0; i < kTokens; ++i) {
    cache.Put(absl::StrCat("t", i), 1, Expiring(kNow + absl::Seconds(i + 1)));
  }
  int kept = 0;
  for (int i = 0; i < kTokens; ++i) kept += cache.Find(absl::StrCat("t", i), 1, kNow) != nullptr;
  EXPECT_EQ(kept, static_cast<int>(VerdictCache::kWays));
  EXPECT_NE(cache.Find("t999", 1, kNow), nullptr);
  EXPECT_NE(cache.Find("t996", 1, kNow), nullptr);
}

TEST(VerdictCache, OldGenerationsMakeRoomFirst) {
  VerdictCache cache(VerdictCache::kWays);
  for (const char* token : {"a", "b", "c"}) cache.Put(token, 2, Expiring(kNow + absl::Seconds(1)));
  cache.Put("old", 1, Expiring(kNow + absl::Hours(1)));
  cache.Put("d", 2, Expiring(kNow + absl::Seconds(1)));
  for (const char* token : {"a", "b", "c", "d"}) EXPECT_NE(cache.Find(token, 2, kNow), nullptr);
  EXPECT_EQ(cache.Find("old", 1, kNow), nullptr);
}

TEST(VerdictCache, ThreadsNeverSeeAnotherTokensCaller) {
  VerdictCache cache(8);
  std::atomic<int> wrong = 0, hits = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const std::string token = absl::StrCat("t", i % 32);
        if (const auto caller = cache.Find(token, 1, kNow)) {
          ++hits;
          if (caller->subject != token) ++wrong;
        } else {
          cache.Put(token, 1, Expiring(kNow + absl::Seconds(1), token));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(hits, 0);
}

}  // namespace
}  // namespace pingan::auth
