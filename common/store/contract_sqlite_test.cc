#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <thread>

#include "common/store/connection.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

std::string NewFile() {
  static int files = 0;
  return "sqlite:" + ::testing::TempDir() + "/contract" + std::to_string(++files) + ".db";
}

INSTANTIATE_TEST_SUITE_P(Sqlite, Contract, ::testing::Values(Engine{"sqlite", NewFile}));

TEST(Sqlite, SecondProcessIsRefused) {
  const Options options = {.database = NewFile()};
  {
    ASSERT_OK_AND_ASSIGN(auto store, Open(options, "contract", {}));
    EXPECT_THAT(Open(options, "contract", {}), testing::Fails(absl::StatusCode::kFailedPrecondition,
                                                              common::v1::ACTION_NOT_ALLOWED));
  }
  EXPECT_OK(Open(options, "contract", {}));
}

TEST(Sqlite, SecondProcessIsRefusedByEveryNameOfTheFile) {
  const std::string file = NewFile(), link = NewFile();
  std::filesystem::create_symlink(file.substr(7), link.substr(7));
  for (const auto& [first, second] : {std::pair{link, file}, {file, link}}) {
    ASSERT_OK_AND_ASSIGN(auto store, Open({.database = first}, "contract", {}));
    EXPECT_THAT(
        Open({.database = second}, "contract", {}),
        testing::Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
  }
}

TEST(Sqlite, NewerSchemaIsRefused) {
  const Options options = {.database = NewFile()};
  ASSERT_OK(Open(options, "contract", {}));
  {
    ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(options.database.substr(7)));
    ASSERT_OK_AND_ASSIGN(auto connection, database->Connect(Role::kWrite));
    const Statement newer = Sql{"UPDATE schema_version SET version = version + 1"};
    ASSERT_OK(connection->Run({&newer, 1}));
  }
  EXPECT_THAT(Open(options, "contract", {}),
              testing::Fails(absl::StatusCode::kFailedPrecondition, common::v1::SCHEMA_NEWER));
}

// Runs the statements on one session, which another one then reads.
Status RunAll(Connection& connection, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    const Statement statement = Sql{text};
    RETURN_IF_ERROR(connection.Run({&statement, 1}).status());
  }
  return absl::OkStatus();
}

// The first value of the answer, or what went wrong.
std::string Ask(Connection& connection, const std::string& text) {
  const Statement statement = Sql{text};
  auto results = connection.Run({&statement, 1});
  if (!results.ok()) return results.status().ToString();
  const Value& value = results->at(0).rows.at(0)[0];
  const auto* integer = std::get_if<int64_t>(&value);
  return integer ? std::to_string(*integer) : std::get<std::string>(value);
}

constexpr char kThousandRows[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
    "INSERT INTO t SELECT i, randomblob(3000) FROM n";

// More pages than the session's memory holds, so that some are written before the commit and read
// back, and a log that begins anew: another session sees each commit whole.
TEST(Sqlite, LargeTransactionsAreWholeForEveryReader) {
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(NewFile().substr(7)));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK_AND_ASSIGN(auto reader, database->Connect(Role::kRead));
  ASSERT_OK(RunAll(*writer, {"PRAGMA cache_size=50", "PRAGMA wal_autocheckpoint=100",
                             "CREATE TABLE t (a INTEGER, b BLOB)"}));
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(RunAll(*writer, {"BEGIN IMMEDIATE", kThousandRows, "UPDATE t SET a = a + 1"}));
    EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), std::to_string(1000 * i));
    ASSERT_OK(RunAll(*writer, {"COMMIT"}));
    EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), std::to_string(1000 * (i + 1)));
  }
  EXPECT_EQ(Ask(*reader, "PRAGMA integrity_check"), "ok");
}

// The log begins anew beside commits and short reads that never pause, and after a long read has
// held it up.
TEST(Sqlite, TheLogStaysBoundedWhileCommitsKeepComing) {
  const std::string path = NewFile().substr(7);
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(path));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK_AND_ASSIGN(auto reader, database->Connect(Role::kRead));
  ASSERT_OK(RunAll(*writer, {"CREATE TABLE t (a INTEGER, b BLOB)"}));
  const auto commits = [&](int count) {
    for (int i = 0; i < count; ++i) ASSERT_OK(RunAll(*writer, {kThousandRows}));
  };
  const auto log = [&] { return std::filesystem::file_size(path + "-wal") >> 20; };
  {
    ASSERT_OK_AND_ASSIGN(auto busy, database->Connect(Role::kRead));
    const std::jthread reading([&](std::stop_token stop) {
      while (!stop.stop_requested()) Ask(*busy, "SELECT count(a) FROM (SELECT a FROM t LIMIT 200)");
    });
    commits(110);  // each is 4 MB
  }
  const auto bounded = log();
  EXPECT_GE(bounded, 128u);
  EXPECT_LE(bounded, 300u);
  ASSERT_OK(RunAll(*reader, {"BEGIN", "SELECT count(*) FROM t"}));
  commits(60);
  const auto held = log();
  EXPECT_GT(held, bounded);
  ASSERT_OK(RunAll(*reader, {"COMMIT"}));
  commits(100);
  EXPECT_LE(log(), held + 250);
  EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), "270000");
}

