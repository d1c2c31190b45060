// A server whose database stops, stalls, or loses the wire: what callers are told is true.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/clock.h"
#include "common/testing/elapse.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"
#include "common/testing/proxy.h"
#include "tests/integration/probes.h"
#include "tests/integration/raw_streams.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

constexpr absl::Duration kLimit = absl::Seconds(30);

// Until `condition` holds; false after 30 s.
template <class Condition>
bool Await(const Condition& condition) {
  const absl::Time end = Clock::Real().Now() + kLimit;
  while (!condition()) {
    if (Clock::Real().Now() > end) return false;
    Elapse(absl::Milliseconds(10));
  }
  return true;
}

std::vector<std::string> On(const std::string& database) {
  return {"--sole_replica", "--sweep_seconds=3600", "--database=" + database};
}

rpc::Client Officer(const TestServer& server, absl::Duration timeout = kLimit) {
  const std::string token = server.Token({.roles = {"county_officer"}, .area = "411602"});
  return rpc::Client(server.target(), {.token = token, .timeout = timeout, .retries = 0});
}

v1::CreateDisputeRequest Create() {
  return NewDispute("411602001002");
}

class Database : public ::testing::Test {
 protected:
  // How often each record of a create is there; all the same if every create is whole.
  std::string Records() {
    return postgres_.Query(
        database_,
        "SELECT (SELECT count(*) FROM disputes), (SELECT count(*) FROM subject_keys), "
        "(SELECT count(*) FROM events), (SELECT count(*) FROM audit), "
        "(SELECT count(*) FROM replies), (SELECT sum(value) FROM sequences), "
        "(SELECT revision FROM revision)");
  }
  static std::string Whole(int creates) {
    return absl::StrReplaceAll("n|n|n|n|n|n|n\n", {{"n", absl::StrCat(creates)}});
  }

  Postgres postgres_;
  const std::string database_ = postgres_.NewDatabase();
};

TEST_F(Database, ReadinessFollowsIt) {
  const TestServer server(On(database_));
  const auto serving = [&] {
    const auto answer = Serving(server.target());
    return answer.ok() && *answer;
  };
  EXPECT_TRUE(Await(serving));
  EXPECT_EQ(Metric(server.metrics(), "pingan_database_up"), 1);
  postgres_.Kill9();
  EXPECT_TRUE(Await([&] { return !serving(); }));
  EXPECT_EQ(Metric(server.metrics(), "pingan_database_up"), 0);
  v1::Dispute created;
  EXPECT_THAT(Officer(server).Call(Create(), &created),
              Fails(StatusCode::kUnavailable, reason::DATABASE_UNAVAILABLE));
  postgres_.Start();
  EXPECT_TRUE(Await(serving));
  EXPECT_EQ(Metric(server.metrics(), "pingan_database_up"), 1);
  EXPECT_TRUE(Await([&] { return Officer(server).Call(Create(), &created).ok(); }));
  EXPECT_EQ(Records(), Whole(1));
  // One that says nothing at all is lost too.
  postgres_.Pause();
  EXPECT_TRUE(Await([&] { return !serving(); }));
  EXPECT_EQ(Metric(server.metrics(), "pingan_database_up"), 0);
  postgres_.Resume();
  EXPECT_TRUE(Await(serving));
}

// While `refused` goes on: reads do too, and who operates it sees it. Without a write, and without
// a start, it is seen to end.
void ExpectReadsAloneWhile(const TestServer& server, const std::function<void()>& begin,
                           const ::testing::Matcher<const Status&>& refused,
                           const std::function<void()>& end) {
  const std::string writable = "pingan_database_writable";
  v1::GetDisputeRequest get;
  v1::Dispute created, read;
  ASSERT_OK(Officer(server).Call(Create(), &created));
  get.set_name(created.name());
  EXPECT_EQ(Metric(server.metrics(), writable), 1);
  const std::string token =
      server.Token({.roles = {"county_officer"}, .area = "411602", .purposes = {"mediation"}});
  const rpc::Client revealing(
      server.target(), {.token = token, .purpose = "mediation", .timeout = kLimit, .retries = 0});
  EXPECT_OK(revealing.Call(get, &read));
  begin();
  const v1::CreateDisputeRequest request = Create();
  EXPECT_THAT(Officer(server).Call(request, &created), refused);
  EXPECT_EQ(Metric(server.metrics(), writable), 0);
  EXPECT_OK(Officer(server).Call(get, &read));
  EXPECT_FALSE(revealing.Call(get, &read).ok()) << "shown without a record of it";
  EXPECT_EQ(*Serving(server.target()), true);
  const auto told = [&](const std::string& line) {
    return Await([&] { return server.Log().find(line) != std::string::npos; });
  };
  EXPECT_TRUE(told("database takes no writes"));
  EXPECT_EQ(Metric(server.metrics(), "pingan_database_up"), 1);
  end();
  EXPECT_TRUE(told("database takes writes"));
  EXPECT_EQ(Metric(server.metrics(), writable), 1);
  EXPECT_OK(Officer(server).Call(request, &created));
}

