#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "common/store/connection.h"
#include "common/store/sqlite_checkpoint.h"
#include "common/store/sqlite_wal.h"

namespace pingan::store {
namespace {

constexpr size_t kStatementsMax = 256;

constexpr Dialect kDialect = {
    .begin = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .for_update = "",
    // There is no absolute value of the least integer.
    .fails_without = "SELECT abs(-9223372036854775807 - (count(*) = 0)) FROM ",
    .now_us = "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)",
    .schema_lock = "SELECT 1",
    .columns_of = "SELECT name FROM pragma_table_info($1)",
    .text = "TEXT",
    .integer = "INTEGER",
    .bytes = "BLOB",
    .in_key_index = " WITHOUT ROWID",
};

void Bind(sqlite3_stmt* statement, int index, const Value& value, Type type) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    sqlite3_bind_int64(statement, index, *integer);
  } else if (const auto* string = std::get_if<std::string>(&value)) {
    if (type == Type::kBytes) {
      sqlite3_bind_blob64(statement, index, string->data(), string->size(), SQLITE_STATIC);
    } else {
      sqlite3_bind_text64(statement, index, string->data(), string->size(), SQLITE_STATIC,
                          SQLITE_UTF8);
    }
  } else {
    sqlite3_bind_null(statement, index);
  }
}

Value ColumnValue(sqlite3_stmt* statement, int index) {
  switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, index);
    case SQLITE_NULL:
      return std::monostate();
    default: {
      const void* data = sqlite3_column_blob(statement, index);
      return std::string(static_cast<const char*>(data), sqlite3_column_bytes(statement, index));
    }
  }
}

class SqliteConnection : public Connection {
 public:
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  ~SqliteConnection() override {
    Forget();
    sqlite3_close(db_);
  }

  StatusOr<std::vector<Result>> Run(std::span<const Statement> statements) override {
    std::vector<Result> results;
    results.reserve(statements.size());
    for (const Statement& statement : statements) {
      Status status =
          std::visit([&](const auto& s) { return Execute(s, &results.emplace_back()); }, statement);
      if (status.ok()) continue;
      ForgetGathered(db_);
      if (!sqlite3_get_autocommit(db_)) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
      return status;
    }
    return results;
  }

  bool Lost() const override { return read_only_ || uncertain_; }
  bool Uncertain() const override { return uncertain_; }

 private:
  Status Execute(const Sql& sql, Result* result) {
    ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(sql.text));
    for (size_t i = 0; i < sql.params.size(); ++i) {
      Bind(statement, static_cast<int>(i + 1), sql.params[i].value, sql.params[i].type);
    }
    return Step(statement, result);
  }

  Status Execute(const Insert& insert, Result* result) {
    std::string values = "VALUES (";
    for (size_t i = 0; i < insert.columns.size(); ++i)
      absl::StrAppend(&values, i ? ", $" : "$", i + 1);
    ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(InsertText(insert, values + ")")));
    for (const auto& row : insert.rows) {
      for (size_t i = 0; i < row.size(); ++i) {
        Bind(statement, static_cast<int>(i + 1), row[i], insert.columns[i].type);
      }
      RETURN_IF_ERROR(Step(statement, result));
    }
    return absl::OkStatus();
  }

  Status Execute(const Lookup& lookup, Result* result) {
    std::string text = "SELECT ";
    for (size_t i = 0; i < lookup.columns.size(); ++i) {
      absl::StrAppend(&text, i ? ", " : "", Quoted(lookup.columns[i]));
    }
    absl::StrAppend(&text, " FROM ", Quoted(lookup.table), " WHERE ", Quoted(lookup.key.name),
                    " = $1");
    ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(text));
    for (const std::string& key : lookup.keys) {
      const Value value = key;
      Bind(statement, 1, value, lookup.key.type);
      RETURN_IF_ERROR(Step(statement, result));
    }
    return absl::OkStatus();
  }

  Status Execute(const Prefixes& prefixes, Result* result) {
    ASSIGN_OR_RETURN(sqlite3_stmt * statement,
                     Prepare(absl::StrCat("SELECT $1, key FROM ", Quoted(prefixes.table),
                                          " WHERE key >= $2 AND key < $3 ORDER BY key LIMIT $4")));
    for (size_t i = 0; i < prefixes.prefixes.size(); ++i) {
      const Value from = prefixes.prefixes[i], to = Beyond(prefixes.prefixes[i]);
      Bind(statement, 1, Value(static_cast<int64_t>(i)), Type::kInteger);
      Bind(statement, 2, from, Type::kText);
      Bind(statement, 3, to, Type::kText);
      Bind(statement, 4, Value(int64_t{prefixes.limit}), Type::kInteger);
      RETURN_IF_ERROR(Step(statement, result));
    }
    return absl::OkStatus();
  }

  StatusOr<sqlite3_stmt*> Prepare(const std::string& text) {
    auto it = statements_.find(text);
    if (it != statements_.end()) return it->second;
    if (statements_.size() >= kStatementsMax) Forget();
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, text.data(), static_cast<int>(text.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
      return LastError();
    }
    statements_.emplace(text, statement);
    return statement;
  }

  Status Step(sqlite3_stmt* statement, Result* result) {
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      auto& row = result->rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i)
        row.push_back(ColumnValue(statement, i));
    }
    Status status = code == SQLITE_DONE ? absl::OkStatus() : LastError();
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
  }

  Status LastError() {
    const int code = sqlite3_errcode(db_) & 0xff;
    // After a failed fsync nobody can say whether the commit will be found on the disk. A file that
    // was opened while it could only be read stays so: another session finds out when it can be
    // written.
    if (code == SQLITE_IOERR) uncertain_ = true;
    if (code == SQLITE_READONLY) read_only_ = true;
    const bool passing = Lost() || code == SQLITE_FULL || code == SQLITE_BUSY ||
                         code == SQLITE_CANTOPEN || code == SQLITE_NOMEM;
    return passing ? DatabaseUnavailable(sqlite3_errstr(code))
                   : StatementFailed(sqlite3_errstr(code));
  }

  void Forget() {
    for (auto& [text, statement] : statements_) sqlite3_finalize(statement);
    statements_.clear();
  }

  sqlite3* db_;
  bool uncertain_ = false, read_only_ = false;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

