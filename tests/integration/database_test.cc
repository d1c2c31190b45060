// A server whose database stops, stalls, or loses the wire: what callers are told is true.
#include <sys/resource.h>

#include <filesystem>
#include <future>

#include "common/testing/matchers.h"
#include "common/testing/proxy.h"
#include "tests/integration/database_world.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

TEST_F(Database, ReadinessFollowsIt) {
  const TestServer server(On(database_));
  const auto serving = [&] { return IsServing(server); };
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

}  // namespace
}  // namespace pingan::testing