TEST_F(Database, WhileItIsReadOnlyReadsGoOnAndItIsSeen) {
  const auto read_only = [this](const std::string& is) {
    postgres_.Ask("ALTER SYSTEM SET default_transaction_read_only TO " + is);
    postgres_.Ask("SELECT pg_reload_conf()");
    EXPECT_TRUE(Await([&] { return postgres_.Ask("SHOW transaction_read_only") == is + "\n"; }));
  };
  ExpectReadsAloneWhile(
      TestServer(On(database_)), [&] { read_only("on"); },
      Fails(StatusCode::kUnavailable, reason::DATABASE_UNAVAILABLE), [&] { read_only("off"); });
}

// A limit stands for the full disk.
TEST(FullDisk, ReadsGoOnAndItIsSeen) {
  const TestServer server({"--sweep_seconds=3600"});
  const auto limit = [&](rlim_t bytes) {
    const rlimit to = {bytes, RLIM_INFINITY};
    EXPECT_EQ(prlimit(server.pid(), RLIMIT_FSIZE, &to, nullptr), 0);
  };
  const auto log = [&] { return std::filesystem::file_size(server.state() + "/disputes.db-wal"); };
  ExpectReadsAloneWhile(
      server, [&] { limit(log()); }, Fails(StatusCode::kUnknown, reason::COMMIT_UNCERTAIN),
      [&] { limit(RLIM_INFINITY); });
}

