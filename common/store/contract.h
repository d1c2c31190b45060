// What every store promises, as one suite that each engine instantiates (see contract_*_test.cc).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/store/connection.h"
#include "common/store/store.h"
#include "common/testing/matchers.h"

namespace pingan::store {

// Villages of one county that differ late or early in their digits.
inline constexpr char kVillage[] = "411602003001";
inline constexpr char kSibling[] = "411602003010";

// The table the suite writes: rank is a scoped order with equal values, label an equality index.
inline const TableSpec& Things() {
  static const auto* const table =
      new TableSpec{.name = "things",
                    .columns = {{"rank", Type::kInteger}, {"label"}, {"order", Type::kText}},
                    .orders = {{"rank", true}},
                    .indexed = {"label"},
                    .searched = true};
  return *table;
}

// A write of one thing with its event, audit entry and, with a reply key, stored reply.
struct Write {
  std::string key;
  int64_t version = 0;  // guard
  std::string body = "body";
  std::string area = kVillage;
  int64_t rank = 0;
  std::string label;
  std::string sequence;  // the serial becomes the body
  std::string reply;
  bool bad = false;  // breaks a constraint of the database
};

WriteSet SetOf(const Write& write);
// The same of a thing that is not there yet and rests on nothing, as what creates records is.
WriteSet FreshOf(const Write& write);
WriteSet EraseOf(const std::string& key, int64_t version);

// Commits and waits. The second form hands all in before it waits for the first.
Outcome Commit(Store& store, WriteSet set);
Outcome Commit(Store& store, const Write& write);
std::vector<Outcome> CommitAll(Store& store, std::vector<WriteSet> sets);

// Runs `body` with 0..threads-1 in as many threads.
void InThreads(int threads, const std::function<void(int)>& body);

// Takes a database back to what version 2 of the schema was: without links in the audit.
std::vector<Statement> ToVersionTwo();

struct Engine {
  std::string name;
  std::function<std::string()> new_database;  // a connection string
};

class Contract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { Reopen({}); }

  // Opens the test's database, again with other options if need be.
  void Reopen(Options options);

  // The test's database beneath the store.
  StatusOr<std::unique_ptr<Database>> RawDatabase() const;

  // Runs statements beneath the store, which is closed for it and opened again.
  void Meddle(const std::vector<Statement>& statements);

  // Options under which exactly `sets` write sets make one batch.
  static Options OneBatch(int sets) { return {.batch_max = sets, .linger_us = 30'000'000}; }

  std::string database_ = GetParam().new_database();
  std::unique_ptr<Store> store_;
};

}  // namespace pingan::store
