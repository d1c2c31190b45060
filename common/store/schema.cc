#include "common/store/schema.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

constexpr std::array<std::string_view, 9> kSystemTables = {
    "revision",   "events",         "audit",  "replies",       "sequences",
    "fold_cells", "fold_positions", "leases", "schema_version"};

// The digits of county, township and village scopes that an index exists for.
constexpr std::array<int, 2> kScopeDigits = {6, 9};

std::set<std::string> NotNull(const TableSpec& table) {
  std::set<std::string> columns = {"key", "area", "version", "body"};
  for (const Order& order : table.orders) columns.insert(order.column);
  return columns;
}

class Ddl {
 public:
  explicit Ddl(const Dialect& dialect) : dialect_(dialect) {}

  std::string Define(const Column& column, bool not_null) const {
    std::string_view type = column.type == Type::kText      ? dialect_.text
                            : column.type == Type::kInteger ? dialect_.integer
                                                            : dialect_.bytes;
    std::string text = absl::StrCat(Quoted(column.name), " ", AbslView(type));
    if (not_null)
      absl::StrAppend(&text, " NOT NULL DEFAULT ", column.type == Type::kInteger ? "0" : "''");
    return text;
  }

  // `key` lists the columns of the primary key.
  std::string Table(std::string_view name, const std::vector<Column>& columns, std::string_view key,
                    const std::set<std::string>& not_null) const {
    auto define = [&](std::string* out, const Column& column) {
      *out += Define(column, not_null.contains(column.name));
    };
    return absl::StrCat("CREATE TABLE ", Quoted(name), " (", absl::StrJoin(columns, ", ", define),
                        ", PRIMARY KEY (", AbslView(key), "))");
  }

  std::string Table(const TableSpec& table) const {
    return absl::StrCat(Table(table.name, ColumnsOf(table), "key", NotNull(table)),
                        AbslView(table.short_rows ? dialect_.in_key_index : ""));
  }

 private:
  const Dialect& dialect_;
};

std::string Index(std::string_view table, std::string_view suffix, std::string_view columns) {
  return absl::StrCat("CREATE INDEX IF NOT EXISTS ",
                      Quoted(absl::StrCat(AbslView(table), "_", AbslView(suffix))), " ON ",
                      Quoted(table), " (", AbslView(columns), ")");
}

std::vector<std::string> Indexes(const TableSpec& table) {
  std::vector<std::string> indexes;
  for (const Order& order : table.orders) {
    const bool by_key = order.column == "key";
    const std::string columns = by_key ? "key" : absl::StrCat(Quoted(order.column), ", key");
    // With the area at the end, PostgreSQL counts what a scope holds from the index alone.
    const std::string and_area = columns + ", area";
    if (!by_key) indexes.push_back(Index(table.name, "by_" + order.column, and_area));
    if (!order.scoped) continue;
    for (int digits : kScopeDigits) {
      indexes.push_back(Index(table.name, absl::StrCat("area", digits, "_", order.column),
                              absl::StrCat("substr(area, 1, ", digits, "), ", and_area)));
    }
    indexes.push_back(Index(table.name, "area_" + order.column, "area, " + columns));
  }
  for (const std::string& column : table.indexed) {
    indexes.push_back(absl::StrCat(Index(table.name, "with_" + column, Quoted(column)), " WHERE ",
                                   Quoted(column), " IS NOT NULL"));
  }
  return indexes;
}

// Of what shows a record alone, so that other writes do not pay for it.
std::string IndexOfReads() {
  return Index("audit", "reads", "name, id") + absl::StrCat(" WHERE ", AbslView(kShows));
}