TEST_F(Database, ADeadlineThatPassesOnTheServerIsTypedAndWritesNothing) {
  // So that a lock needs no session that holds it.
  postgres_.Ask("ALTER SYSTEM SET max_prepared_transactions TO 1");
  postgres_.Kill9();
  postgres_.Start();
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

TEST_F(Database, WhatItSaysOfAFaultIsForNobody) {
  const TestServer server(On(database_));
  v1::Dispute created;
  ASSERT_OK(Officer(server).Call(Create(), &created));
  postgres_.Query(database_, "ALTER TABLE disputes RENAME COLUMN body TO elsewhere");
  const Status status = Officer(server).Call(Create(), &created);
  EXPECT_THAT(status, Fails(StatusCode::kInternal, reason::INTERNAL_FAULT));
  EXPECT_EQ(status.message(), "internal fault");
  EXPECT_THAT(server.Log(), ::testing::HasSubstr("SQLSTATE 42703"));
  EXPECT_THAT(server.Log(), ::testing::Not(::testing::HasSubstr("column")));
}

class DatabaseWithStandby : public Database {
 protected:
  DatabaseWithStandby() {
    standby_.Follow(postgres_);
    postgres_.Ask("ALTER SYSTEM SET synchronous_standby_names TO '*'");
    postgres_.Ask("SELECT pg_reload_conf()");
    EXPECT_TRUE(Sees("pg_stat_replication WHERE sync_state = 'sync'"));
    server_ = std::make_unique<TestServer>(On(database_));
    EXPECT_OK(Officer(*server_).Call(Create(), &created_));
  }

  bool Sees(const std::string& row) {
    return Await([&] { return postgres_.Ask("SELECT count(*) FROM " + row) == "1\n"; });
  }
  // A commit that the primary has and the standby lacks.
  bool SeesACommitWait() { return Sees("pg_stat_activity WHERE wait_event = 'SyncRep'"); }

  // With the standby back, the request is carried out once.
  void Settle(const v1::CreateDisputeRequest& request) {
    standby_.Resume();
    v1::Dispute again;
    ASSERT_OK(Officer(*server_).Call(request, &created_));
    ASSERT_OK(Officer(*server_).Call(request, &again));
    EXPECT_EQ(again.revision(), created_.revision());
    EXPECT_EQ(Records(), Whole(2));
  }

  bool Cancelled() const { return postgres_.Log().find("canceling") != std::string::npos; }

  Postgres standby_;
  std::unique_ptr<TestServer> server_;
  v1::Dispute created_;
};

TEST_F(DatabaseWithStandby, ACommitIsNeverCancelledByADeadline) {
  const v1::CreateDisputeRequest request = Create();
  standby_.Pause();
  EXPECT_EQ(Officer(*server_, absl::Seconds(1)).Call(request, &created_).code(),
            StatusCode::kDeadlineExceeded)
      << "not acknowledged without the standby";
  EXPECT_TRUE(SeesACommitWait());
  Settle(request);
  EXPECT_FALSE(Cancelled()) << postgres_.Log();
}

// PostgreSQL then reports the commit as done, with a warning, though the standby may never have it.
TEST_F(DatabaseWithStandby, ACommitThatAnOperatorCancelsIsUncertain) {
  const v1::CreateDisputeRequest request = Create();
  standby_.Pause();
  auto answer =
      std::async(std::launch::async, [&] { return Officer(*server_).Call(request, &created_); });
  EXPECT_TRUE(SeesACommitWait());
  postgres_.Ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  EXPECT_THAT(answer.get(), Fails(StatusCode::kUnknown, reason::COMMIT_UNCERTAIN));
  EXPECT_TRUE(Cancelled());
  Settle(request);
}

// The only worker waits for the database, so that nobody looks at a row.
TEST_F(Database, ImportsThatStandStillKeepABoundedNumberOfBytes) {
  constexpr int kStreams = 2, kRows = 80;
  // Of the first 32, of the second half as many, and what gRPC takes ahead.
  constexpr int kMegabytesMax = 32 + 16 + 32;
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

// The wire is cut at the create's n-th byte, for n over all of its bytes. What is read is read
// again over a new wire; only the commit may be in doubt.
TEST_F(Database, ACreateThatIsCutAnywhereIsWholeOrAbsentAndARetrySettlesIt) {
  constexpr int64_t kStride = 53;
  const std::string socket = absl::StrCat("/.s.PGSQL.", postgres_.port());
  const std::string folder = postgres_.folder() + "/wire";
  std::filesystem::create_directory(folder);
  Proxy wire(folder + socket, postgres_.folder() + socket);
  const TestServer server(
      On(absl::StrReplaceAll(database_, {{"host=" + postgres_.folder(), "host=" + folder}})));
  const rpc::Client officer = Officer(server);
  v1::Dispute created, again;
  int creates = 0, unknown = 0;
  int64_t bytes = 0;
  for (; creates < 3; ++creates) {
    const int64_t before = wire.passed();
    ASSERT_OK(officer.Call(Create(), &created));
    bytes = wire.passed() - before;
  }
  for (int64_t at = 0; at < bytes; at += kStride) {
    SCOPED_TRACE(absl::StrCat("cut at byte ", at, " of ", bytes));
    const v1::CreateDisputeRequest request = Create();
    wire.CutAfter(at);
    const Status status = officer.Call(request, &created);
    wire.CutNoMore();
    const std::string records = Records();
    if (status.ok()) {
      EXPECT_EQ(records, Whole(creates + 1));
    } else {
      ++unknown;
      EXPECT_THAT(status, Fails(StatusCode::kUnknown, reason::COMMIT_UNCERTAIN));
      EXPECT_THAT(records, ::testing::AnyOf(Whole(creates), Whole(creates + 1)));
    }
    ASSERT_TRUE(Await([&] { return officer.Call(request, &again).ok(); }));
    if (status.ok()) {
      EXPECT_EQ(again.SerializeAsString(), created.SerializeAsString());
    }
    EXPECT_EQ(Records(), Whole(++creates));
  }
  EXPECT_GT(unknown, 0);
}

// Whoever is refused because the process ends has been told before that it is not ready, also where
// the database holds up both the probe and the end.
TEST_F(Database, ADrainBeginsWithReadinessAlsoWhenItStandsStill) {
  TestServer server(On(database_));
  const auto serving = [&] {
    const auto answer = Serving(server.target());
    return answer.ok() && *answer;
  };
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
