#include "common/store/contract.h"

#include <future>

namespace pingan::store {

WriteSet SetOf(const Write& write) {
  WriteSet set;
  set.guards = {{&Things(), write.key, write.version}};
  set.sequence = write.sequence;
  if (!write.reply.empty())
    set.reply = Reply{.key = write.reply, .fingerprint = "print", .time_us = 7};
  set.encode = [write](const Numbers& numbers) -> StatusOr<Changes> {
    Row row = {
        .key = write.key, .area = write.area, .version = numbers.revision, .body = write.body};
    if (!write.sequence.empty()) row.body = std::to_string(numbers.serial);
    row.columns = {Value(write.rank), Value(write.label), Value("first")};
    if (write.bad) row.columns[0] = std::monostate();
    Changes changes;
    changes.events = {{.time_us = 5,
                       .actor = "somebody",
                       .request_id = write.reply,
                       .name = "things/" + write.key,
                       .area = write.area,
                       .kind = "thing.written",
                       .subject = "s",
                       .body = row.body,
                       .deltas = "d",
                       .also = "also"}};
    changes.audits = {{.time_us = 5,
                       .actor = "somebody",
                       .method = "Write",
                       .name = "things/" + write.key,
                       .area = write.area,
                       .purpose = "p",
                       .request_id = write.reply}};
    changes.reply_name = "things/" + write.key;
    changes.puts.push_back({&Things(), std::move(row)});
    return changes;
  };
  return set;
}

WriteSet FreshOf(const Write& write) {
  WriteSet set = SetOf(write);
  set.guards.clear();
  set.encode = [encode = set.encode](const Numbers& numbers) -> StatusOr<Changes> {
    ASSIGN_OR_RETURN(Changes changes, encode(numbers));
    changes.puts[0].fresh = true;
    return changes;
  };
  return set;
}

WriteSet EraseOf(const std::string& key, int64_t version) {
  WriteSet set;
  set.guards = {{&Things(), key, version}};
  set.encode = [key](const Numbers&) -> StatusOr<Changes> {
    Changes changes;
    changes.erases = {{&Things(), key}};
    changes.events = {{.name = "things/" + key, .kind = "thing.erased"}};
    return changes;
  };
  return set;
}

std::vector<Outcome> CommitAll(Store& store, std::vector<WriteSet> sets) {
  std::vector<std::promise<Outcome>> promises(sets.size());
  for (size_t i = 0; i < sets.size(); ++i) {
    sets[i].done = [&promises, i](const Outcome& outcome) { promises[i].set_value(outcome); };
    store.Commit(std::move(sets[i]));
  }
  std::vector<Outcome> outcomes;
  for (auto& promise : promises) outcomes.push_back(promise.get_future().get());
  return outcomes;
}

Outcome Commit(Store& store, WriteSet set) {
  std::vector<WriteSet> sets;
  sets.push_back(std::move(set));
  return CommitAll(store, std::move(sets))[0];
}

Outcome Commit(Store& store, const Write& write) {
  return Commit(store, SetOf(write));
}

void InThreads(int threads, const std::function<void(int)>& body) {
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(body, i);
  for (auto& thread : running) thread.join();
}

StatusOr<std::unique_ptr<Database>> Contract::RawDatabase() const {
  if (database_.rfind("sqlite:", 0) == 0) return OpenSqlite(database_.substr(7));
  return OpenPostgres(database_);
}

std::vector<Statement> ToVersionTwo() {
  std::vector<Statement> statements;
  for (const char* text :
       {"ALTER TABLE audit DROP COLUMN link", "ALTER TABLE revision DROP COLUMN audit_link",
        "ALTER TABLE revision DROP COLUMN audit_linked",
        "ALTER TABLE revision DROP COLUMN audit_from",
        "CREATE TABLE replies_by_key AS SELECT * FROM replies", "DROP TABLE replies",
        "ALTER TABLE replies_by_key RENAME TO replies",
        "CREATE UNIQUE INDEX replies_of_their_key ON replies (key)",
        "UPDATE schema_version SET version = 2"}) {
    statements.push_back(Sql{text});
  }
  return statements;
}

void Contract::Meddle(const std::vector<Statement>& statements) {
  store_ = nullptr;
  {
    ASSERT_OK_AND_ASSIGN(auto database, RawDatabase());
    ASSERT_OK_AND_ASSIGN(auto connection, database->Connect(Role::kWrite));
    for (const Statement& statement : statements) ASSERT_OK(connection->Run({&statement, 1}));
  }
  Reopen({});
}

void Contract::Reopen(Options options) {
  store_ = nullptr;
  options.database = database_;
  const TableSpec* const tables[] = {&Things()};
  auto store = Open(options, "contract", tables);
  ASSERT_OK(store);
  store_ = *std::move(store);
}

}  // namespace pingan::store
