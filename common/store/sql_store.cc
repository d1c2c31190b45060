#include "common/store/sql_store.h"

#include "absl/strings/str_cat.h"
#include "common/area/scope.h"
#include "common/crypto/random.h"
#include "common/store/chain.h"
#include "common/store/query.h"
#include "common/store/records.h"
#include "common/store/schema.h"

namespace pingan::store {
namespace {

constexpr absl::Duration kReaderWait = absl::Seconds(2);
constexpr absl::Duration kSystemWait = absl::Seconds(10);
constexpr size_t kProbeBytes = 64 << 10;

Value Text(std::string_view text) {
  return std::string(text);
}

template <class T>
std::vector<T> DecodeAll(std::vector<std::vector<Value>> rows, T (*decode)(std::vector<Value>)) {
  std::vector<T> decoded;
  decoded.reserve(rows.size());
  for (auto& row : rows) decoded.push_back(decode(std::move(row)));
  return decoded;
}

}  // namespace

SqlStore::SqlStore(std::unique_ptr<Database> database, const Options& options)
    : database_(std::move(database)),
      readers_(database_.get(), Role::kRead, options.readers, kReaderWait),
      system_(database_.get(), Role::kWrite, 1, kSystemWait),
      probe_(database_.get(), Role::kRead, 1, kReaderWait),
      committer_(database_.get(), options) {}

StatusOr<std::vector<std::vector<Value>>> SqlStore::Read(Statement statement) {
  ASSIGN_OR_RETURN(auto results, readers_.Run({&statement, 1}));
  return std::move(results[0].rows);
}

StatusOr<int64_t> SqlStore::ReadInteger(const char* text) {
  ASSIGN_OR_RETURN(auto rows, Read(Sql{text}));
  return Integer(rows.at(0)[0]);
}

StatusOr<std::optional<Row>> SqlStore::Get(const TableSpec& table, std::string_view key) {
  const std::string keys[] = {std::string(key)};
  ASSIGN_OR_RETURN(std::vector<Row> rows, GetMany(table, keys));
  if (rows.empty()) return std::optional<Row>();
  return std::optional<Row>(std::move(rows[0]));
}

StatusOr<std::vector<Row>> SqlStore::GetMany(const TableSpec& table,
                                             std::span<const std::string> keys) {
  ASSIGN_OR_RETURN(
      auto rows,
      Read(Lookup{table.name, {"key"}, Names(ColumnsOf(table)), {keys.begin(), keys.end()}}));
  return DecodeAll(std::move(rows), DecodeRow);
}

StatusOr<std::vector<Row>> SqlStore::Select(const Query& query) {
  ASSIGN_OR_RETURN(Sql sql, ToSql(query));
  ASSIGN_OR_RETURN(auto rows, Read(std::move(sql)));
  return DecodeAll(std::move(rows), DecodeRow);
}

StatusOr<std::vector<std::vector<std::string>>> SqlStore::KeysWith(
    const TableSpec& table, std::span<const std::string> prefixes, int limit) {
  std::vector<std::vector<std::string>> keys(prefixes.size());
  if (prefixes.empty()) return keys;
  ASSIGN_OR_RETURN(auto rows,
                   Read(Prefixes{table.name, {prefixes.begin(), prefixes.end()}, limit}));
  for (auto& row : rows) keys.at(Integer(row[0])).push_back(String(std::move(row[1])));
  return keys;
}

StatusOr<int64_t> SqlStore::Count(Query query, int limit) {
  query.after.reset();
  query.limit = limit;
  ASSIGN_OR_RETURN(Sql sql, ToCount(query));
  ASSIGN_OR_RETURN(auto rows, Read(std::move(sql)));
  return Integer(rows.at(0)[0]);
}

StatusOr<std::optional<Reply>> SqlStore::FindReply(std::string_view key) {
  ASSIGN_OR_RETURN(
      auto rows,
      Read(Lookup{"replies", {"key", Type::kBytes}, Names(ReplyColumns()), {std::string(key)}}));
  if (rows.empty()) return std::optional<Reply>();
  return std::optional<Reply>(DecodeReply(std::move(rows[0])));
}

StatusOr<std::vector<Event>> SqlStore::Events(int64_t after, int64_t through, int limit) {
  // Events first: compaction marks before it deletes, so what is missing here is marked there.
  const Statement statements[] = {
      Sql{absl::StrCat(
              "SELECT ", SelectList(EventColumns()),
              " FROM events WHERE revision > $1 AND revision <= $2 ORDER BY revision LIMIT $3"),
          {Value(after), Value(through), Value(int64_t{limit})}},
      Sql{"SELECT compacted_through FROM revision"}};
  ASSIGN_OR_RETURN(auto results, readers_.Run(statements));
  const int64_t compacted = Integer(results[1].rows.at(0)[0]);
  if (after < compacted) {
    return Error(absl::StatusCode::kOutOfRange, common::v1::REVISION_COMPACTED,
                 absl::StrCat("events are kept after revision ", compacted));
  }
  return DecodeAll(std::move(results[0].rows), DecodeEvent);
}

StatusOr<std::vector<Event>> SqlStore::History(std::string_view name, int64_t after, int limit) {
  ASSIGN_OR_RETURN(auto rows,
                   Read(Sql{absl::StrCat("SELECT ", SelectList(EventColumns()),
                                         " FROM events WHERE name = $1 AND revision > $2 "
                                         "ORDER BY revision LIMIT $3"),
                            {Text(name), Value(after), Value(int64_t{limit})}}));
  return DecodeAll(std::move(rows), DecodeEvent);
}

StatusOr<std::vector<Audit>> SqlStore::Audits(std::string_view scope, int64_t before, int limit) {
  if (!scope.empty() && !area::IsScope(scope)) return StatementFailed("bad scope");
  Sql sql;
  sql.params = {Value(before > 0 ? before : INT64_MAX)};
  sql.text = absl::StrCat("SELECT ", SelectList(AuditColumns()), " FROM audit WHERE id < $1");
  // The index is by county; narrower scopes use it too.
  if (scope.size() > 6)
    absl::StrAppend(&sql.text, " AND ", ScopeCondition(scope.substr(0, 6), &sql.params));
  if (!scope.empty()) absl::StrAppend(&sql.text, " AND ", ScopeCondition(scope, &sql.params));
  sql.params.emplace_back(Value(int64_t{limit}));
  absl::StrAppend(&sql.text, " ORDER BY id DESC LIMIT $", sql.params.size());
  ASSIGN_OR_RETURN(auto rows, Read(std::move(sql)));
  return DecodeAll(std::move(rows), DecodeAudit);
}

StatusOr<std::vector<Audit>> SqlStore::Reads(std::string_view name, int64_t before, int limit) {
  ASSIGN_OR_RETURN(
      auto rows,
      Read(Sql{absl::StrCat("SELECT ", SelectList(AuditColumns()), " FROM audit WHERE ",
                            AbslView(kShows),
                            " AND name = $1 AND id < $2 "
                            "ORDER BY id DESC LIMIT $3"),
               {Text(name), Value(before > 0 ? before : INT64_MAX), Value(int64_t{limit})}}));
  return DecodeAll(std::move(rows), DecodeAudit);
}

StatusOr<AuditCheck> SqlStore::CheckAudit(const AuditMark& after, int limit) {
  ASSIGN_OR_RETURN(const int64_t since, ReadInteger("SELECT audit_from FROM revision"));
  if (after.link.empty() && after.id != 0 && after.id != since)
    return FieldError("after_link", "want the link that was told with the entry");
  // The end and the entries as of one moment, whatever is written meanwhile.
  const Statement statements[] = {Sql{std::string(database_->dialect().begin_read)}, ReadChainEnd(),
                                  ReadEntries(FirstToExamine(after, since), limit + 3),
                                  Sql{"COMMIT"}};
  ASSIGN_OR_RETURN(auto results, readers_.Run(statements));
  const ChainEnd end = DecodeChainEnd(results[1].rows.at(0));
  return Examine(end, after, limit, DecodeAll(std::move(results[2].rows), DecodeAudit));
}

StatusOr<int64_t> SqlStore::Revision() {
  return ReadInteger("SELECT revision FROM revision");
}

StatusOr<int64_t> SqlStore::CompactedThrough() {
  return ReadInteger("SELECT compacted_through FROM revision");
}

Status SqlStore::Compact(int64_t through) {
  ASSIGN_OR_RETURN(const int64_t revision, Revision());
  through = std::min(through, revision);
  const std::string begin(database_->dialect().begin);
  // Two transactions: the mark takes the revision row's lock for a moment, the deletes do not.
  const Statement statements[] = {
      Sql{begin},
      Sql{"UPDATE revision SET compacted_through = $1 WHERE compacted_through < $2",
          {Value(through), Value(through)}},
      Sql{"COMMIT"},
      Sql{begin},
      Sql{"DELETE FROM events WHERE revision <= $1", {Value(through)}},
      Sql{"DELETE FROM replies WHERE revision <= $1", {Value(through)}},
      Sql{"COMMIT"}};
  return system_.Run(statements).status();
}

StatusOr<int64_t> SqlStore::LoadFold(
    std::string_view fold, const std::function<void(std::string key, std::string body)>& each) {
  const Statement statements[] = {
      Sql{std::string(database_->dialect().begin_read)},
      Sql{"SELECT position FROM fold_positions WHERE fold = $1", {Text(fold)}},
      Sql{"SELECT key, body FROM fold_cells WHERE fold = $1", {Text(fold)}}, Sql{"COMMIT"}};
  ASSIGN_OR_RETURN(auto results, readers_.Run(statements));
  for (auto& row : results[2].rows) each(String(std::move(row[0])), String(std::move(row[1])));
  return results[1].rows.empty() ? 0 : Integer(results[1].rows[0][0]);
}

Status SqlStore::SaveFold(std::string_view fold, int64_t position,
                          std::span<const std::pair<std::string, std::string>> cells) {
  const Statement lock[] = {
      Sql{std::string(database_->dialect().begin)},
      Sql{"INSERT INTO fold_positions (fold, position) VALUES ($1, 0) ON CONFLICT DO NOTHING",
          {Text(fold)}},
      Sql{absl::StrCat("SELECT position FROM fold_positions WHERE fold = $1",
                       AbslView(database_->dialect().for_update)),
          {Text(fold)}}};
  Insert insert = {.table = "fold_cells",
                   .columns = {{"fold"}, {"key", Type::kBytes}, {"body", Type::kBytes}},
                   .upsert = {"fold", "key"}};
  for (const auto& [key, body] : cells) insert.rows.push_back({Text(fold), key, body});
  std::vector<Statement> save;
  if (!cells.empty()) save.push_back(std::move(insert));
  save.push_back(Sql{"UPDATE fold_positions SET position = $1 WHERE fold = $2",
                     {Value(position), Text(fold)}});
  save.push_back(Sql{"COMMIT"});
  const Statement rollback = Sql{"ROLLBACK"};
  return system_.Use([&](Connection& connection) -> Status {
    ASSIGN_OR_RETURN(auto locked, connection.Run(lock));
    const bool old = Integer(locked[2].rows.at(0)[0]) >= position;
    return connection.Run(old ? std::span(&rollback, 1) : std::span<const Statement>(save))
        .status();
  });
}

StatusOr<LeaseGrant> SqlStore::RenewLease(std::string_view replica, int64_t ttl_ms) {
  committer_.Own(replica);
  const Dialect& dialect = database_->dialect();
  const std::string now(dialect.now_us);
  const Statement statements[] = {
      Sql{std::string(dialect.begin)},
      Sql{absl::StrCat("SELECT revision, cache_generation FROM revision",
                       AbslView(dialect.for_update))},
      Sql{absl::StrCat("DELETE FROM leases WHERE expires_us <= ", now)},
      Sql{absl::StrCat(
              "INSERT INTO leases (replica, expires_us) VALUES ($1, ", now,
              " + $2) ON CONFLICT (replica) DO UPDATE SET expires_us = excluded.expires_us"),
          {Text(replica), Value(ttl_ms * 1000)}},
      Sql{"COMMIT"}};
  ASSIGN_OR_RETURN(auto results, system_.Run(statements));
  const auto& row = results[1].rows.at(0);
  return LeaseGrant{.revision = Integer(row[0]), .cache_generation = Integer(row[1])};
}

Status SqlStore::DropLease(std::string_view replica) {
  const Statement statement = Sql{"DELETE FROM leases WHERE replica = $1", {Text(replica)}};
  return system_.Run({&statement, 1}).status();
}

Status SqlStore::RaiseCacheGeneration() {
  const Statement statement = Sql{"UPDATE revision SET cache_generation = cache_generation + 1"};
  return system_.Run({&statement, 1}).status();
}

Status SqlStore::Ping() {
  const Statement statement = Sql{"SELECT 1"};
  return probe_.Run({&statement, 1}).status();
}

Status SqlStore::ProbeWrites() {
  const Status refusal = committer_.writes().Now();
  if (refusal.ok()) return refusal;
  // As long as writes are and of what no engine packs, so that it wants the room that they want.
  std::string bytes(kProbeBytes, '\0');
  crypto::FillRandom(reinterpret_cast<uint8_t*>(bytes.data()), bytes.size());
  const Statement probe =
      Insert{.table = "fold_cells",
             .columns = {{"fold"}, {"key", Type::kBytes}, {"body", Type::kBytes}},
             .rows = {{Text("probe"), std::string(), std::move(bytes)}},
             .upsert = {"fold", "key"}};
  if (!system_.Run({&probe, 1}).ok()) return refusal;
  committer_.writes().Taken();
  return absl::OkStatus();
}

StatusOr<std::unique_ptr<Store>> Open(const Options& options, std::string_view service,
                                      std::span<const TableSpec* const> tables) {
  constexpr std::string_view kSqlite = "sqlite:";
  std::unique_ptr<Database> database;
  if (options.database.starts_with(kSqlite)) {
    ASSIGN_OR_RETURN(database, OpenSqlite(options.database.substr(kSqlite.size())));
  } else {
    ASSIGN_OR_RETURN(database, OpenPostgres(options.database));
  }
  ASSIGN_OR_RETURN(auto connection, database->Connect(Role::kWrite));
  RETURN_IF_ERROR(Migrate(*connection, database->dialect(), service, tables));
  return std::make_unique<SqlStore>(std::move(database), options);
}

}  // namespace pingan::store
