// A million disputes on PostgreSQL and a server that has them, made once for the benches that read
// them.
#pragma once

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/client.h"
#include "common/testing/postgres.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "tests/bench/lab.h"

namespace pingan::bench {

// What GetStatistics counts of one dispute, told anew from the documents of the API, so that a
// mistake of the service is not repeated here.
struct Counter {
  const char* name;
  int64_t (*count)(const disputes::v1::Dispute&);
};
extern const std::array<Counter, 20> kCounters;

class Million {
 public:
  static constexpr int64_t kRows = 1'050'000, kDepth = 1'000'000;

  static Million& Shared();
  ~Million();

  std::unique_ptr<rpc::Client> As(const std::string& role, const std::string& area = "") const {
    return server_->As(role, area);
  }

  // The page that begins at kDepth, for a city officer without filter or area.
  const std::string& deep_token() const { return deep_token_; }
  // Area and name of every hundredth dispute.
  const std::vector<std::pair<std::string, std::string>>& places() const { return places_; }
  // A session with the database; the table `facts` has one row a dispute: area, month, category,
  // level, and the counters by name.
  PGconn* sql() const { return sql_; }
  int64_t revision() const { return revision_; }

 private:
  Million();
  void Import();
  void ReadAll();
  void Copy(const std::string& command);
  void EndCopy();
  [[noreturn]] void Fail() const;

  testing::Postgres postgres_;
  const std::string database_;
  PGconn* const sql_;
  std::unique_ptr<Server> server_;
  std::string deep_token_;
  std::vector<std::pair<std::string, std::string>> places_;
  int64_t revision_ = 0;
};

}  // namespace pingan::bench
