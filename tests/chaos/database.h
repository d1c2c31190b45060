// The database under a run of kills, and what is read from it past the service.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/testing/postgres.h"
#include "tests/chaos/ledger.h"

namespace pingan::chaos {

class Database {
 public:
  // Empty; PostgreSQL in a server of its own, or SQLite in a folder of its own.
  enum Kind { kPostgres, kSqlite };
  explicit Database(Kind kind);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& flag() const { return flag_; }  // value of --database

  // Only of PostgreSQL: as testing::Postgres.
  void Kill9() { postgres_->Kill9(); }
  void Start() { postgres_->Start(); }

  // Audit rows of writes and case rows, by SQL. An SQLite file is free to read once its server
  // ended.
  void Read(Observed* observed);

 private:
  std::vector<std::vector<std::string>> Query(const std::string& sql);

  std::unique_ptr<testing::Postgres> postgres_;
  std::string folder_, flag_;
};

}  // namespace pingan::chaos
