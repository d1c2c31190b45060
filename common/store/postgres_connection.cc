#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "common/store/connection.h"
#include "common/store/postgres_wire.h"

namespace pingan::store {
namespace {

constexpr size_t kStatementsMax = 512;
constexpr size_t kRowsMax = 24;  // of an insertion, as parameters

constexpr Dialect kDialect = {
    .begin = "BEGIN",
    .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    .for_update = " FOR UPDATE",
    .fails_without = "SELECT 1 / count(*) FROM ",
    .now_us = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)",
    .schema_lock = "SELECT pg_advisory_xact_lock(7243100)",
    .columns_of =
        "SELECT CAST(column_name AS TEXT) FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND CAST(table_name AS TEXT) = $1",
    .text = "TEXT COLLATE \"C\"",
    .integer = "BIGINT",
    .bytes = "BYTEA",
    .in_key_index = "",
};

// A COMMIT is never bounded by a timeout: cancelling it would leave its outcome open. Plans are
// made while tables may still be empty, and kept: all look-ups have an index, which is right at any
// size.
constexpr char kSettings[] =
    "SET client_encoding TO 'UTF8'; SET client_min_messages TO warning; SET jit TO off; "
    "SET default_transaction_isolation TO 'read committed'; SET enable_seqscan TO off; ";
constexpr char kReadSettings[] =
    "SET default_transaction_read_only TO on; SET statement_timeout TO '10s'";
constexpr char kWriteSettings[] =
    "SET statement_timeout TO 0; SET lock_timeout TO '10s'; SET plan_cache_mode TO "
    "force_generic_plan; "
    "SET idle_in_transaction_session_timeout TO '10s'";

// Parameters as libpq wants them, all in the binary format.
class Wire {
 public:
  void AddNull() { Push(nullptr, 0); }
  void Add(std::string bytes) {
    const std::string& kept = kept_.emplace_back(std::move(bytes));
    Push(kept.data(), kept.size());
  }
  // A string is not copied.
  void Add(const Value& value) {
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      std::string bytes;
      PutInt64(&bytes, *integer);
      Add(std::move(bytes));
    } else if (const auto* string = std::get_if<std::string>(&value)) {
      Push(string->data(), string->size());
    } else {
      AddNull();
    }
  }

  bool Send(PGconn* connection, const std::string& name) const {
    return PQsendQueryPrepared(connection, name.c_str(), static_cast<int>(values_.size()),
                               values_.data(), lengths_.data(), formats_.data(),
                               /*resultFormat=*/1) == 1;
  }

 private:
  void Push(const char* data, size_t size) {
    values_.push_back(data);
    lengths_.push_back(static_cast<int>(size));
    formats_.push_back(1);
  }

  std::deque<std::string> kept_;
  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
};

Value Decode(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column)) return std::monostate();
  const char* data = PQgetvalue(result, row, column);
  switch (PQftype(result, column)) {
    case kInt8: {
      uint64_t wire;
      std::memcpy(&wire, data, sizeof(wire));
      return static_cast<int64_t>(be64toh(wire));
    }
    case kInt4: {
      uint32_t wire;
      std::memcpy(&wire, data, sizeof(wire));
      return static_cast<int64_t>(static_cast<int32_t>(ntohl(wire)));
    }
    default:
      return std::string(data, PQgetlength(result, row, column));
  }
}

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

class PostgresConnection : public Connection {
 public:
  explicit PostgresConnection(PGconn* connection) : connection_(connection) {
    PQsetNoticeReceiver(connection_, &PostgresConnection::Notice, this);
  }
  ~PostgresConnection() override { PQfinish(connection_); }

  StatusOr<std::vector<Result>> Run(std::span<const Statement> statements) override {
    if (Ended()) {
      unsent_ = true;
      return DatabaseUnavailable("connection lost");
    }
    auto results = Pipeline(statements);
    if (!results.ok() && !Lost() && PQtransactionStatus(connection_) != PQTRANS_IDLE) {
      const Statement rollback = Sql{"ROLLBACK"};
      if (!Pipeline({&rollback, 1}).ok()) gone_ = true;
    }
    return results;
  }

  bool Lost() const override { return read_only_ || unsent_ || Uncertain(); }
  bool Uncertain() const override {
    return !unsent_ && (gone_ || PQstatus(connection_) != CONNECTION_OK);
  }

 private:
  // Whether the server has ended the session while it was idle: first it says why, then it hangs
  // up.
  bool Ended() { return !PQconsumeInput(connection_) || !PQconsumeInput(connection_); }

  // One answer awaited from the server: of a preparation, then entered in the cache, or of a run.
  struct Awaited {
    const std::string* prepared = nullptr;  // text or key of the statement
    std::string name;
  };

