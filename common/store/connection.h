// The driver interface: what the store asks of a database engine. Only the two drivers behind it
// include a database's header.
//
// The SQL handed in is the common subset of both engines, with parameters $1..$n that first appear
// in this order. An integer parameter stands only where a BIGINT is expected.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/status.h"
#include "common/store/row.h"

namespace pingan::store {

// A value for a `$n`. The type of a string is text unless told.
struct Param {
  Param(Value value) : Param(std::move(value), Type::kText) {}
  Param(Value value, Type type) : value(std::move(value)), type(type) {}
  Value value;
  Type type;
};

struct Sql {
  std::string text;
  std::vector<Param> params;
};

// Inserts many rows at once; where `upsert` names the primary key, a row that exists is replaced.
struct Insert {
  std::string table;
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows;
  std::vector<std::string> upsert;
};

// Reads `columns` of the rows whose key is among `keys`; absent keys give no row, order is free.
struct Lookup {
  std::string table;
  Column key;
  std::vector<std::string> columns;
  std::vector<std::string> keys;
};

// Reads for each of the prefixes, which end with an ASCII character, the keys that begin with it:
// in order, at most `limit`. A row is the number of the prefix, from 0, and a key.
struct Prefixes {
  std::string table;
  std::vector<std::string> prefixes;
  int limit = 0;
};

using Statement = std::variant<Sql, Insert, Lookup, Prefixes>;

struct Result {
  std::vector<std::vector<Value>> rows;
  bool warned = false;  // the engine raised a warning; on COMMIT: it may not be durable everywhere
};

// What the engines say differently.
struct Dialect {
  std::string_view begin;          // starts a transaction that will write
  std::string_view begin_read;     // starts one whose statements see one moment
  std::string_view for_update;     // appended to a SELECT to lock its rows
  std::string_view fails_without;  // begins a SELECT that fails if the table after it has no row
  std::string_view now_us;         // the database's clock, Unix microseconds
  std::string_view schema_lock;    // holds off others that migrate, until the transaction ends
  std::string_view columns_of;     // names of the columns of table $1; none = no such table
  std::string_view text, integer, bytes;
  std::string_view in_key_index;  // ends the definition of a table whose rows are short
};

// One session. Not thread safe.
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs the statements in order, in as few round trips as the engine allows, and answers one
  // result each. After an error the rest was not run and no transaction is open. Errors:
  // UNAVAILABLE (DATABASE_UNAVAILABLE) when the engine cannot serve now, INTERNAL (INTERNAL_FAULT)
  // otherwise; neither carries a stored value.
  virtual StatusOr<std::vector<Result>> Run(std::span<const Statement> statements) = 0;

  // The session is of no more use: another one may be.
  virtual bool Lost() const = 0;

  // It ended while the last Run went on: what that did is unknown where it held a COMMIT, and
  // nothing else. Without it, a Run that fails has done nothing.
  virtual bool Uncertain() const = 0;
};

enum class Role { kRead, kWrite };

// Where sessions come from. Safe from any thread.
class Database {
 public:
  virtual ~Database() = default;
  virtual StatusOr<std::unique_ptr<Connection>> Connect(Role role) = 0;
  virtual const Dialect& dialect() const = 0;
};

// `path` is created when absent, and locked for this process through `<path>.lock`:
// FAILED_PRECONDITION while another holds it.
StatusOr<std::unique_ptr<Database>> OpenSqlite(const std::string& path);

// Does not connect yet. INVALID_ARGUMENT for what is no connection string of libpq.
StatusOr<std::unique_ptr<Database>> OpenPostgres(const std::string& conninfo);

// The two errors of Run. `why` of the second is for the log alone: it carries no reason, so callers
// are told of an internal fault and no more. Neither may hold the database's own words, which can
// have values in them.
Status DatabaseUnavailable(std::string_view why);
Status StatementFailed(std::string_view why);

// The least text beyond all that begin with the prefix.
std::string Beyond(std::string prefix);

// `name` as an SQL identifier.
std::string Quoted(std::string_view name);

// "INSERT INTO table (columns) <source> [ON CONFLICT …]".
std::string InsertText(const Insert& insert, std::string_view source);

}  // namespace pingan::store
