// import_rows, import_copy: an old ledger of people through ImportPersons, and the rows that it
// stores through \copy.
#include <atomic>
#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/clock.h"
#include "common/testing/postgres.h"
#include "tests/bench/benches.h"
#include "tests/bench/lab.h"
#include "tests/bench/people.h"

namespace pingan::bench {
namespace {

namespace v1 = population::v1;

constexpr int kRows = 20'000, kStreams = 2;
// What the import of one person writes.
constexpr const char* kTables[] = {"persons", "subject_keys", "terms",
                                   "events",  "audit",        "replies"};

const std::vector<v1::ImportPersonsRequest>& Ledger() {
  static const auto* const ledger = [] {
    auto* rows = new std::vector<v1::ImportPersonsRequest>;
    const People people;
    for (int row = 0; row < kRows; ++row) rows->push_back(people.Row(row));
    return rows;
  }();
  return *ledger;
}

// The ledger into an empty database, by a server just started.
Sample Import(const std::string& database) {
  const Server server(database, -1, "population");
  std::atomic<size_t> next = 0;
  std::atomic<int64_t> stored = 0;
  const auto import = [&] {
    v1::ImportPersonsResponse report;
    Must(server.As("importer", "4116")
             ->Upload(
                 v1::ImportPersonsRequest::descriptor(),
                 [&]() -> const google::protobuf::Message* {
                   const size_t row = next++;
                   return row < Ledger().size() ? &Ledger()[row] : nullptr;
                 },
                 &report));
    if (report.rows_refused() > 0) Die(report.refusals(0).ShortDebugString());
    stored += report.rows_stored();
  };
  Ledger();
  const double cpu = server.process().CpuSeconds();
  const int64_t start = MonotonicMicros();
  std::vector<std::thread> threads;
  for (int i = 0; i < kStreams; ++i) threads.emplace_back(import);
  for (std::thread& thread : threads) thread.join();
  const double seconds = static_cast<double>(MonotonicMicros() - start) / 1e6;
  if (stored != kRows) Die(absl::StrFormat("stored %d of %d rows", stored.load(), kRows));
  return {.value = kRows / seconds, .per_cpu = kRows / (server.process().CpuSeconds() - cpu)};
}

Sample ImportToSqlite() {
  const Folder files;
  return Import("sqlite:" + files.path() + "/population.db");
}

// The stored rows of a database with the ledger, table by table into tables that are alike.
class Copies {
 public:
  Copies(testing::Postgres* postgres, const std::string& database)
      : psql_("psql -X -q -v ON_ERROR_STOP=1 -d '" + database + "' -c ") {
    postgres->Query(database, "CREATE SCHEMA ref");
    for (const std::string table : kTables) {
      const std::string file = " '" + files_.path() + "/" + table + "'";
      Shell(psql_ + "\"\\copy public." + table + " TO" + file + "\"");
      postgres->Query(database,
                      "CREATE TABLE ref." + table + " (LIKE public." + table + " INCLUDING ALL)");
      absl::StrAppend(&empty_, empty_.empty() ? "TRUNCATE ref." : ", ref.", table);
      absl::StrAppend(&copy_, copy_.empty() ? psql_ : " -c ", "\"\\copy ref.", table, " FROM", file,
                      "\"");
    }
  }

  Sample Run() const {
    Shell(psql_ + "'" + empty_ + "'");
    const int64_t start = MonotonicMicros();
    Shell(copy_);
    return {.value = kRows / (static_cast<double>(MonotonicMicros() - start) / 1e6)};
  }

 private:
  const Folder files_;
  const std::string psql_;
  std::string empty_, copy_;
};

}  // namespace

bool ImportRows() {
  testing::Postgres postgres;
  const Goal goal{"import_rows", 5000, 20'000};
  std::vector<double> rates;
  for (int round = 1; round <= 5; ++round) {
    const Sample ours = Import(postgres.NewDatabase()), sqlite = ImportToSqlite();
    Log(
        absl::StrFormat("  import_rows round %d: PostgreSQL %.0f a second, SQLite %.0f; per "
                        "CPU-second of the service %.0f, %.0f",
                        round, ours.value, sqlite.value, ours.per_cpu, sqlite.per_cpu));
    rates.push_back(ours.value);
  }
  return Report(goal, std::move(rates));
}

bool ImportCopy() {
  testing::Postgres postgres;
  const std::string database = postgres.NewDatabase();
  Import(database);
  const Copies copies(&postgres, database);
  return Compare(
      {"import_copy", 0.1, 0.3}, [&] { return Import(postgres.NewDatabase()); },
      [&] { return copies.Run(); });
}

}  // namespace pingan::bench
