#include "common/cache/l2.h"

#include "common/cache/protocol.h"
#include "common/cache/session.h"
#include "common/testing/matchers.h"
#include "common/testing/proxy.h"
#include "common/testing/redis.h"

namespace pingan::cache {
namespace {

store::Row RowOf(int64_t version) {
  return {.key = "things/a",
          .area = "411602003001",
          .version = version,
          .body = std::string("\0\n sealed", 9),
          .columns = {store::Value("plain")}};
}

class L2Test : public ::testing::Test {
 protected:
  void SetUp() override { Fill(); }
  void Fill() {
    std::vector<std::unique_ptr<Redis>> connections;
    connections.push_back(Connect());
    pool_.Fill(std::move(connections), ++epoch_);
  }
  std::unique_ptr<Redis> Connect() {
    return Redis::Connect({.address = server_.socket_path()}, absl::Seconds(5)).value();
  }
  void Touch() { ASSERT_OK(Connect()->Run({"SET", "p:row:things:things/a", "", "PX", "5000"})); }

  // The version that Get answers when the database has `version`; 0 for none.
  int64_t Get(
      int64_t version, int64_t generation = 1, const std::function<void()>& meanwhile = [] {}) {
    const auto fetch = [&]() -> StatusOr<std::optional<store::Row>> {
      meanwhile();
      if (version == 0) return std::nullopt;
      return RowOf(version);
    };
    const L2::Got got = l2_.Get("things", "things/a", generation, fetch);
    hit_ = got.hit;
    EXPECT_OK(got.row);
    if (!got.row.ok() || !*got.row) return 0;
    EXPECT_EQ((*got.row)->key, "things/a");
    EXPECT_EQ((*got.row)->body, RowOf(1).body);
    EXPECT_EQ((*got.row)->area, RowOf(1).area);
    return (*got.row)->version;
  }

  testing::RedisServer server_;
  EntryPool pool_;
  uint64_t epoch_ = 0, lost_ = 0;
  bool hit_ = false;
  L2 l2_{"p:", absl::Minutes(1), &pool_, [this](uint64_t epoch) { lost_ = epoch; }};
};

TEST_F(L2Test, KeepsARowForItsGenerationWithoutColumns) {
  EXPECT_EQ(Get(7), 7);
  EXPECT_FALSE(hit_);
  EXPECT_EQ(Get(8), 7) << "from Redis";
  EXPECT_TRUE(hit_);
  EXPECT_EQ(Get(8, 2), 8) << "another generation";
  EXPECT_FALSE(hit_);
  EXPECT_EQ(Get(9, 2), 8);
  EXPECT_EQ(server_.Ask("GET p:row:things:things/a").find("plain"), std::string::npos);
}

TEST_F(L2Test, AbsenceIsNotKept) {
  EXPECT_EQ(Get(0), 0);
  EXPECT_EQ(Get(7), 7);
}

TEST_F(L2Test, ATombstoneHidesAndGivesWay) {
  Get(7);
  Touch();
  EXPECT_EQ(Get(8), 8);
  EXPECT_FALSE(hit_);
  EXPECT_EQ(Get(9), 8);
}

TEST_F(L2Test, WhatWasReadBeforeATouchIsNotKept) {
  EXPECT_EQ(Get(7, 1, [this] { Touch(); }), 7);
  EXPECT_EQ(Get(8), 8);
  EXPECT_FALSE(hit_);
}

TEST_F(L2Test, AHitLeavesNothingWatched) {
  Get(7);
  Get(7);
  Touch();
  EXPECT_EQ(Get(8), 8);
  EXPECT_EQ(Get(9), 8) << "the touch between two reads does not spoil the second";
}

TEST_F(L2Test, TroubleIsToldAndAnsweredFromTheDatabase) {
  Get(7);
  server_.Kill9();
  EXPECT_EQ(Get(8), 8);
  EXPECT_EQ(lost_, epoch_);
  EXPECT_EQ(Get(9), 9) << "no connection is left";
  server_.Start();
  Fill();
  EXPECT_EQ(Get(9, 1, [this] { server_.Kill9(); }), 9);
  EXPECT_EQ(lost_, epoch_);
}

TEST(Entry, MalformedOnesAreMisses) {
  ASSERT_TRUE(DecodeEntry(EncodeEntry(RowOf(7), 1), 1));
  for (const char* entry :
       {"", "\n", "1 7 area", "1 7\nb", "1 x a\nb", "x 7 a\nb", "2 7 a\nb", "1 7 a b\nc"}) {
    EXPECT_FALSE(DecodeEntry(entry, 1)) << entry;
  }
}

TEST(Notice, NamesMayHoldColons) {
  const Notice notice = {"r1", 5, 42, "things/a:b"};
  const auto parsed = ParseNotice("p:", NoticeKey("p:", notice));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->writer, "r1");
  EXPECT_EQ(parsed->batch, 5);
  EXPECT_EQ(parsed->revision, 42);
  EXPECT_EQ(parsed->name, "things/a:b");
  for (const char* key :
       {"", "p:", "p:inv:", "p:inv:r1:5:42", "p:inv:r1:x:42:n", "q:inv:r1:5:42:n", "p:row:t:n"}) {
    EXPECT_FALSE(ParseNotice("p:", key)) << key;
  }
}

// An entry of one and a tombstone in the other would be a stale read.
TEST(Session, IsWithOneRedisOnly) {
  testing::RedisServer one, other;
  testing::Proxy same(one.folder() + "/same.sock", one.socket_path());
  EXPECT_OK(OpenSession({.address = same.path()}, "p:", "a", 2));
  testing::Proxy turns(one.folder() + "/turns.sock",
                       std::vector<std::string>{one.socket_path(), other.socket_path()});
  EXPECT_EQ(OpenSession({.address = turns.path()}, "p:", "a", 2).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace pingan::cache
