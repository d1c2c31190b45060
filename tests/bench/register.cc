#include "tests/bench/register.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/area/tree.h"
#include "common/auth/caller.h"
#include "common/base/clock.h"
#include "common/calendar/working_days.h"
#include "common/crypto/keyring.h"
#include "common/rpc/columns.h"
#include "common/rpc/records.h"
#include "common/rpc/terms.h"
#include "common/store/records.h"
#include "services/population/import.h"
#include "services/population/limits.h"
#include "services/population/match.h"
#include "services/population/person.h"
#include "services/population/spells.h"
#include "services/population/tables.h"

namespace pingan::bench {
namespace {

namespace v1 = population::v1;

constexpr int64_t kSmall = 100'000, kLarge = 10'000'000;
constexpr int64_t kBefore = 1000;  // serials that are left free
constexpr int kThreads = 2, kCacheMb = 64;

testing::Postgres& Database() {
  static testing::Postgres postgres;
  return postgres;
}

// Rows on their way into one table, in PostgreSQL's binary format.
class CopyIn {
 public:
  CopyIn(const std::string& database, const store::TableSpec& table)
      : sql_(PQconnectdb(database.c_str())) {
    const std::string command =
        absl::StrCat("COPY ", table.name, " (", store::SelectList(store::ColumnsOf(table)),
                     ") FROM STDIN (FORMAT binary)");
    PQclear(PQexec(sql_, "SET synchronous_commit TO off"));
    PGresult* result = PQexec(sql_, command.c_str());
    if (PQresultStatus(result) != PGRES_COPY_IN) Die(PQerrorMessage(sql_));
    PQclear(result);
    bytes_.assign("PGCOPY\n\377\r\n\0", 11);
    bytes_.append(8, '\0');  // neither flags nor an extension
  }

  ~CopyIn() {
    bytes_ += "\377\377";
    Send();
    if (PQputCopyEnd(sql_, nullptr) != 1) Die(PQerrorMessage(sql_));
    while (PGresult* result = PQgetResult(sql_)) {
      if (PQresultStatus(result) != PGRES_COMMAND_OK) Die(PQerrorMessage(sql_));
      PQclear(result);
    }
    PQfinish(sql_);
  }

  void Add(store::Row row) {
    const auto values = store::Encode(std::move(row));
    const uint16_t count = htons(static_cast<uint16_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(&count), sizeof(count));
    for (const store::Value& value : values) {
      if (const auto* integer = std::get_if<int64_t>(&value)) {
        const uint64_t wire = htobe64(static_cast<uint64_t>(*integer));
        Field({reinterpret_cast<const char*>(&wire), sizeof(wire)});
      } else if (const auto* text = std::get_if<std::string>(&value)) {
        Field(*text);
      } else {
        bytes_ += "\377\377\377\377";  // NULL
      }
    }
    if (bytes_.size() > 1 << 20) Send();
  }

 private:
  void Field(std::string_view bytes) {
    const uint32_t size = htonl(static_cast<uint32_t>(bytes.size()));
    bytes_.append(reinterpret_cast<const char*>(&size), sizeof(size));
    bytes_.append(bytes);
  }

  void Send() {
    if (PQputCopyData(sql_, bytes_.data(), static_cast<int>(bytes_.size())) != 1)
      Die(PQerrorMessage(sql_));
    bytes_.clear();
  }

