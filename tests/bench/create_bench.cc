// create_pgbench, create_sqlite: durable CreateDispute against the same rows written one
// transaction per create, into tables with the same columns, sizes and indexes.
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/clock.h"
#include "common/testing/postgres.h"
#include "tests/bench/benches.h"
#include "tests/bench/cases.h"
#include "tests/bench/drive.h"
#include "tests/bench/lab.h"

namespace pingan::bench {
namespace {

constexpr int kClients = 32, kSqliteClients = 1024, kVillageStride = 25;
constexpr double kSeconds = 4;
// What one create writes.
constexpr const char* kTables[] = {"disputes", "subject_keys", "events", "audit", "replies"};

using Expressions = std::map<std::string, std::string>;  // of columns that differ from row to row

// The statement that writes a row like the sample: literals, but for what must differ.
std::string InsertLike(const std::string& table, const std::string& sample_lines,
                       Expressions differ) {
  if (table == "replies") differ["key"] = differ["digest"];
  std::vector<std::string> names, values;
  for (const auto line : absl::StrSplit(sample_lines, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> column =
        absl::StrSplit(line, absl::MaxSplits('|', 1));
    names.push_back("\"" + column.first + "\"");
    const auto it = differ.find(column.first);
    values.push_back(it == differ.end() ? column.second : it->second);
  }
  return absl::StrCat(table, " (", absl::StrJoin(names, ", "), ") VALUES (",
                      absl::StrJoin(values, ", "), ")");
}

// Our side: creates through gRPC, and what was acknowledged.
class Creates {
 public:
  Creates(const std::string& database, int clients)
      : server_(std::make_unique<Server>(database)), cases_(kVillageStride) {
    load_ = {.target = server_->target(),
             .token = server_->Token("city_officer"),
             .method = "/pingan.disputes.v1.Disputes/CreateDispute",
             .next = [this] { return cases_.Create().SerializeAsString(); },
             .outstanding = clients,
             // Below the 100 that each takes, for calls end on one before they do on another.
             .connections = std::max(kConnections, clients / 80),
             .seconds = kSeconds};
  }

  Sample Run() {
    const double cpu = server_->process().CpuSeconds();
    const Tally tally = Drive(load_);
    acknowledged_ += tally.acknowledged;
    for (const auto& [code, count] : tally.codes) {
      if (code != 0) Die(absl::StrFormat("%d creates ended with code %d", count, code));
    }
    Log(absl::StrFormat("    creates: p50 %.2f ms, p99 %.2f ms", Quantile(tally.milliseconds, 0.5),
                        Quantile(tally.milliseconds, 0.99)));
    const double used = server_->process().CpuSeconds() - cpu;
    return {.value = tally.per_second, .per_cpu = static_cast<double>(tally.acknowledged) / used};
  }

  int64_t acknowledged() const { return acknowledged_; }
  const Cases& cases() const { return cases_; }
  void Stop() { server_ = nullptr; }

 private:
  std::unique_ptr<Server> server_;
  Cases cases_;
  Load load_;
  int64_t acknowledged_ = 0;
};

class Pgbench {
 public:
  Pgbench(testing::Postgres* postgres, const std::string& database, const Cases& cases)
      : postgres_(postgres), database_(database) {
    Query(
        "CREATE SCHEMA ref; CREATE SEQUENCE ref.ids; CREATE TABLE ref.revision (LIKE revision "
        "INCLUDING ALL); INSERT INTO ref.revision SELECT * FROM revision");
    for (const std::string table : kTables)
      Query("CREATE TABLE ref." + table + " (LIKE public." + table + " INCLUDING ALL)");
    villages_ = absl::StrCat("('{", absl::StrJoin(cases.villages(), ","), "}'::text[])[:village]");
    const int count = static_cast<int>(cases.villages().size());
    files_.Write("plain.sql", Script(count, "SELECT nextval('ref.ids');", "currval('ref.ids')"));
    files_.Write("locked.sql",
                 Script(count,
                        "UPDATE ref.revision SET revision = revision + 1 RETURNING revision + "
                        "500000000 AS id \\gset",
                        ":id::bigint"));
  }

  // One create, numbered by what `draw` says, which `id` is in the statements after it.
  std::string Script(int villages, const std::string& draw, const std::string& id) {
    const std::string name = "'disputes/411602-2026-' || lpad(" + id + "::text, 9, '0')";
    const Expressions differ = {{"key", name},
                                {"name", name},
                                {"version", id},
                                {"revision", id},
                                {"id", id},
                                {"subject", name},
                                {"digest", "sha256(int8send(" + id + "))"},
                                {"area", villages_}};
    std::string script =
        absl::StrFormat("\\set village random(1, %d)\nBEGIN;\n%s\n", villages, draw);
    for (const std::string table : kTables)
      script += "INSERT INTO ref." + InsertLike(table, SampleOf(table), differ) + ";\n";
    return script + "COMMIT;\n";
  }

  Sample Run(const std::string& script) {
    const std::string said = Shell(
        absl::StrFormat("/usr/bin/pgbench -n -c %d -j 2 -M prepared -T %.0f -f %s/%s.sql '%s' 2>&1",
                        kClients, kSeconds, files_.path(), script, database_));
    const size_t at = said.find("tps = ");
    if (at == std::string::npos) Die(said);
    return {.value = std::atof(said.c_str() + at + 6)};
  }

  int64_t Number(const std::string& sql) { return std::atoll(Query(sql).c_str()); }
  std::string Query(const std::string& sql) { return postgres_->Query(database_, sql); }

 private:
  // column|literal of one stored row.
  std::string SampleOf(const std::string& table) {
    return Query(absl::StrFormat(
        "SELECT column_name, quote_nullable(row->>column_name) || '::' || data_type FROM "
        "information_schema.columns, (SELECT to_jsonb(t) AS row FROM public.%s t LIMIT 1) s "
        "WHERE table_schema = 'public' AND table_name = '%s' ORDER BY ordinal_position",
        table, table));
  }

  testing::Postgres* const postgres_;
  const std::string database_;
  Folder files_;
  std::string villages_;
};

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) Die("cannot open " + path);
  }
  ~Sqlite() { sqlite3_close(db_); }
  sqlite3_stmt* Prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) Fail(sql);
    return statement;
  }
  void Step(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) Fail(sqlite3_sql(statement));
    sqlite3_reset(statement);
  }
  // The rows as lines, columns joined by "|".
  std::string Query(const std::string& sql) {
    std::string lines;
    sqlite3_stmt* statement = Prepare(sql);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        absl::StrAppend(&lines, i > 0 ? "|" : "", text == nullptr ? "" : text);
      }
      lines += '\n';
    }
    if (sqlite3_finalize(statement) != SQLITE_OK) Fail(sql);
    return lines;
  }
  [[noreturn]] void Fail(const std::string& sql) {
    Die(absl::StrCat(sqlite3_errmsg(db_), ": ", sql));
  }

 private:
  sqlite3* db_ = nullptr;
};