class SqliteDatabase : public Database {
 public:
  SqliteDatabase(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
  ~SqliteDatabase() override {
    checkpointer_ = nullptr;  // the lock is of all that is open
    close(lock_fd_);
  }

  StatusOr<std::unique_ptr<Connection>> Connect(Role role) override {
    sqlite3* db = nullptr;
    int code = OpenFile(&db);
    auto connection = std::make_unique<SqliteConnection>(db);
    if (code != SQLITE_OK) return DatabaseUnavailable(sqlite3_errstr(code));
    const char* settings =
        role == Role::kWrite
            ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST;"
              "PRAGMA cache_size=-65536"
            : "PRAGMA query_only=1; PRAGMA cache_size=-16384";
    code = sqlite3_exec(db, settings, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return DatabaseUnavailable(sqlite3_errstr(code));
    if (role == Role::kWrite) RETURN_IF_ERROR(Follow(db));
    return connection;
  }

  const Dialect& dialect() const override { return kDialect; }

 private:
  int OpenFile(sqlite3** db) const {
    const int code = sqlite3_open_v2(
        path_.c_str(), db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
        WalGatheringVfs());
    if (code == SQLITE_OK) sqlite3_busy_timeout(*db, 10'000);
    return code;
  }

  Status Follow(sqlite3* writer) {
    std::lock_guard lock(mutex_);
    if (checkpointer_ == nullptr) {
      sqlite3* db = nullptr;
      int code = OpenFile(&db);
      if (code == SQLITE_OK)
        code = sqlite3_exec(db, "SELECT 1 FROM sqlite_schema", nullptr, nullptr, nullptr);
      if (code != SQLITE_OK) {
        sqlite3_close(db);
        return DatabaseUnavailable(sqlite3_errstr(code));
      }
      checkpointer_ = std::make_unique<Checkpointer>(db);
    }
    checkpointer_->Follow(writer);
    return absl::OkStatus();
  }

  std::string path_;
  int lock_fd_;
  std::mutex mutex_;
  std::unique_ptr<Checkpointer> checkpointer_;  // since the first that writes
};

// One name for one file, so that a link to it is locked out too. Made if it is not there, because
// a link to nothing has no other name yet.
StatusOr<std::string> RealPath(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    const int fd = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (fd < 0) return DatabaseUnavailable("cannot create the database file");
    close(fd);
  }
  const auto real = std::filesystem::canonical(path, error);
  if (error) return DatabaseUnavailable("cannot find the database file");
  return real.string();
}

}  // namespace

StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& name) {
  // Counting what SQLite allocates costs a lock each time; before the first use, else refused.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)uncounted;
  ASSIGN_OR_RETURN(const std::string path, RealPath(name));
  const int fd = open((path + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return DatabaseUnavailable("cannot create the lock file");
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED,
                 "the database file is in use by another process");
  }
  return std::make_unique<SqliteDatabase>(path, fd);
}

}  // namespace pingan::store
