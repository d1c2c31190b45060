// The databases under a run, and what is read from them past the service.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/testing/postgres.h"
#include "tests/chaos/ledger.h"

namespace pingan::chaos {

// Empty at first, and a run's own.
class Database {
 public:
  explicit Database(std::string flag) : flag_(std::move(flag)) {}
  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& flag() const { return flag_; }  // value of --database

  // Runs SQL past the service; each row as texts.
  virtual std::vector<std::vector<std::string>> Query(const std::string& sql) = 0;

  // Audit rows of writes, and case rows. An SQLite file is free to read once its server ended.
  void Read(Observed* observed);

  // What the servers say they cancelled: a commit's wait for the standby must never be.
  virtual int cancelled() const { return 0; }

 protected:
  std::string flag_;
};

// A file in a folder of its own.
class SqliteFile : public Database {
 public:
  SqliteFile();
  ~SqliteFile() override;
  std::vector<std::vector<std::string>> Query(const std::string& sql) override;

 private:
  std::string folder_;
};

// A PostgreSQL server of its own.
class OneServer : public Database {
 public:
  OneServer() : Database("") { flag_ = server_.NewDatabase(); }
  std::vector<std::vector<std::string>> Query(const std::string& sql) override;

  testing::Postgres& server() { return server_; }

 private:
  testing::Postgres server_;
};

// Two PostgreSQL servers, of which one is the primary. The service is told of both and finds out
// which it is.
class Pair : public Database {
 public:
  Pair();
  std::vector<std::vector<std::string>> Query(const std::string& sql) override;
  int cancelled() const override;

  // Makes the other server a synchronous standby of the primary. Returns once every commit so far
  // is on it and each further one waits for it, which takes commits to be seen.
  void Protect();
  testing::Postgres& standby() { return *standby_; }
  // Kills the primary for good and puts the standby in its place.
  void Failover();

 private:
  void Await(const std::string& condition);  // of the primary

  testing::Postgres one_, other_;
  testing::Postgres* primary_ = &one_;
  testing::Postgres* standby_ = &other_;
};

}  // namespace pingan::chaos
