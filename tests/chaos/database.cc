#include "tests/chaos/database.h"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::chaos {
namespace {

constexpr int kAsksMax = 2000;  // each takes some milliseconds

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

std::vector<std::vector<std::string>> Rows(const std::string& unaligned) {
  std::vector<std::vector<std::string>> rows;
  for (const auto line : absl::StrSplit(unaligned, '\n', absl::SkipEmpty()))
    rows.push_back(absl::StrSplit(line, '|'));
  return rows;
}

}  // namespace

void Database::Read(Observed* observed) {
  for (auto& row : Query("SELECT revision, request_id, name FROM audit WHERE revision > 0"))
    observed->audits.push_back({std::atoll(row[0].c_str()), row[1], row[2]});
  for (auto& row : Query("SELECT key, version FROM disputes"))
    observed->rows.push_back({row[0], std::atoll(row[1].c_str())});
}

SqliteFile::SqliteFile() : Database("") {
  char folder[] = "/tmp/pingan-chaos-XXXXXX";
  if (mkdtemp(folder) == nullptr) Die("no folder under /tmp");
  folder_ = folder;
  flag_ = "sqlite:" + folder_ + "/disputes.db";
}

SqliteFile::~SqliteFile() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::vector<std::string>> SqliteFile::Query(const std::string& sql) {
  return QuerySqlite(folder_ + "/disputes.db", sql);
}

std::vector<std::vector<std::string>> OneServer::Query(const std::string& sql) {
  return Rows(server_.Query(flag_, sql));
}

Pair::Pair() : Database("") {
  one_.Ask("CREATE DATABASE disputes");
  flag_ = absl::StrCat("host=127.0.0.1,127.0.0.1 port=", one_.port(), ",", other_.port(),
                       " user=postgres dbname=disputes target_session_attrs=read-write");
}

std::vector<std::vector<std::string>> Pair::Query(const std::string& sql) {
  return Rows(primary_->Query(flag_, sql));
}

int Pair::cancelled() const {
  static const std::string kWord = "canceling";
  int count = 0;
  for (const std::string& log : {one_.Log(), other_.Log()}) {
    for (size_t at = 0; (at = log.find(kWord, at)) != std::string::npos; at += kWord.size())
      ++count;
  }
  return count;
}

void Pair::Protect() {
  standby_->Follow(*primary_);
  primary_->Ask("ALTER SYSTEM SET synchronous_standby_names TO '*'");
  primary_->Ask("SELECT pg_reload_conf()");
  // That a commit is seen to wait shows that none will be acknowledged without the standby any
  // more; what is written now was acknowledged before.
  Await("EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')");
  const std::string end = primary_->Ask("SELECT pg_current_wal_lsn()");
  Await(absl::StrCat(
      "EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync' AND flush_lsn >= '",
      absl::StripAsciiWhitespace(end), "')"));
}

void Pair::Await(const std::string& condition) {
  for (int i = 0; i < kAsksMax; ++i) {
    if (primary_->Ask("SELECT " + condition) == "t\n") return;
  }
  Die("the standby does not follow: " + standby_->Log());
}

void Pair::Failover() {
  primary_->Kill9();
  standby_->Resume();
  standby_->Promote();
  std::swap(primary_, standby_);
}

}  // namespace pingan::chaos
