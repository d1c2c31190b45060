#include <chrono>
#include <iostream>
#include <thread>

#include "common/cache/register_check.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"
#include "common/testing/redis.h"

namespace pingan::cache {
namespace {

using testing::Postgres;
using testing::RedisServer;

void Go(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

// Two replicas under fire while the faults happen.
void Check(Plant plant, const std::function<void(RedisServer&, Replica& a, Replica& b)>& faults, Report* report) {
  RedisServer redis;
  const std::string database = Postgres::Shared().NewDatabase();
  const auto options = [&](const char* replica) -> Coherence::Options {
    return {.mode = Coherence::kShared, .redis = {.address = redis.socket_path()}, .prefix = "t:", .replica = replica};
  };
  Replica a(database, options("a"), Plant::kNone), b(database, options("b"), plant);
  ASSERT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
  CheckRegisters(a, b, [&] { faults(redis, a, b); }, report);
  for (Replica* replica : {&a, &b}) {
    const Counters& c = replica->coherence().counters();
    std::cout << "l2 hits " << c.hits << " misses " << c.misses << " lost " << c.lost << " regained " << c.regained
              << " waits " << c.waits << " raises " << c.raises << " orphans " << c.orphans << "\n";
  }
  std::cout << "reads " << report->reads << " l1 hits " << report->l1_hits << " writes " << report->writes
            << " stale " << report->stale << " failed " << report->failed << "\n";
}

void ExpectKept(const Report& report) {
  EXPECT_EQ(report.stale, 0);
  EXPECT_EQ(report.failed, 0);
  EXPECT_GT(report.reads, 1000);
  EXPECT_GT(report.writes, 10);
  EXPECT_GT(report.l1_hits, 100) << "the caches were in use";
}

TEST(CoherenceFaults, InPeace) {
  Report report;
  Check(Plant::kNone, [](RedisServer&, Replica&, Replica&) { Go(3000); }, &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsKilledAndComesBackEmpty) {
  Report report;
  Check(Plant::kNone, [](RedisServer& redis, Replica& a, Replica& b) {
    for (int i = 0; i < 2; ++i) {
      Go(500);
      redis.Kill9();
      EXPECT_TRUE(a.WaitUsable(false) && b.WaitUsable(false));
      Go(300);
      redis.Start();
      EXPECT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
    }
    Go(1000);
  }, &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsPaused) {
  Report report;
  Check(Plant::kNone, [](RedisServer& redis, Replica& a, Replica& b) {
    for (const int ms : {1000, 150}) {
      Go(500);
      redis.Pause();
      Go(ms);
      redis.Resume();
      EXPECT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
    }
    Go(1000);
  }, &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsFlushed) {
  Report report;
  Check(Plant::kNone, [](RedisServer& redis, Replica&, Replica&) {
    for (int i = 0; i < 30; ++i) {
      Go(100);
      redis.FlushAll();
    }
  }, &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, TheCheckerSeesAReplicaThatKeepsWhatItShouldDrop) {
  Report report;
  Check(Plant::kDeaf, [](RedisServer&, Replica&, Replica&) { Go(1500); }, &report);
  EXPECT_GT(report.stale, 0);
}

TEST(CoherenceFaults, TheCheckerSeesAReplicaThatDoesNotAnnounce) {
  Report report;
  Check(Plant::kSilent, [](RedisServer&, Replica&, Replica&) { Go(1500); }, &report);
  EXPECT_GT(report.stale, 0);
}

}  // namespace
}  // namespace pingan::cache
