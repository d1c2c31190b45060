// Two replicas on one PostgreSQL and one Redis: no read is older than an acknowledged write, on
// whichever replica, whatever happens to Redis; feeds and counts agree; one replica may die.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "common/base/clock.h"
#include "common/testing/elapse.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"
#include "common/testing/proxy.h"
#include "common/testing/redis.h"
#include "tests/integration/probes.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

constexpr char kVillage[] = "411602001002";
constexpr int kCases = 4;

class Replicas : public ::testing::Test {
 protected:
  Replicas()
      : a_({"--database=" + database_, "--redis=" + redis_.socket_path(), "--sweep_seconds=3600"}),
        wire_(redis_.folder() + "/wire.sock", redis_.socket_path()),
        b_({"--database=" + database_, "--redis=" + wire_.path(), "--sweep_seconds=3600",
            "--keyring=" + a_.state() + "/keyring"}) {}

  static rpc::Client As(const TestServer& server) {
    return server.As({.roles = {"city_officer"}, .area = "4116"});
  }

  static StatusOr<int64_t> Retitle(const rpc::Client& client, const std::string& name) {
    v1::UpdateDisputeRequest request;
    request.set_request_id(RandomUuid());
    request.mutable_dispute()->set_name(name);
    request.mutable_dispute()->set_title(request.request_id());
    request.mutable_update_mask()->add_paths("title");
    v1::Dispute answer;
    RETURN_IF_ERROR(client.Call(request, &answer));
    return answer.revision();
  }

  static StatusOr<int64_t> Get(const rpc::Client& client, const std::string& name) {
    v1::GetDisputeRequest request;
    request.set_name(name);
    v1::Dispute answer;
    RETURN_IF_ERROR(client.Call(request, &answer));
    return answer.revision();
  }

  std::vector<std::string> NewCases() {
    std::vector<std::string> names;
    for (int i = 0; i < kCases; ++i) {
      v1::Dispute created;
      EXPECT_OK(As(a_).Call(NewDispute(kVillage), &created));
      names.push_back(created.name());
    }
    return names;
  }

  std::string database_ = Postgres::Shared().NewDatabase();
  RedisServer redis_;
  TestServer a_;
  Proxy wire_;  // between b and Redis
  TestServer b_;
};

// Writers on either replica raise what is acknowledged; readers of both may not see less.
class Registers {
 public:
  explicit Registers(std::vector<std::string> names) : names_(std::move(names)) {}

  // The revision of the case after it was written, or as it is read.
  using Step = std::function<StatusOr<int64_t>(const std::string& name)>;

  void Write(int from, const Step& write) {
    for (int i = from; !stop_; ++i) {
      const size_t at = static_cast<size_t>(i) % names_.size();
      const StatusOr<int64_t> written = write(names_[at]);
      if (!written.ok()) continue;
      ++writes_;
      int64_t seen = acknowledged_[at];
      while (seen < *written && !acknowledged_[at].compare_exchange_weak(seen, *written)) {
      }
    }
  }

  void Read(int from, const Step& read) {
    for (int i = from; !stop_; ++i) {
      const size_t at = static_cast<size_t>(i) % names_.size();
      const int64_t least = acknowledged_[at];
      const StatusOr<int64_t> revision = read(names_[at]);
      ++(revision.ok() ? reads_ : failed_);
      if (revision.ok() && *revision < least) ++stale_;
    }
  }

  void Stop() { stop_ = true; }
  int64_t reads() const { return reads_; }
  int64_t writes() const { return writes_; }
  int64_t stale() const { return stale_; }
  int64_t failed() const { return failed_; }

 private:
  const std::vector<std::string> names_;
  std::array<std::atomic<int64_t>, kCases> acknowledged_{};
  std::atomic<int64_t> reads_ = 0, writes_ = 0, stale_ = 0, failed_ = 0;
  std::atomic<bool> stop_ = false;
};

TEST(Registers, FindTheReadsThatAreTooOld) {
  Registers registers({"one"});
  std::thread writer(
      [&] { registers.Write(0, [](const std::string&) -> StatusOr<int64_t> { return 7; }); });
  // 6 is too old as soon as 7 is acknowledged, and 8 never is.
  registers.Read(0, [&](const std::string&) -> StatusOr<int64_t> {
    if (registers.stale() == 3) registers.Stop();
    return registers.stale() < 3 ? 6 : 8;
  });
  writer.join();
  EXPECT_EQ(registers.stale(), 3);
}

TEST_F(Replicas, NeverAnswerOlderThanAcknowledgedWhateverHappensToRedis) {
  Registers registers(NewCases());
  std::vector<std::thread> threads;
  for (const TestServer* server : {&a_, &b_}) {
    const rpc::Client client = As(*server);
    const int from = server == &a_ ? 0 : 1;
    threads.emplace_back([&registers, client, from] {
      registers.Write(from, [&](const std::string& name) { return Retitle(client, name); });
    });
    for (int r = 0; r < 2; ++r) {
      threads.emplace_back([&registers, client, from, r] {
        registers.Read(from + r, [&](const std::string& name) { return Get(client, name); });
      });
    }
  }
  for (int i = 0; i < 15; ++i) {  // b hears late what a has changed
    wire_.Stall(true);
    Elapse(absl::Milliseconds(100));
    wire_.Stall(false);
    Elapse(absl::Milliseconds(50));
  }
  redis_.FlushAll();
  Elapse(absl::Seconds(1));
  redis_.Pause();
  Elapse(absl::Seconds(1));
  redis_.Resume();
  Elapse(absl::Seconds(2));
  redis_.Kill9();
  Elapse(absl::Seconds(1));
  redis_.Start();
  Elapse(absl::Seconds(3));
  registers.Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(registers.stale(), 0) << "of " << registers.reads();
  EXPECT_EQ(registers.failed(), 0);
  EXPECT_GT(registers.reads(), 100);
  EXPECT_GT(registers.writes(), 20);
}

