#include <chrono>
#include <iostream>
#include <thread>

#include "common/cache/register_check.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"
#include "common/testing/proxy.h"
#include "common/testing/redis.h"

namespace pingan::cache {
namespace {

using testing::Postgres;
using testing::Proxy;
using testing::RedisServer;

void Go(int ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

struct Rig {
  RedisServer& redis;
  Proxy& wire;  // between b and Redis
  Replica& a;
  Replica& b;
};

// Two replicas under fire while the faults happen.
void Check(Plant plant, const std::function<void(Rig&)>& faults, Report* report) {
  RedisServer redis;
  Proxy wire(redis.folder() + "/wire.sock", redis.socket_path());
  const std::string database = Postgres::Shared().NewDatabase();
  const auto options = [&](const char* replica, const std::string& address) -> Coherence::Options {
    return {.mode = Coherence::kShared,
            .redis = {.address = address},
            .prefix = "t:",
            .replica = replica};
  };
  Replica a(database, options("a", redis.socket_path()), Plant::kNone);
  Replica b(database, options("b", wire.path()), plant);
  ASSERT_TRUE(a.WaitUsable(true) && b.WaitUsable(true));
  CheckRegisters(
      a, b,
      [&] {
        Rig rig{redis, wire, a, b};
        faults(rig);
      },
      report);
  for (Replica* replica : {&a, &b}) {
    const Counters& c = replica->coherence().counters();
    std::cout << "l2 hits " << c.hits << " misses " << c.misses << " lost " << c.lost
              << " regained " << c.regained << " waits " << c.waits << " raises " << c.raises
              << " orphans " << c.orphans << "\n";
  }
  std::cout << "reads " << report->reads << " l1 hits " << report->l1_hits << " writes "
            << report->writes << " stale " << report->stale << " failed " << report->failed << "\n";
}

void ExpectKept(const Report& report) {
  EXPECT_EQ(report.stale, 0);
  EXPECT_EQ(report.failed, 0);
  EXPECT_GT(report.reads, 1000);
  EXPECT_GE(report.writes, 6) << "each writer came through";
  EXPECT_GT(report.l1_hits, 100) << "the caches were in use";
}

TEST(CoherenceFaults, InPeace) {
  Report report;
  Check(
      Plant::kNone, [](Rig&) { Go(3000); }, &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsKilledAndComesBackEmpty) {
  Report report;
  Check(
      Plant::kNone,
      [](Rig& rig) {
        for (int i = 0; i < 2; ++i) {
          Go(500);
          rig.redis.Kill9();
          EXPECT_TRUE(rig.a.WaitUsable(false) && rig.b.WaitUsable(false));
          Go(300);
          rig.redis.Start();
          EXPECT_TRUE(rig.a.WaitUsable(true) && rig.b.WaitUsable(true));
        }
        Go(1000);
      },
      &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsPaused) {
  Report report;
  Check(
      Plant::kNone,
      [](Rig& rig) {
        for (const int ms : {1000, 150}) {
          Go(500);
          rig.redis.Pause();
          Go(ms);
          rig.redis.Resume();
          EXPECT_TRUE(rig.a.WaitUsable(true) && rig.b.WaitUsable(true));
        }
        Go(1000);
      },
      &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, RedisIsFlushed) {
  Report report;
  Check(
      Plant::kNone,
      [](Rig& rig) {
        for (int i = 0; i < 30; ++i) {
          Go(100);
          rig.redis.FlushAll();
        }
      },
      &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, OneReplicaIsCutOffFromRedis) {
  Report report;
  Check(
      Plant::kNone,
      [](Rig& rig) {
        for (int i = 0; i < 2; ++i) {
          Go(500);
          rig.wire.Stall(true);
          EXPECT_TRUE(rig.b.WaitUsable(false));
          Go(700);
          rig.wire.Stall(false);
          EXPECT_TRUE(rig.b.WaitUsable(true));
          Go(300);
          rig.wire.Cut();
          EXPECT_TRUE(rig.b.WaitUsable(true));
        }
        EXPECT_GE(rig.b.coherence().counters().lost, 3u);
      },
      &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, AnnouncementsAreLate) {
  Report report;
  Check(
      Plant::kNone,
      [](Rig& rig) {
        for (int i = 0; i < 20; ++i) {
          rig.wire.Stall(true);
          Go(100);
          rig.wire.Stall(false);
          Go(50);
        }
      },
      &report);
  ExpectKept(report);
}

TEST(CoherenceFaults, TheCheckerSeesAReplicaThatKeepsWhatItShouldDrop) {
  Report report;
  Check(
      Plant::kDeaf, [](Rig&) { Go(1500); }, &report);
  EXPECT_GT(report.stale, 0);
}

TEST(CoherenceFaults, TheCheckerSeesAReplicaThatDoesNotAnnounce) {
  Report report;
  Check(
      Plant::kSilent, [](Rig&) { Go(1500); }, &report);
  EXPECT_GT(report.stale, 0);
}

}  // namespace
}  // namespace pingan::cache