  StatusOr<std::vector<Result>> Pipeline(std::span<const Statement> statements) {
    // Not within a transaction: one that failed takes nothing but its end.
    if (prepared_.size() >= kStatementsMax && PQtransactionStatus(connection_) == PQTRANS_IDLE)
      RETURN_IF_ERROR(Forget());
    warned_ = false;
    keys_.clear();
    std::deque<Awaited> awaited;
    bool sent =
        PQpipelineStatus(connection_) == PQ_PIPELINE_ON || PQenterPipelineMode(connection_) == 1;
    for (const Statement& statement : statements) {
      sent = sent && std::visit([&](const auto& s) { return Send(s, &awaited); }, statement);
    }
    if (!sent || PQpipelineSync(connection_) != 1) return Gone();
    return Receive(awaited, statements.size());
  }

  StatusOr<std::vector<Result>> Receive(const std::deque<Awaited>& awaited, size_t statements) {
    std::vector<Result> results;
    results.reserve(statements);
    Status status;
    for (const Awaited& answer : awaited) {
      Result* to = answer.prepared == nullptr ? &results.emplace_back() : nullptr;
      while (ResultPtr result{PQgetResult(connection_)}) {
        if (PQstatus(connection_) != CONNECTION_OK) return Gone();
        const ExecStatusType code = PQresultStatus(result.get());
        if (code == PGRES_TUPLES_OK && to != nullptr) {
          Collect(result.get(), to);
        } else if (code == PGRES_COMMAND_OK) {
          if (answer.prepared != nullptr) prepared_.emplace(*answer.prepared, answer.name);
        } else if (status.ok()) {
          status = ErrorOf(result.get());
        }
      }
      if (PQstatus(connection_) != CONNECTION_OK) return Gone();
    }
    ResultPtr sync{PQgetResult(connection_)};
    if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return Gone();
    if (!status.ok()) return status;
    if (!results.empty()) results.back().warned = warned_;
    return results;
  }

  static void Collect(const PGresult* result, Result* to) {
    const int columns = PQnfields(result);
    for (int i = 0; i < PQntuples(result); ++i) {
      auto& row = to->rows.emplace_back();
      row.reserve(columns);
      for (int j = 0; j < columns; ++j) row.push_back(Decode(result, i, j));
    }
  }

  bool Send(const Sql& sql, std::deque<Awaited>* awaited) {
    Wire wire;
    for (const Param& param : sql.params) wire.Add(param.value);
    return Send(sql.text, wire, awaited);
  }

  // Few rows go as parameters, which cost the server less than arrays of columns. But each number
  // of rows is a statement of its own, so many go as arrays.
  bool Send(const Insert& insert, std::deque<Awaited>* awaited) {
    const size_t rows = insert.rows.size() <= kRowsMax ? insert.rows.size() : 0;
    // Stands for the text, which takes longer to put together.
    std::string key =
        absl::StrCat(insert.upsert.empty() ? "new " : "any ", rows, " ", insert.table);
    for (const Column& column : insert.columns) absl::StrAppend(&key, ",", column.name);
    Wire wire;
    for (size_t r = 0; r < rows; ++r) {
      for (const Value& value : insert.rows[r]) wire.Add(value);
    }
    for (size_t i = 0; rows == 0 && i < insert.columns.size(); ++i) {
      std::string array = ArrayHeader(insert.columns[i].type, insert.rows.size());
      for (const auto& row : insert.rows) PutElement(&array, row[i]);
      wire.Add(std::move(array));
    }
    const auto text = [&] { return InsertText(insert, SourceOf(insert.columns, rows)); };
    return Send(key, text, wire, awaited);
  }

  // `rows` = 0: arrays.
  static std::string SourceOf(const std::vector<Column>& columns, size_t rows) {
    std::string source = rows > 0 ? "VALUES (" : "SELECT * FROM unnest(";
    for (size_t i = 0; i < std::max<size_t>(rows, 1) * columns.size(); ++i) {
      const size_t column = i % columns.size();
      absl::StrAppend(&source,
                      i == 0        ? "$"
                      : column == 0 ? "), ($"
                                    : ", $",
                      i + 1, rows > 0 ? "" : ArrayCast(columns[column].type));
    }
    return source + ")";
  }

  static std::string Array(Type type, const std::vector<std::string>& values) {
    std::string array = ArrayHeader(type, values.size());
    for (const std::string& value : values) {
      PutInt32(&array, value.size());
      array += value;
    }
    return array;
  }

  bool Send(const Lookup& lookup, std::deque<Awaited>* awaited) {
    Wire wire;
    wire.Add(Array(lookup.key.type, lookup.keys));
    std::string text = "SELECT ";
    for (size_t i = 0; i < lookup.columns.size(); ++i) {
      absl::StrAppend(&text, i ? ", " : "", Quoted(lookup.columns[i]));
    }
    absl::StrAppend(&text, " FROM ", Quoted(lookup.table), " WHERE ", Quoted(lookup.key.name),
                    " = ANY($1)");
    return Send(text, wire, awaited);
  }

