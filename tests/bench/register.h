// A register of many people on PostgreSQL and a server that has it, for the benches that read and
// write it.
//
// Its rows are those that an import stores, made by the rules and sealed by the pipeline's own
// functions, but brought in by COPY into tables without indexes, which are built afterwards.
// Events, audit and replies of the past are left out: nothing measured here looks at them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/testing/postgres.h"
#include "tests/bench/lab.h"
#include "tests/bench/people.h"

namespace pingan::bench {

class Register {
 public:
  // 100,000 persons; 10 million, or as many as PINGAN_BENCH_PERSONS says. Made when asked for.
  static Register& Small();
  static Register& Large();

  // The index under which every tenth person (row 0, 10, …) is also found by the identity number as
  // it is, for comparison with the blind one.
  static constexpr char kPlainIndex[] = "plain";

  int64_t persons() const { return persons_; }
  // Of row `row` below persons().
  std::string NameOf(int64_t row) const;
  const People& people() const { return people_; }
  const Server& server() const { return *server_; }
  const std::string& database() const { return database_; }
  // What the service process held before it had anybody.
  int64_t empty_bytes() const { return empty_bytes_; }

 private:
  explicit Register(int64_t persons);
  void Fill();
  void Copy(int64_t from, int64_t to) const;
  std::string Query(const std::string& sql) const;

  const int64_t persons_;
  const People people_;
  const std::string database_;
  std::unique_ptr<Server> server_;
  int64_t empty_bytes_ = 0;
};

}  // namespace pingan::bench