std::vector<std::string> SystemTables(const Dialect& dialect) {
  const Ddl ddl(dialect);
  const auto all = [&](std::string_view name, const std::vector<Column>& columns,
                       std::string_view key) {
    const auto names = Names(columns);
    return ddl.Table(name, columns, key, std::set<std::string>(names.begin(), names.end()));
  };
  const Column key{"key", Type::kBytes}, body{"body", Type::kBytes};
  const auto integer = [](const char* name) { return Column{name, Type::kInteger}; };
  return {
      all("revision",
          {integer("id"),
           integer("revision"),
           integer("audit_id"),
           integer("compacted_through"),
           integer("cache_generation"),
           integer("audit_from"),
           integer("audit_linked"),
           {"audit_link", Type::kBytes}},
          "id"),
      "INSERT INTO revision (id) VALUES (1)",
      all("events", EventColumns(), "revision"),
      Index("events", "of_name", "name, revision"),
      all("audit", AuditColumns(), "id"),
      Index("audit", "area6_id", "substr(area, 1, 6), id"),
      IndexOfReads(),
      // By the revision, so that old ones lie together and go together. An older database has them
      // by the key, with an index over the revision: copying them would hold up all writes.
      all("replies", ReplyColumns(), "revision"),
      "CREATE UNIQUE INDEX replies_of_key ON replies (key)",
      all("sequences", {{"name"}, integer("value")}, "name"),
      all("fold_cells", {{"fold"}, key, body}, "fold, key"),
      all("fold_positions", {{"fold"}, integer("position")}, "fold"),
      all("leases", {{"replica"}, integer("expires_us")}, "replica"),
  };
}

bool IsIdentifier(std::string_view name) {
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Status CheckDeclaration(const TableSpec& table) {
  const auto malformed = [&](std::string_view what) {
    return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
                 absl::StrCat("table ", table.name, ": ", AbslView(what)));
  };
  if (!IsIdentifier(table.name)) return malformed("name is no identifier");
  if (std::count(kSystemTables.begin(), kSystemTables.end(), table.name))
    return malformed("name is taken");
  std::set<std::string> names;
  for (const Column& column : ColumnsOf(table)) {
    if (!IsIdentifier(column.name)) return malformed("column is no identifier");
    if (!names.insert(column.name).second) return malformed("column is declared twice");
  }
  for (const Order& order : table.orders) {
    if (!names.contains(order.column)) return malformed("order over an unknown column");
  }
  for (const std::string& column : table.indexed) {
    if (!names.contains(column)) return malformed("index over an unknown column");
  }
  return absl::OkStatus();
}

Status Newer(std::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, common::v1::SCHEMA_NEWER,
               absl::StrCat("the database was written by a newer program: ", AbslView(what)));
}

class Migration {
 public:
  Migration(Connection& connection, const Dialect& dialect)
      : connection_(connection), dialect_(dialect) {}

  StatusOr<std::vector<std::vector<Value>>> Run(std::string_view text,
                                                std::vector<Param> params = {}) {
    const Statement statement = Sql{std::string(text), std::move(params)};
    ASSIGN_OR_RETURN(auto results, connection_.Run({&statement, 1}));
    return std::move(results[0].rows);
  }

