#include "common/crypto/key_cache.h"

#include "common/testing/matchers.h"

namespace pingan::crypto {
namespace {

using absl::StatusCode;
using testing::Fails;

Status Unreadable() {
  return Error(StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE, "gone");
}

// The key as it is in the database: absent once destroyed.
struct Source {
  SubjectKey key = NewSubjectKey();
  bool destroyed = false;
  int loads = 0;

  std::function<StatusOr<SubjectKey>()> Load() {
    return [this]() -> StatusOr<SubjectKey> {
      ++loads;
      if (destroyed) return Unreadable();
      return key;
    };
  }
};

TEST(KeyCache, LoadsOnceAndKeepsSubjectsApart) {
  KeyCache cache(100);
  Source a, b;
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const SubjectKey got_a, cache.Get("persons/a", a.Load()));
    ASSERT_OK_AND_ASSIGN(const SubjectKey got_b, cache.Get("persons/b", b.Load()));
    EXPECT_EQ(got_a.view(), a.key.view());
    EXPECT_EQ(got_b.view(), b.key.view());
  }
  EXPECT_EQ(a.loads, 1);
  EXPECT_EQ(b.loads, 1);
}

TEST(KeyCache, ForgetMakesTheNextGetLoad) {
  KeyCache cache(100);
  Source a, b;
  ASSERT_OK(cache.Get("persons/a", a.Load()));
  ASSERT_OK(cache.Get("persons/b", b.Load()));
  a.destroyed = true;
  EXPECT_OK(cache.Get("persons/a", a.Load()));
  cache.Forget("persons/a");
  cache.Forget("persons/never-seen");
  EXPECT_THAT(cache.Get("persons/a", a.Load()),
              Fails(StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE));
  EXPECT_OK(cache.Get("persons/b", b.Load()));
  EXPECT_EQ(b.loads, 1);
  EXPECT_EQ(cache.size(), 1u);
  cache.ForgetAll();
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_OK(cache.Get("persons/b", b.Load()));
  EXPECT_EQ(b.loads, 2);
}

TEST(KeyCache, AKeyForgottenWhileItLoadsIsNotKept) {
  KeyCache cache(100);
  Source a;
  for (const bool all : {false, true}) {
    ASSERT_OK(cache.Get("persons/a", [&]() -> StatusOr<SubjectKey> {
      all ? cache.ForgetAll() : cache.Forget("persons/a");
      return a.key;
    }));
    EXPECT_EQ(cache.size(), 0u);
  }
}

TEST(KeyCache, AKeyForgottenWhileItIsWrittenIsNotKept) {
  KeyCache cache(100);
  Source a;
  uint64_t mark = cache.Mark("persons/a");
  cache.Keep("persons/a", a.key, mark);
  ASSERT_OK_AND_ASSIGN(const SubjectKey kept, cache.Get("persons/a", a.Load()));
  EXPECT_EQ(kept.view(), a.key.view());
  EXPECT_EQ(a.loads, 0);
  mark = cache.Mark("persons/a");
  cache.Forget("persons/a");
  cache.Keep("persons/a", a.key, mark);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(KeyCache, IsBoundedAndDropsTheLeastRecentlyUsed) {
  KeyCache cache(160);
  Source kept, other;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_OK(cache.Get("persons/kept", kept.Load()));
    ASSERT_OK(cache.Get("persons/" + std::to_string(i), other.Load()));
    ASSERT_LE(cache.size(), 160u);
  }
  EXPECT_EQ(cache.size(), 160u);
  EXPECT_EQ(kept.loads, 1);
  ASSERT_OK(cache.Get("persons/0", other.Load()));
  EXPECT_EQ(other.loads, 5001);
}

}  // namespace
}  // namespace pingan::crypto