// Not by the commits, which wait for it then.
TEST(Sqlite, AThreadCarriesALongLogIntoTheDatabase) {
  const std::string path = NewFile().substr(7);
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(path));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK(RunAll(*writer, {"CREATE TABLE t (a INTEGER, b BLOB)"}));
  const auto size = [&](const char* of) { return std::filesystem::file_size(path + of); };
  while (size("-wal") < 32'000 * (4096 + 24)) ASSERT_OK(RunAll(*writer, {kThousandRows}));
  for (int tries = 0; tries < 1000 && size("") < 100'000'000; ++tries)
    ASSERT_EQ(Ask(*writer, "SELECT count(a) > 0 FROM t"), "1");
  EXPECT_GE(size(""), 100'000'000u);
}

// What the memory could not hold is read again while it is only gathered.
TEST(Sqlite, ATransactionReadsItsOwnSpilledPages) {
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(NewFile().substr(7)));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK(RunAll(
      *writer, {"PRAGMA cache_size=20", "CREATE TABLE t (a INTEGER, b BLOB)", "BEGIN IMMEDIATE"}));
  for (int i = 1; i <= 300; ++i) {
    ASSERT_OK(RunAll(*writer, {"INSERT INTO t VALUES (1, randomblob(3000))"}));
    const std::string earlier = std::to_string(std::max(1, i - 25));
    ASSERT_EQ(Ask(*writer, "SELECT length(b) FROM t WHERE rowid = " + earlier), "3000") << i;
  }
  ASSERT_OK(RunAll(*writer, {"COMMIT"}));
  EXPECT_EQ(Ask(*writer, "SELECT count(*) FROM t"), "300");
}

// Pages that were spilled before the failure must not land on what another session commits next.
TEST(Sqlite, AFailedTransactionLeavesNothingToWrite) {
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(NewFile().substr(7)));
  ASSERT_OK_AND_ASSIGN(auto first, database->Connect(Role::kWrite));
  ASSERT_OK_AND_ASSIGN(auto second, database->Connect(Role::kWrite));
  ASSERT_OK(RunAll(*first, {"PRAGMA cache_size=50", "CREATE TABLE t (a INTEGER, b BLOB)",
                            "CREATE TABLE one (a INTEGER PRIMARY KEY)"}));
  for (int i = 0; i < 3; ++i) {
    // From an empty log, so that nothing has to be read of it to undo.
    Ask(*first, "PRAGMA wal_checkpoint(TRUNCATE)");
    const Statement fails[] = {Sql{"BEGIN IMMEDIATE"}, Sql{kThousandRows},
                               Sql{"INSERT INTO one VALUES (1), (1)"}};
    EXPECT_FALSE(first->Run(fails).ok());
    ASSERT_OK(RunAll(*second, {kThousandRows}));
    ASSERT_OK(RunAll(*first, {"INSERT INTO t VALUES (0, 'x')"}));
  }
  EXPECT_EQ(Ask(*second, "SELECT count(*) FROM t"), "3003");
  EXPECT_EQ(Ask(*second, "PRAGMA integrity_check"), "ok");
}

// The limit stands for a full disk: the commit fails, and what was there before is there after.
TEST(Sqlite, ACommitThatDoesNotFitTheDiskIsRefusedWhole) {
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(NewFile().substr(7)));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK(RunAll(*writer, {"CREATE TABLE t (a INTEGER, b BLOB)", kThousandRows}));
  signal(SIGXFSZ, SIG_IGN);
  rlimit old = {};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small = {6 << 20, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const Status refused = RunAll(*writer, {kThousandRows});
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_THAT(refused,
              testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
  ASSERT_OK_AND_ASSIGN(auto reader, database->Connect(Role::kRead));
  EXPECT_EQ(Ask(*reader, "SELECT count(*) FROM t"), "1000");
  EXPECT_EQ(Ask(*reader, "PRAGMA integrity_check"), "ok");
}

// Sessions of a file that could only be read when they were opened.
TEST(Sqlite, ASessionThatCanOnlyReadIsReplaced) {
  ASSERT_OK_AND_ASSIGN(auto database, OpenSqlite(NewFile().substr(7)));
  ASSERT_OK_AND_ASSIGN(auto writer, database->Connect(Role::kWrite));
  ASSERT_OK(RunAll(*writer, {"CREATE TABLE t (a INTEGER, b BLOB)", "PRAGMA query_only=1"}));
  EXPECT_THAT(RunAll(*writer, {kThousandRows}),
              testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
  EXPECT_TRUE(writer->Lost());
}

TEST(Sqlite, UnreachableFileIsUnavailable) {
  EXPECT_THAT(Open({.database = "sqlite:/proc/no/such/folder.db"}, "contract", {}),
              testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
}

}  // namespace
}  // namespace pingan::store
