// A server whose database stands still, or holds a lock: who waits, and for how long.
#include <signal.h>

#include <atomic>
#include <future>

#include "common/testing/matchers.h"
#include "tests/integration/database_world.h"
#include "tests/integration/raw_streams.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

TEST_F(Database, ADeadlineThatPassesOnTheServerIsTypedAndWritesNothing) {
  AllowHeldLocks();
  std::vector<std::string> flags = On(database_);
  flags.insert(flags.end(), {"--workers=1", "--readers=1"});
  const TestServer server(flags);
  v1::Dispute first, created;
  ASSERT_OK(Officer(server).Call(Create(), &first));
  v1::AcceptDisputeRequest accept;
  accept.set_name(first.name());
  accept.set_request_id(RandomUuid());
  const v1::CreateDisputeRequest late = Create(), hasty = Create();
  const auto call = [&](const google::protobuf::Message& request, absl::Duration timeout) {
    return std::async(std::launch::async, [&server, &request, timeout] {
      v1::Dispute answer;
      return Officer(server, timeout).Call(request, &answer);
    });
  };
  postgres_.Query(database_, "BEGIN; LOCK TABLE disputes; PREPARE TRANSACTION 'held'");
  // The only worker reads for this one, until the lock is gone.
  auto accepted = call(accept, kLimit);
  ASSERT_TRUE(Await([&] {
    return postgres_.Ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") ==
           "1\n";
  }));
  auto refused = call(late, kLimit), left = call(hasty, absl::Seconds(1));
  ASSERT_TRUE(Await([&] { return Metric(server.metrics(), "pingan_rpc_waiting") == 2; }));
  // No caller may ask for more than the method's 5 s.
  Elapse(absl::Seconds(5));
  // That all sessions wait does not mean that the database is lost.
  EXPECT_EQ(*Serving(server.target()), true);
  EXPECT_EQ(server.Log().find("database lost"), std::string::npos);
  postgres_.Query(database_, "ROLLBACK PREPARED 'held'");
  EXPECT_THAT(refused.get(), Fails(StatusCode::kDeadlineExceeded, reason::DEADLINE_PASSED));
  EXPECT_EQ(left.get().code(), StatusCode::kDeadlineExceeded);
  EXPECT_OK(accepted.get()) << "was begun in time";
  EXPECT_OK(Officer(server).Call(Create(), &created));
  const std::string written = "SELECT count(*) FROM audit WHERE request_id IN ('";
  EXPECT_EQ(postgres_.Query(database_, absl::StrCat(written, late.request_id(), "', '",
                                                    hasty.request_id(), "')")),
            "0\n");
  EXPECT_OK(Officer(server).Call(late, &created));
}

// What writes wait for is no reason to send readers elsewhere.
TEST_F(Database, AProbeOfWritesThatWaitsForALockDoesNotEndReadiness) {
  AllowHeldLocks();
  const TestServer server(On(database_));
  v1::Dispute created, read;
  ASSERT_OK(Officer(server).Call(Create(), &created));
  postgres_.Query(
      database_, "BEGIN; LOCK TABLE replies, fold_cells IN SHARE MODE; PREPARE TRANSACTION 'held'");
  const v1::CreateDisputeRequest request = Create();
  EXPECT_FALSE(Officer(server).Call(request, &created).ok());
  EXPECT_TRUE(Await([&] { return Metric(server.metrics(), "pingan_database_writable") == 0; }));
  Elapse(absl::Seconds(8));  // more than a database may keep its own probe waiting
  EXPECT_TRUE(IsServing(server));
  EXPECT_EQ(server.Log().find("database lost"), std::string::npos);
  v1::GetDisputeRequest get;
  get.set_name(created.name());
  EXPECT_OK(Officer(server).Call(get, &read));
  postgres_.Query(database_, "ROLLBACK PREPARED 'held'");
  EXPECT_TRUE(Await([&] { return Metric(server.metrics(), "pingan_database_writable") == 1; }));
  EXPECT_OK(Officer(server).Call(request, &created));
}

// The only worker waits for the database, so that nobody looks at a row.
TEST_F(Database, ImportsThatStandStillKeepABoundedNumberOfBytes) {
  constexpr int kStreams = 2, kRows = 80;
  // Of the first 32, of the second half as many, and what gRPC takes ahead of both.
  constexpr int kMegabytesMax = 32 + 16 + 64;
  std::vector<std::string> flags = On(database_);
  flags.insert(flags.end(), {"--workers=1", "--readers=1"});
  const TestServer server(flags);
  v1::Dispute created;
  ASSERT_OK(Officer(server).Call(Create(), &created));
  postgres_.Pause();
  auto waiting = std::async(std::launch::async, [&] {
    v1::ListDisputesResponse page;
    return Officer(server, absl::Seconds(2)).Call(v1::ListDisputesRequest(), &page);
  });
  EXPECT_EQ(waiting.get().code(), StatusCode::kDeadlineExceeded);
  const std::string token = server.Token({.roles = {"importer"}, .area = "411602"});
  v1::ImportDisputesRequest row;
  *row.mutable_dispute() = Create().dispute();
  row.mutable_dispute()->set_description(std::string(1'000'000, 'x'));
  row.set_row_id("long");
  std::atomic<int> sent = 0;
  const auto send = [&] {
    RawImport import(server, token, Clock::Real().Now() + absl::Minutes(2));
    for (int i = 0; i < kRows && import.Send(row); ++i) ++sent;
    import.Done();
    EXPECT_OK(import.End());
  };
  std::vector<std::future<void>> senders;
  for (int i = 0; i < kStreams; ++i) senders.push_back(std::async(std::launch::async, send));
  for (int before = -1; before != sent;) {
    before = sent;
    Elapse(absl::Seconds(1));
  }
  EXPECT_GE(sent, kStreams);
  EXPECT_LE(sent, kMegabytesMax);
  postgres_.Resume();
  senders.clear();
  EXPECT_EQ(sent, kStreams * kRows);
}

// Whoever is refused because the process ends has been told before that it is not ready, also where
// the database holds up both the probe and the end.
TEST_F(Database, ADrainBeginsWithReadinessAlsoWhenItStandsStill) {
  TestServer server(On(database_));
  const auto serving = [&] { return IsServing(server); };
  ASSERT_TRUE(Await(serving));
  v1::Dispute created;
  ASSERT_OK(Officer(server).Call(Create(), &created));
  postgres_.Pause();
  auto held = std::async(std::launch::async, [&] {
    v1::Dispute answer;
    return Officer(server).Call(Create(), &answer);
  });
  Elapse(absl::Seconds(1));  // by then it is accepted
  ASSERT_EQ(kill(server.pid(), SIGTERM), 0);
  EXPECT_TRUE(Await([&] {
    v1::ListDisputesResponse page;
    const auto status = Officer(server, absl::Seconds(1)).Call(v1::ListDisputesRequest(), &page);
    return DetailsOf(status).reason == reason::DRAINING;
  }));
  EXPECT_FALSE(serving());
  Elapse(absl::Seconds(2));
  postgres_.Resume();
  EXPECT_OK(held.get());
  EXPECT_EQ(server.Stop(), 0);
}

}  // namespace
}  // namespace pingan::testing