  PGconn* const sql_;
  std::string bytes_;
};

// As the commit of an import names and stamps it.
v1::PersonRecord Stored(const v1::ImportPersonsRequest& request, const std::string& name,
                        const Env& env) {
  v1::PersonRecord record = Must(population::DecideImport(request, env)).after;
  record.mutable_person()->set_name(name);
  population::StampRevision(&record, 1);
  rpc::StampResource(record.mutable_person(), 1, env.now);
  return record;
}

// The statements that take the indexes of the tables away, and those that bring them back.
std::pair<std::string, std::string> Indexes(const std::string& list) {
  std::pair<std::string, std::string> statements;
  for (const auto line : absl::StrSplit(list, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> index = absl::StrSplit(line, '|');  // table, name, definition
    if (index[1] == index[0] + "_pkey") {
      absl::StrAppend(&statements.first, "ALTER TABLE ", index[0], " DROP CONSTRAINT ", index[1],
                      ";");
      absl::StrAppend(&statements.second, "ALTER TABLE ", index[0], " ADD PRIMARY KEY (key);");
    } else {
      absl::StrAppend(&statements.first, "DROP INDEX ", index[1], ";");
      absl::StrAppend(&statements.second, index[2], ";");
    }
  }
  return statements;
}

double SecondsSince(int64_t start) {
  return static_cast<double>(MonotonicMicros() - start) / 1e6;
}

}  // namespace

Register& Register::Small() {
  static Register small(kSmall);
  return small;
}

Register& Register::Large() {
  const char* wish = std::getenv("PINGAN_BENCH_PERSONS");
  static Register large(wish == nullptr ? kLarge : std::max(kSmall, int64_t{std::atoll(wish)}));
  return large;
}

Register::Register(int64_t persons)
    : persons_(persons),
      database_(Database().NewDatabase()),
      server_(std::make_unique<Server>(
          database_, -1, "population",
          std::vector<std::string>{absl::StrCat("--cache_mb=", kCacheMb)})),
      empty_bytes_(server_->process().ResidentBytes()) {
  Fill();
}

std::string Register::NameOf(int64_t row) const {
  return absl::StrFormat("persons/%s-%08d", people_.AreaOf(row).substr(0, 6), kBefore + row);
}

std::string Register::Query(const std::string& sql) const {
  return Database().Query(database_, sql);
}

void Register::Fill() {
  const auto [drop, create] = Indexes(
      Query("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename IN ('persons', "
            "'subject_keys', 'terms') ORDER BY indexname"));
  Query(drop);
  int64_t start = MonotonicMicros();
  std::vector<std::thread> threads;
  for (int64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [this, i] { Copy(persons_ * i / kThreads, persons_ * (i + 1) / kThreads); });
  }
  for (std::thread& thread : threads) thread.join();
  Log(absl::StrFormat("  %d persons copied in %.0f s", persons_, SecondsSince(start)));
  start = MonotonicMicros();
  Query("SET maintenance_work_mem TO '1GB'; " + create);
  std::set<std::string> sequences;
  for (int64_t row = 0; row < kSmall; ++row) {
    v1::PersonRecord record;
    record.mutable_person()->set_area(people_.AreaOf(row));
    sequences.insert("('" + population::SequenceOf(record) + "', " +
                     std::to_string(kBefore + persons_) + ")");
  }
  Query("INSERT INTO sequences (name, value) VALUES " + absl::StrJoin(sequences, ", "));
  Query("UPDATE revision SET revision = 1");
  Query("VACUUM ANALYZE");
  Query("CHECKPOINT");
  Log(absl::StrFormat("  %d persons indexed in %.0f s, %s", persons_, SecondsSince(start),
                      Query("SELECT pg_size_pretty(pg_database_size(current_database()))")));
}

void Register::Copy(int64_t from, int64_t to) const {
  const area::Tree areas = Must(area::Tree::Load("common/area/data/zhoukou.tsv"));
  const auto keyring = Must(crypto::Keyring::Load(server_->keyring()));
  const auth::Caller importer{.subject = "bench", .roles = {"importer"}, .area = "4116"};
  const Env env{importer, Clock::Real().Now(), areas, calendar::Calendar::Embedded(),
                population::DefaultLimits()};
  const rpc::Table& table = population::PersonTable();
  const rpc::Records records(nullptr, keyring.get());
  CopyIn persons(database_, table.spec), keys(database_, rpc::kSubjectKeys),
      terms(database_, rpc::kTerms);
  for (int64_t row = from; row < to; ++row) {
    if (row % 1'000'000 == 0 && row > 0) Log(absl::StrFormat("  person %d", row));
    const std::string name = NameOf(row);
    const v1::PersonRecord record = Stored(people_.Row(row), name, env);
    const crypto::SubjectKey key = crypto::NewSubjectKey();
    persons.Add({.key = name,
                 .area = record.person().area(),
                 .version = 1,
                 .body = records.Encode(record, name, 1, key),
                 .columns = rpc::ColumnsOf(*keyring, table, record)});
    keys.Add(records.KeyRow(name, 1, key));
    for (const std::string& term : rpc::TermKeys(*keyring, table, &record, name)) {
      terms.Add({.key = term, .version = 1});
    }
    if (row % 10 != 0) continue;
    const std::string number = population::DocumentKey("111", People::CitizenId(row));
    terms.Add({.key = absl::StrCat(table.spec.name, ".", kPlainIndex, "\n", number, "\n", name),
               .version = 1});
  }
}

}  // namespace pingan::bench
