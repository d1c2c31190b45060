// What a session of PostgreSQL keeps prepared, which no caller may notice.
#include "common/store/connection.h"
#include "common/testing/matchers.h"
#include "common/testing/postgres.h"

namespace pingan::store {
namespace {

using testing::Postgres;

constexpr int kMore = 600;  // than kStatementsMax

class PostgresConnection : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(database_, OpenPostgres(Postgres::Shared().NewDatabase()));
    ASSERT_OK_AND_ASSIGN(session_, database_->Connect(Role::kWrite));
  }
  StatusOr<std::vector<Result>> Run(const std::vector<std::string>& texts) {
    std::vector<Statement> statements;
    for (const std::string& text : texts) statements.push_back(Sql{text});
    return session_->Run(statements);
  }
  int64_t Number(const std::string& text) {
    const auto results = Run({text});
    EXPECT_OK(results);
    return results.ok() ? std::get<int64_t>(results->at(0).rows.at(0)[0]) : -1;
  }

  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> session_;
};

TEST_F(PostgresConnection, KeepsABoundedNumberOfStatements) {
  for (int i = 0; i < kMore + 10; ++i) {
    const int number = i % kMore;
    EXPECT_EQ(Number("SELECT " + std::to_string(number) + "::bigint"), number);
  }
  EXPECT_LT(Number("SELECT count(*) FROM pg_prepared_statements"), kMore);
}

// Within the transaction the server takes nothing but its end.
TEST_F(PostgresConnection, AFailedTransactionThatTheLastOfThemCameInIsOnlyRefused) {
  for (int i = 0; i < kMore; ++i) {
    const auto results = Run({"BEGIN", "SELECT " + std::to_string(i) + "::bigint", "SELECT 1 / 0"});
    ASSERT_EQ(results.status().code(), absl::StatusCode::kInternal);
    ASSERT_FALSE(session_->Lost() || session_->Uncertain()) << i;
  }
  EXPECT_EQ(Number("SELECT 7::bigint"), 7);
}

}  // namespace
}  // namespace pingan::store