  Status RunAll(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) RETURN_IF_ERROR(Run(text).status());
    return absl::OkStatus();
  }

  StatusOr<std::set<std::string>> ColumnsThere(std::string_view table) {
    ASSIGN_OR_RETURN(auto rows, Run(dialect_.columns_of, {Value(std::string(table))}));
    std::set<std::string> names;
    for (auto& row : rows) names.insert(String(std::move(row[0])));
    return names;
  }

  // Creates the table, or adds the columns it lacks.
  Status Bring(const TableSpec& table) {
    ASSIGN_OR_RETURN(std::set<std::string> there, ColumnsThere(table.name));
    const Ddl ddl(dialect_);
    const auto columns = ColumnsOf(table);
    if (there.empty()) return RunAll({ddl.Table(table)});
    for (const Column& column : columns) {
      if (there.erase(column.name)) continue;
      RETURN_IF_ERROR(
          RunAll({absl::StrCat("ALTER TABLE ", Quoted(table.name), " ADD COLUMN ",
                               ddl.Define(column, NotNull(table).contains(column.name)))}));
    }
    return there.empty() ? absl::OkStatus() : Newer("table " + table.name);
  }

  // What the database was last brought to: version (0 = nothing yet) and declaration.
  StatusOr<std::pair<int64_t, std::string>> Stored(std::string_view service) {
    ASSIGN_OR_RETURN(auto there, ColumnsThere("schema_version"));
    if (there.empty()) return std::pair<int64_t, std::string>();
    ASSIGN_OR_RETURN(auto rows,
                     Run("SELECT version, declared FROM schema_version WHERE service = $1",
                         {Value(std::string(service))}));
    if (rows.empty()) return std::pair<int64_t, std::string>();
    return std::pair(Integer(rows[0][0]), String(std::move(rows[0][1])));
  }

  // The system tables of an older version. Columns come with one value for all rows, which neither
  // engine writes into them: this takes no longer for a large table.
  Status BringSystemTables(int64_t from) {
    const auto add = [&](std::string_view table, const Column& column) {
      return absl::StrCat("ALTER TABLE ", AbslView(table), " ADD COLUMN ",
                          Ddl(dialect_).Define(column, /*not_null=*/true));
    };
    // What is there was told to the area it stands under, and to no other.
    if (from < 2) RETURN_IF_ERROR(RunAll({add("events", {"also"})}));
    if (from >= 3) return absl::OkStatus();
    // The revision first, as commits lock it. The chain begins with the next entry.
    return RunAll({add("revision", {"audit_from", Type::kInteger}),
                   add("revision", {"audit_linked", Type::kInteger}),
                   add("revision", {"audit_link", Type::kBytes}),
                   add("audit", {"link", Type::kBytes}),
                   "UPDATE revision SET audit_from = audit_id, audit_linked = audit_id",
                   "DROP INDEX IF EXISTS audit_reads", IndexOfReads()});
  }

  // Of before there were indexes that leave NULL out.
  Status DropFullIndexes(const TableSpec& table) {
    for (const std::string& column : table.indexed) {
      RETURN_IF_ERROR(RunAll({absl::StrCat("DROP INDEX IF EXISTS ",
                                           Quoted(absl::StrCat(table.name, "_of_", column)))}));
    }
    return absl::OkStatus();
  }

  Status MigrateTo(std::string_view service, std::span<const TableSpec* const> tables,
                   const std::string& declared) {
    ASSIGN_OR_RETURN(auto stored, Stored(service));
    if (stored.first > kSchemaVersion) return Newer(absl::StrCat("version ", stored.first));
    if (stored.first == 0) {
      RETURN_IF_ERROR(RunAll({Ddl(dialect_).Table(
          "schema_version", {{"service"}, {"version", Type::kInteger}, {"declared"}}, "service",
          {})}));
      RETURN_IF_ERROR(RunAll(SystemTables(dialect_)));
    } else {
      RETURN_IF_ERROR(BringSystemTables(stored.first));
    }
    for (const TableSpec* table : tables) {
      RETURN_IF_ERROR(Bring(*table));
      RETURN_IF_ERROR(RunAll(Indexes(*table)));
      RETURN_IF_ERROR(DropFullIndexes(*table));
    }
    return Run("INSERT INTO schema_version (service, version, declared) VALUES ($1, $2, $3) ON "
               "CONFLICT "
               "(service) DO UPDATE SET version = excluded.version, declared = excluded.declared",
               {Value(std::string(service)), Value(kSchemaVersion), Value(declared)})
        .status();
  }

 private:
  Connection& connection_;
  const Dialect& dialect_;
};

}  // namespace

Status Migrate(Connection& connection, const Dialect& dialect, std::string_view service,
               std::span<const TableSpec* const> tables) {
  std::string declared;
  for (const TableSpec* table : tables) {
    RETURN_IF_ERROR(CheckDeclaration(*table));
    absl::StrAppend(&declared, Ddl(dialect).Table(*table), ";\n",
                    absl::StrJoin(Indexes(*table), ";\n"), ";\n");
  }
  Migration migration(connection, dialect);
  ASSIGN_OR_RETURN(auto stored, migration.Stored(service));
  if (stored == std::pair(kSchemaVersion, declared)) return absl::OkStatus();

  RETURN_IF_ERROR(migration.Run(dialect.begin).status());
  RETURN_IF_ERROR(migration.Run(dialect.schema_lock).status());
  Status status = migration.MigrateTo(service, tables, declared);
  const Status ended = migration.Run(status.ok() ? "COMMIT" : "ROLLBACK").status();
  return status.ok() ? ended : status;
}

}  // namespace pingan::store