// One connection, one transaction and so one sync per create.
class SqliteReference {
 public:
  SqliteReference(const std::string& path, const std::string& seed_path, const Cases& cases)
      : db_(path), villages_(cases.villages()) {
    db_.Query("PRAGMA journal_mode=WAL");
    db_.Query("PRAGMA synchronous=FULL");
    db_.Query("PRAGMA cache_size=-32768");
    Sqlite seed(seed_path);
    for (const std::string table : kTables) {
      for (const auto sql : absl::StrSplit(
               seed.Query(
                   "SELECT replace(sql, char(10), ' ') FROM sqlite_master WHERE sql NOT NULL AND "
                   "tbl_name = '" +
                   table + "' ORDER BY type DESC"),
               '\n', absl::SkipEmpty())) {
        db_.Query(std::string(sql));
      }
      const std::string name = "'disputes/411602-2026-' || printf('%09d', ?1)";
      statements_.push_back(db_.Prepare("INSERT INTO " + InsertLike(table, SampleOf(&seed, table),
                                                                    {{"key", name},
                                                                     {"name", name},
                                                                     {"version", "?1"},
                                                                     {"revision", "?1"},
                                                                     {"id", "?1"},
                                                                     {"subject", name},
                                                                     {"digest", "randomblob(32)"},
                                                                     {"area", "?2"}})));
    }
  }
  ~SqliteReference() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  }

  Sample Run() {
    const int64_t start = MonotonicMicros(), before = created_;
    while (MonotonicMicros() - start < static_cast<int64_t>(kSeconds * 1e6)) {
      db_.Query("BEGIN IMMEDIATE");
      ++created_;
      const std::string& village = villages_[created_ * 7 % villages_.size()];
      for (sqlite3_stmt* statement : statements_) {
        sqlite3_bind_int64(statement, 1, created_);
        if (sqlite3_bind_parameter_count(statement) > 1)
          sqlite3_bind_text(statement, 2, village.c_str(), -1, SQLITE_STATIC);
        db_.Step(statement);
      }
      db_.Query("COMMIT");
    }
    return {.value = static_cast<double>(created_ - before) / kSeconds};
  }

 private:
  // column|literal of one stored row.
  static std::string SampleOf(Sqlite* seed, const std::string& table) {
    std::string lines;
    const std::string columns = seed->Query("SELECT name FROM pragma_table_info('" + table + "')");
    for (const auto name : absl::StrSplit(columns, '\n', absl::SkipEmpty())) {
      const std::string column(name);
      absl::StrAppend(&lines, column, "|",
                      seed->Query("SELECT quote(\"" + column + "\") FROM " + table + " LIMIT 1"));
    }
    return lines;
  }

  Sqlite db_;
  const std::vector<std::string> villages_;
  std::vector<sqlite3_stmt*> statements_;
  int64_t created_ = 0;
};

}  // namespace