// What a has committed and b has not heard of is still in the cache of b, which answers from it.
// The write may not be acknowledged before that is over.
TEST_F(Replicas, AcknowledgeNothingThatTheOtherStillHidesInItsCache) {
  const std::string name = NewCases().front();
  const rpc::Client writer = As(a_), reader = As(b_);
  int hidden = 0;
  // A link that is silent for 0.3 s is given up: a commit slower than that has nothing to hide
  // from.
  for (int round = 0; round < 3 || (hidden == 0 && round < 30); ++round) {
    while (Metric(b_.metrics(), "pingan_cache_usable") != 1) Elapse(absl::Milliseconds(5));
    ASSERT_OK_AND_ASSIGN(const int64_t before, Get(reader, name));  // and keeps it
    wire_.Stall(true);
    auto write = std::async(std::launch::async, [&] { return Retitle(writer, name); });
    const auto acknowledged = [&write] {
      return write.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    for (int64_t committed = before; committed == before && !acknowledged();) {
      ASSERT_OK_AND_ASSIGN(committed, Get(writer, name));
    }
    for (;;) {
      const bool known = acknowledged();
      ASSERT_OK_AND_ASSIGN(const int64_t seen, Get(reader, name));
      if (seen > before) break;
      ++hidden;  // the database has the new version, so this is of the cache
      ASSERT_FALSE(known) << "an old version after the write was acknowledged";
    }
    wire_.Stall(false);
    ASSERT_OK_AND_ASSIGN(const int64_t written, write.get());
    ASSERT_OK_AND_ASSIGN(const int64_t after, Get(reader, name));
    EXPECT_EQ(after, written);
  }
  EXPECT_GT(hidden, 0) << "the cache of b was never asked";
}

// Follows the feed of one replica through `last`, going away after every few events.
std::vector<int64_t> Follow(const rpc::Client& client, int64_t last, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> seen;
  while (seen.empty() || seen.back() < last) {
    v1::WatchDisputesRequest request;
    request.set_from_revision(seen.empty() ? 0 : seen.back());
    auto left = static_cast<int64_t>(1 + random() % 20);
    const Status status = client.Watch(
        request, v1::WatchDisputesResponse(), absl::Seconds(30), [&](const auto& message) {
          const auto& answer = static_cast<const v1::WatchDisputesResponse&>(message);
          if (!answer.has_event()) return true;
          seen.push_back(answer.event().revision());
          return seen.back() < last && --left > 0;
        });
    EXPECT_OK(status);
    if (!status.ok()) break;
  }
  return seen;
}

TEST_F(Replicas, FeedsAndCountsAgreeUnderWritersAndDisconnects) {
  constexpr int kWrites = 60;
  std::vector<std::thread> threads;
  std::array<std::vector<int64_t>, 4> feeds;
  for (size_t i = 0; i < feeds.size(); ++i) {
    threads.emplace_back(
        [&, i, client = As(i % 2 == 0 ? a_ : b_)] { feeds[i] = Follow(client, 2 * kWrites, i); });
  }
  for (const TestServer* server : {&a_, &b_}) {
    threads.emplace_back([client = As(*server)] {
      v1::Dispute created;
      for (int i = 0; i < kWrites; ++i) EXPECT_OK(client.Call(NewDispute(kVillage), &created));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<int64_t> every;
  for (int64_t revision = 1; revision <= 2 * kWrites; ++revision) every.push_back(revision);
  for (const auto& feed : feeds) EXPECT_EQ(feed, every);
  EXPECT_EQ(Postgres::Shared().Query(database_, "SELECT count(*) FROM disputes"), "120\n");

  v1::GetStatisticsRequest request;
  request.set_min_revision(2 * kWrites);
  for (const TestServer* server : {&a_, &b_}) {
    v1::GetStatisticsResponse answer;
    ASSERT_OK(As(*server).Call(request, &answer));
    ASSERT_EQ(answer.rows_size(), 1);
    EXPECT_EQ(answer.rows(0).counts().at("registered"), 2 * kWrites);
    EXPECT_EQ(answer.as_of_revision(), 2 * kWrites);
  }
}

TEST_F(Replicas, WritesGoOnWhenOneIsKilled) {
  const std::string name = NewCases().front();
  const rpc::Client client = As(a_);
  ASSERT_OK(Get(As(b_), name));  // which may keep it now
  b_.Kill();
  const int64_t start = MonotonicMicros();
  ASSERT_OK(Retitle(client, name));
  EXPECT_LT(MonotonicMicros() - start, 5'000'000);
}

}  // namespace
}  // namespace pingan::testing