  // LATERAL makes each search one walk along the index.
  bool Send(const Prefixes& prefixes, std::deque<Awaited>* awaited) {
    Wire wire;
    std::vector<std::string> beyond;
    for (const std::string& prefix : prefixes.prefixes) beyond.push_back(Beyond(prefix));
    wire.Add(Array(Type::kText, prefixes.prefixes));
    wire.Add(Array(Type::kText, beyond));
    const std::string text = absl::StrCat(
        "SELECT p.place - 1, t.key FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS "
        "p(low, high, place), LATERAL (SELECT key FROM ",
        Quoted(prefixes.table), " WHERE key >= p.low AND key < p.high ORDER BY key LIMIT ",
        prefixes.limit, ") AS t");
    return Send(text, wire, awaited);
  }

  bool Send(const std::string& text, const Wire& wire, std::deque<Awaited>* awaited) {
    return Send(
        text, [&] { return text; }, wire, awaited);
  }

  // The key is the text, or stands for it.
  template <class Text>
  bool Send(const std::string& key, const Text& text, const Wire& wire,
            std::deque<Awaited>* awaited) {
    std::string name;
    if (const auto it = prepared_.find(key); it != prepared_.end()) {
      name = it->second;
    } else if (const auto sent = keys_.find(key); sent != keys_.end()) {
      name = sent->second;
    } else {
      name = absl::StrCat("s", ++last_name_);
      if (PQsendPrepare(connection_, name.c_str(), text().c_str(), 0, nullptr) != 1) return false;
      const auto& kept = *keys_.emplace(key, name).first;
      awaited->push_back({&kept.first, name});
    }
    if (!wire.Send(connection_, name)) return false;
    awaited->emplace_back();
    return true;
  }

  Status ErrorOf(const PGresult* result) {
    const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string state = field ? field : "";
    const std::string why = absl::StrCat("SQLSTATE ", state);
    const bool read_only = state == "25006";
    // A server that has become a standby: only another session can find the new primary.
    if (read_only) read_only_ = true;
    const bool passing = read_only || state == "55P03" || state == "58030" ||
                         state.starts_with("08") || state.starts_with("40") ||
                         state.starts_with("53") || state.starts_with("57");
    return passing ? DatabaseUnavailable(why) : StatementFailed(why);
  }

  Status Gone() {
    gone_ = true;
    return DatabaseUnavailable("connection lost");
  }

  // Queries come in many shapes, and each stays prepared on the server.
  Status Forget() {
    prepared_.clear();
    const Statement statement = Sql{"DEALLOCATE ALL"};
    Status status = Pipeline({&statement, 1}).status();
    prepared_.clear();
    return status;
  }

  static void Notice(void* self, const PGresult* notice) {
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::strcmp(severity, "WARNING") == 0) {
      static_cast<PostgresConnection*>(self)->warned_ = true;
    }
  }

  PGconn* connection_;
  bool gone_ = false, unsent_ = false, read_only_ = false;
  bool warned_ = false;
  int64_t last_name_ = 0;
  std::unordered_map<std::string, std::string> prepared_;  // text or key -> name
  std::unordered_map<std::string, std::string> keys_;      // the same, sent in this pipeline
};

class PostgresDatabase : public Database {
 public:
  explicit PostgresDatabase(std::string conninfo) : conninfo_(std::move(conninfo)) {}

  StatusOr<std::unique_ptr<Connection>> Connect(Role role) override {
    // What the connection string says comes later and wins.
    const char* const names[] = {"connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "application_name",
                                 "dbname",
                                 nullptr};
    const char* const values[] = {"3",    "5", "2", "3", "10000", "pingan", conninfo_.c_str(),
                                  nullptr};
    PGconn* raw = PQconnectdbParams(names, values, /*expand_dbname=*/1);
    auto connection = std::make_unique<PostgresConnection>(raw);
    if (PQstatus(raw) != CONNECTION_OK) return DatabaseUnavailable("cannot connect");
    const std::string settings =
        std::string(kSettings) + (role == Role::kRead ? kReadSettings : kWriteSettings);
    ResultPtr result{PQexec(raw, settings.c_str())};
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      return DatabaseUnavailable("cannot set up the session");
    return connection;
  }

  const Dialect& dialect() const override { return kDialect; }

 private:
  std::string conninfo_;
};

}  // namespace

StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo) {
  // Its own words of what is wrong may hold the password.
  PQconninfoOption* const parsed = PQconninfoParse(conninfo.c_str(), nullptr);
  if (parsed == nullptr) {
    return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
                 "want sqlite:PATH or postgresql://USER@HOST/DATABASE");
  }
  PQconninfoFree(parsed);
  return std::make_unique<PostgresDatabase>(conninfo);
}

}  // namespace pingan::store
