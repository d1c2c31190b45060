#include "tests/chaos/database.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_split.h"

namespace pingan::chaos {
namespace {

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "chaos: %s\n", why.c_str());
  std::abort();
}

std::vector<std::vector<std::string>> QuerySqlite(const std::string& path, const std::string& sql) {
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK ||
      sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    Die(sqlite3_errmsg(db));
  }
  std::vector<std::vector<std::string>> rows;
  int step;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i)
      row.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, i)));
  }
  if (step != SQLITE_DONE) Die(sqlite3_errmsg(db));
  sqlite3_finalize(statement);
  sqlite3_close(db);
  return rows;
}

}  // namespace

Database::Database(Kind kind) {
  if (kind == kPostgres) {
    postgres_ = std::make_unique<testing::Postgres>();
    flag_ = postgres_->NewDatabase();
    return;
  }
  char folder[] = "/tmp/pingan-chaos-XXXXXX";
  if (mkdtemp(folder) == nullptr) Die("no folder under /tmp");
  folder_ = folder;
  flag_ = "sqlite:" + folder_ + "/disputes.db";
}

Database::~Database() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::vector<std::string>> Database::Query(const std::string& sql) {
  if (!postgres_) return QuerySqlite(folder_ + "/disputes.db", sql);
  std::vector<std::vector<std::string>> rows;
  const std::string output = postgres_->Query(flag_, sql);
  for (const auto line : absl::StrSplit(output, '\n', absl::SkipEmpty()))
    rows.push_back(absl::StrSplit(line, '|'));
  return rows;
}

void Database::Read(Observed* observed) {
  for (auto& row : Query("SELECT revision, request_id, name FROM audit WHERE revision > 0"))
    observed->audits.push_back({std::atoll(row[0].c_str()), row[1], row[2]});
  for (auto& row : Query("SELECT key, version FROM disputes"))
    observed->rows.push_back({row[0], std::atoll(row[1].c_str())});
}

}  // namespace pingan::chaos