bool CreatePgbench() {
  testing::Postgres postgres;
  const std::string database = postgres.NewDatabase();
  Creates ours(database, kClients);
  ours.Run();
  Pgbench reference(&postgres, database, ours.cases());
  const int64_t syncs = reference.Number("SELECT wal_sync FROM pg_stat_wal");
  const bool ok = Compare(
      {"create_pgbench", 1.5, 3}, [&] { return ours.Run(); },
      [&] { return reference.Run("plain"); });
  // Numbers without gaps, in the order of the commits, as the service's are. Without a goal.
  Compare(
      {"create_pgbench_numbered", 0, 0}, [&] { return ours.Run(); },
      [&] { return reference.Run("locked"); });
  Log(absl::StrFormat("  fsync %s  synchronous_commit %s  WAL syncs %d",
                      reference.Query("SHOW fsync"), reference.Query("SHOW synchronous_commit"),
                      reference.Number("SELECT wal_sync FROM pg_stat_wal") - syncs));
  if (reference.Query("SHOW fsync") != "on\n" ||
      reference.Number("SELECT wal_sync FROM pg_stat_wal") == syncs) {
    Die("the database does not sync");
  }
  if (reference.Number("SELECT count(*) FROM public.disputes") != ours.acknowledged())
    Die("rows and acknowledged creates differ");
  return ok;
}

bool CreateSqlite() {
  const Folder files;
  const std::string seed = files.path() + "/seed.db";
  Creates(("sqlite:" + seed), 1).Run();
  Creates ours("sqlite:" + files.path() + "/disputes.db", kSqliteClients);
  SqliteReference reference(files.path() + "/reference.db", seed, ours.cases());
  const bool ok = Compare(
      {"create_sqlite", 5, 20}, [&] { return ours.Run(); }, [&] { return reference.Run(); });
  ours.Stop();
  const std::string rows =
      Sqlite(files.path() + "/disputes.db").Query("SELECT count(*) FROM disputes");
  if (std::atoll(rows.c_str()) != ours.acknowledged()) Die("rows and acknowledged creates differ");
  return ok;
}

}  // namespace pingan::bench
