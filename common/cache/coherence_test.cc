#include "common/cache/coherence.h"

#include <thread>

#include "common/cache/protocol.h"
#include "common/cache/redis.h"
#include "common/cache/register_check.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"
#include "common/testing/redis.h"

namespace pingan::cache {
namespace {

using testing::Fails;
using testing::Postgres;

Coherence::Options Shared(const testing::RedisServer& redis, const std::string& replica) {
  return {.mode = Coherence::kShared,
          .redis = {.address = redis.socket_path()},
          .prefix = "t:",
          .replica = replica,
          .beside = {"keys/"}};
}

TEST(Coherence, OptionsAreChecked) {
  const auto start = [](Coherence::Options options) {
    return Coherence::Start(
        std::move(options), nullptr, [](std::string_view) {}, [] {});
  };
  EXPECT_THAT(start({.replica = "a:b"}), testing::NamesField("replica"));
  EXPECT_THAT(start({.connections = 0}), testing::NamesField("connections"));
  const auto refused =
      testing::Fails(absl::StatusCode::kInvalidArgument, common::v1::REASON_UNSPECIFIED);
  for (const char* address : {"", "nonsense", ":::", ":6379"}) {
    EXPECT_THAT(start({.mode = Coherence::kShared, .redis = {.address = address}}), refused);
  }
  EXPECT_THAT(start({.mode = Coherence::kShared,
                     .redis = {.address = "127.0.0.1:1", .credentials_file = "/none"}}),
              refused);
}

TEST(Coherence, ModesWithoutRedisReleaseAtOnce) {
  struct Case {
    Coherence::Mode mode;
    bool usable;
  };
  for (const Case& test : {Case{Coherence::kLocal, true}, Case{Coherence::kOff, false}}) {
    Replica replica(Postgres::Shared().NewDatabase(), {.mode = test.mode}, Plant::kNone);
    EXPECT_EQ(replica.coherence().Usable(), test.usable);
    ASSERT_OK_AND_ASSIGN(const int64_t first, replica.Put("things/a", 0));
    EXPECT_EQ(replica.Get("things/a").version, first);
    EXPECT_EQ(replica.Get("things/a").from_l1, test.usable);
    ASSERT_OK_AND_ASSIGN(const int64_t second, replica.Put("things/a", first));
    EXPECT_EQ(replica.Get("things/a").version, second);
  }
}

// The first writer may have died before it told of them.
TEST(Coherence, WhatIsBesideARepeatedRecordIsDroppedToo) {
  Replica replica(Postgres::Shared().NewDatabase(),
                  {.mode = Coherence::kLocal, .beside = {"keys/"}}, Plant::kNone);
  const store::TableSpec things{.name = "things"};
  for (const char* key : {"things/a", "keys/things/a"}) {
    replica.Get(key);
    EXPECT_TRUE(replica.Get(key).from_l1);
    bool released = false;
    replica.coherence().OnBatch({.repeated = {{&things, "things/a"}}}, [&] { released = true; });
    EXPECT_TRUE(released);
    EXPECT_FALSE(replica.Get(key).from_l1);
  }
}

TEST(Coherence, RowsAreSharedAndDroppedEverywhereBeforeTheWriteReturns) {
  testing::RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  Replica a(database, Shared(redis, "a"), Plant::kNone),
      b(database, Shared(redis, "b"), Plant::kNone);
  ASSERT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
  int64_t version = 0, writes = 0, from_l1 = 0;
  // Entries are shared once both have adopted the generation that the later start raised.
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (a.coherence().counters().hits < 15 && absl::Now() < limit) {
    ASSERT_OK_AND_ASSIGN(version, a.Put("things/a", version));
    ++writes;
    for (Replica* replica : {&b, &a}) {
      EXPECT_EQ(replica->Get("things/a").version, version);
      const auto again = replica->Get("things/a");
      EXPECT_EQ(again.version, version);
      from_l1 += again.from_l1;
    }
  }
  EXPECT_GE(from_l1, writes) << "of two a write; a machine that is held up may lose a lease";
  EXPECT_GE(a.coherence().counters().waits + 1, static_cast<uint64_t>(writes))
      << "b's lease was seen";
  EXPECT_GE(a.coherence().counters().hits, 15u) << "b filled what a then finds";
}

// What it kept is of before writes that could not tell it of themselves.
TEST(Coherence, RedisThatComesBackWithWhatItKeptIsNotBelieved) {
  testing::RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  Replica a(database, Shared(redis, "a"), Plant::kNone),
      b(database, Shared(redis, "b"), Plant::kNone);
  ASSERT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
  int64_t version = 0;
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (a.coherence().counters().hits == 0 && absl::Now() < limit) {
    ASSERT_OK_AND_ASSIGN(version, a.Put("things/a", version));
    for (Replica* replica : {&b, &a}) EXPECT_EQ(replica->Get("things/a").version, version);
  }
  redis.Pause();
  ASSERT_TRUE(a.WaitUsable(false) && b.WaitUsable(false));
  ASSERT_OK_AND_ASSIGN(version, a.Put("things/a", version));
  redis.Resume();
  for (Replica* replica : {&b, &a}) {
    ASSERT_TRUE(replica->WaitUsable(true));
    EXPECT_EQ(replica->Get("things/a").version, version);
  }
}

TEST(Coherence, WithoutRedisNothingFailsAndNothingIsCached) {
  testing::RedisServer redis;
  redis.Kill9();
  Replica replica(Postgres::Shared().NewDatabase(), Shared(redis, "a"), Plant::kNone);
  int64_t version = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(version, replica.Put("things/a", version));
    EXPECT_EQ(replica.Get("things/a").version, version);
    EXPECT_FALSE(replica.Get("things/a").from_l1);
  }
  EXPECT_FALSE(replica.coherence().Usable());
  redis.Start();
  EXPECT_TRUE(replica.WaitUsable(true));
}

TEST(Coherence, StopDropsTheLease) {
  testing::RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  Replica a(database, Shared(redis, "a"), Plant::kNone);
  {
    Replica b(database, Shared(redis, "b"), Plant::kNone);
    ASSERT_TRUE(b.WaitUsable(true));
  }
  EXPECT_THAT(Postgres::Shared().Query(
                  database, "SELECT 'b holds ' || count(*) FROM leases WHERE replica = 'b'"),
              ::testing::HasSubstr("b holds 0"));
}

TEST(Coherence, ASilentReplicaHoldsAWriteBackUntilItsLeaseIsOver) {
  testing::RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  Replica a(database, Shared(redis, "a"), Plant::kNone);
  ASSERT_TRUE(a.WaitUsable(true));
  ASSERT_OK(a.store().Ping());
  // A replica that died with its lease.
  Postgres::Shared().Query(database,
                           "INSERT INTO leases (replica, expires_us) VALUES ('dead', "
                           "(extract(epoch FROM clock_timestamp()) * 1e6)::bigint + 2000000)");
  const absl::Time start = absl::Now();
  ASSERT_OK(a.Put("things/a", 0));
  EXPECT_GE(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(a.coherence().counters().raises, 1u);
  const absl::Time then = absl::Now();
  ASSERT_OK(a.Put("things/b", 0));
  EXPECT_LT(absl::Now() - then, absl::Seconds(1));
}

TEST(Coherence, AWriteThatItsWriterNeverAnnouncedIsFoundAndAnnounced) {
  testing::RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  Replica a(database, Shared(redis, "a"), Plant::kSilent),
      b(database, Shared(redis, "b"), Plant::kNone);
  ASSERT_TRUE(b.WaitUsable(true));
  ASSERT_OK_AND_ASSIGN(const int64_t first, a.Put("things/a", 0));
  EXPECT_EQ(b.Get("things/a").version, first);
  b.Get("keys/things/a");
  EXPECT_TRUE(b.Get("keys/things/a").from_l1);
  ASSERT_OK_AND_ASSIGN(const int64_t second, a.Put("things/a", first));
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (b.Get("things/a").version < second && absl::Now() < limit) std::this_thread::yield();
  EXPECT_EQ(b.Get("things/a").version, second);
  EXPECT_FALSE(b.Get("keys/things/a").from_l1) << "what is beside it may have changed too";
  while (b.coherence().counters().orphans == 0 && absl::Now() < limit) std::this_thread::yield();
  EXPECT_GE(b.coherence().counters().orphans, 1u);
  // It tells the others of both, for who is told of the record does not look for itself.
  const auto wire = Redis::Connect({.address = redis.socket_path()}, absl::Seconds(5)).value();
  for (const char* key : {"things/a", "keys/things/a"}) {
    const auto told = [&] { return wire->Run({"EXISTS", EntryKey("t:", "things", key)})->integer; };
    while (told() == 0 && absl::Now() < limit) std::this_thread::yield();
    EXPECT_EQ(told(), 1) << key;
  }
}

}  // namespace
}  // namespace pingan::cache
