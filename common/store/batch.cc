#include "common/store/batch.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/store/chain.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

Status BrokenRule(std::string_view rule) {
  return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
               absl::StrCat("write set: ", AbslView(rule)));
}

using Seen = absl::flat_hash_set<std::pair<std::string_view, std::string_view>>;

// The rules that make guards sound: whoever changes a row has read it, and leaves a new version.
Status CheckRow(const WriteSet& set, const TableSpec* table, const std::string& key, bool fresh,
                Seen* seen) {
  const auto guards = [&](const Guard& guard) {
    return guard.table->name == table->name && guard.key == key;
  };
  if (!fresh && std::none_of(set.guards.begin(), set.guards.end(), guards))
    return BrokenRule("changes a row without a guard");
  if (!seen->insert({table->name, key}).second) return BrokenRule("changes a row twice");
  return absl::OkStatus();
}

Status CheckChanges(const WriteSet& set, const Numbers& numbers, const Changes& changes) {
  if (static_cast<int>(changes.events.size()) != set.events)
    return BrokenRule("other number of events than declared");
  if (set.events < 1 && !(changes.puts.empty() && changes.erases.empty()))
    return BrokenRule("changes a row without an event");
  if (set.events < 1 && set.reply.has_value()) return BrokenRule("replies without an event");
  Seen seen;
  for (const auto& put : changes.restates) {
    RETURN_IF_ERROR(CheckRow(set, put.table, put.row.key, /*fresh=*/false, &seen));
    const auto keeps = [&](const Guard& guard) {
      return guard.key == put.row.key && guard.version == put.row.version;
    };
    if (std::none_of(set.guards.begin(), set.guards.end(), keeps))
      return BrokenRule("restates a row under another version");
    if (put.row.columns.size() != put.table->columns.size()) return BrokenRule("row lacks columns");
  }
  for (const auto& put : changes.puts) {
    RETURN_IF_ERROR(CheckRow(set, put.table, put.row.key, put.fresh, &seen));
    if (put.row.version < numbers.revision || put.row.version >= numbers.revision + set.events) {
      return BrokenRule("row has a version other than its revision");
    }
    if (put.row.columns.size() != put.table->columns.size()) return BrokenRule("row lacks columns");
  }
  for (const auto& erase : changes.erases)
    RETURN_IF_ERROR(CheckRow(set, erase.table, erase.key, false, &seen));
  return absl::OkStatus();
}

class Planner {
 public:
  explicit Planner(Ground ground) : ground_(std::move(ground)) {
    events_ = {.table = "events", .columns = EventColumns()};
    audits_ = {.table = "audit", .columns = AuditColumns()};
    replies_ = {.table = "replies", .columns = ReplyColumns()};
    sequences_ = {
        .table = "sequences", .columns = {{"name"}, {"value", Type::kInteger}}, .upsert = {"name"}};
  }

  Outcome Judge(const WriteSet& set, size_t place) {
    if (set.reply.has_value()) {
      const auto it = ground_.replies.find(set.reply->key);
      if (it != ground_.replies.end()) {
        if (set.reply_table) repeated_.emplace_back(set.reply_table, it->second.name);
        return {.kind = Outcome::kReplied, .reply = it->second};
      }
      if (replied_.contains(set.reply->key)) return {.kind = Outcome::kConflict};
    }
    for (const Guard& guard : set.guards) {
      const RowKey key{guard.table->name, guard.key};
      const auto it = ground_.versions.find(key);
      const int64_t version = it == ground_.versions.end() ? 0 : it->second;
      if (written_.contains(key) || version != guard.version) return {.kind = Outcome::kConflict};
    }
    if (ground_.outdated.contains(place)) return {.kind = Outcome::kConflict};
    for (const Absence& absence : set.absences) {
      if (searched_.contains(SearchedBy(absence))) return {.kind = Outcome::kConflict};
    }
    Numbers numbers{.revision = ground_.revision + 1};
    if (!set.sequence.empty()) numbers.serial = ground_.sequences[set.sequence] + 1;
    StatusOr<Changes> changes = set.encode(numbers);
    Status status = changes.ok() ? CheckChanges(set, numbers, *changes) : changes.status();
    if (!status.ok()) return {.kind = Outcome::kFailed, .status = std::move(status)};
    Write(set, numbers, *std::move(changes));
    return {.kind = Outcome::kCommitted, .revision = ground_.revision};
  }

  // What Judge accepted, as statements.
  void Finish(Plan* plan) {
    plan->standing = ground_;
    plan->batch.revision = ground_.revision;
    plan->batch.leases = std::move(ground_.leases);
    plan->batch.events = std::move(told_events_);
    plan->batch.repeated = std::move(repeated_);
    plan->searched = std::move(searched_);
    for (const auto& [key, table] : written_) {
      if (table) plan->batch.keys.emplace_back(table, key.second);
    }
    if (!writes_) return;
    std::vector<Statement>& to = plan->statements;
    for (auto& [name, insert] : puts_) to.push_back(std::move(insert));
    for (auto& erase : erases_) to.push_back(std::move(erase));
    for (const std::string& name : drawn_)
      sequences_.rows.push_back({name, ground_.sequences[name]});
    for (Insert* insert : {&events_, &audits_, &replies_, &sequences_}) {
      if (!insert->rows.empty()) to.push_back(std::move(*insert));
    }
    to.push_back(
        Sql{"UPDATE revision SET revision = $1, audit_id = $2, audit_linked = $3, "
            "audit_link = $4",
            {Value(ground_.revision),
             Value(ground_.audit_id),
             Value(ground_.linked.id),
             {Value(ground_.linked.link), Type::kBytes}}});
    to.push_back(Sql{"COMMIT"});
  }

 private:
  void Write(const WriteSet& set, const Numbers& numbers, Changes changes) {
    writes_ = true;
    if (!set.sequence.empty()) {
      ground_.sequences[set.sequence] = numbers.serial;
      drawn_.insert(set.sequence);
    }
    for (auto& put : changes.puts) {
      const bool unknown = put.fresh && put.table->beside;
      written_.emplace(RowKey{put.table->name, put.row.key}, unknown ? nullptr : put.table);
      if (put.table->searched) searched_.insert(SearchedOf(*put.table, put.row.key));
      WriteRow(std::move(put));
    }
    for (auto& put : changes.restates) {
      written_.emplace(RowKey{put.table->name, put.row.key}, nullptr);
      WriteRow(std::move(put));
    }
    for (auto& erase : changes.erases) changes.drops.emplace_back(erase.table, erase.key);
    for (auto& [table, key] : changes.drops) {
      written_.emplace(RowKey{table->name, key}, table);
      erases_.push_back(
          Sql{absl::StrCat("DELETE FROM ", Quoted(table->name), " WHERE key = $1"), {Value(key)}});
    }
    for (auto& event : changes.events) {
      event.revision = ++ground_.revision;
      told_events_.push_back(std::make_shared<const Event>(event));
      events_.rows.push_back(Encode(std::move(event)));
    }
    for (auto& audit : changes.audits) {
      audit.id = ++ground_.audit_id;
      audit.revision = set.events > 0 ? ground_.revision : 0;
      audit.link = LinkOf(ground_.linked.link, audit);
      ground_.linked = {.id = audit.id, .link = audit.link};
      audits_.rows.push_back(Encode(std::move(audit)));
    }
    if (set.reply.has_value()) {
      Reply reply = *set.reply;
      replied_.insert(reply.key);
      reply.name = std::move(changes.reply_name);
      reply.revision = changes.reply_revision ? changes.reply_revision : ground_.revision;
      replies_.rows.push_back(Encode(std::move(reply)));
    }
  }

  void WriteRow(Changes::Put put) {
    Insert& insert = puts_[{put.table->name, put.fresh}];
    if (insert.rows.empty()) {
      insert = {.table = put.table->name, .columns = ColumnsOf(*put.table)};
      // A fresh row that exists after all is an error of its set, never a row overwritten.
      if (!put.fresh) insert.upsert = {"key"};
    }
    insert.rows.push_back(Encode(std::move(put.row)));
  }

  Ground ground_;
  bool writes_ = false;
  std::map<RowKey, const TableSpec*> written_;  // null: nobody needs to be told
  absl::flat_hash_set<Searched> searched_;
  std::vector<EventPtr> told_events_;
  std::vector<std::pair<const TableSpec*, std::string>> repeated_;
  absl::flat_hash_set<std::string> replied_;
  std::set<std::string> drawn_;
  std::map<std::pair<std::string_view, bool>, Insert> puts_;  // by table and freshness
  std::vector<Statement> erases_;
  Insert events_, audits_, replies_, sequences_;
};

// One look-up for the distinct keys of each table.
void LookUpVersions(std::span<const WriteSet> sets, std::vector<Statement>* statements,
                    std::vector<const TableSpec*>* tables) {
  std::map<std::string_view, std::pair<const TableSpec*, std::set<std::string>>> keys;
  for (const WriteSet& set : sets) {
    for (const Guard& guard : set.guards) {
      auto& [table, of_table] = keys[guard.table->name];
      table = guard.table;
      of_table.insert(guard.key);
    }
  }
  for (auto& [name, entry] : keys) {
    tables->push_back(entry.first);
    statements->push_back(Lookup{std::string(name),
                                 {"key"},
                                 {"key", "version"},
                                 {entry.second.begin(), entry.second.end()}});
  }
}

Sql LeasesNow(const Dialect& dialect) {
  const std::string now(dialect.now_us);
  return Sql{
      absl::StrCat("SELECT replica, expires_us - ", now, " FROM leases WHERE expires_us > ", now)};
}

}  // namespace

std::vector<Statement> Confirm(const Standing& standing, const Dialect& dialect) {
  return {Sql{std::string(dialect.begin)},
          Sql{absl::StrCat(
                  AbslView(dialect.fails_without),
                  "(SELECT id FROM revision WHERE id = 1 AND revision = $1 AND audit_id = $2 AND "
                  "audit_link = $3",
                  AbslView(dialect.for_update), ") AS standing"),
              {Value(standing.revision),
               Value(standing.audit_id),
               {Value(standing.linked.link), Type::kBytes}}},
          LeasesNow(dialect)};
}

std::vector<Lease> ReadLeases(Result result) {
  std::vector<Lease> leases;
  for (auto& row : result.rows)
    leases.push_back({String(std::move(row[0])), (Integer(row[1]) + 999) / 1000});
  return leases;
}

bool JudgedBy(const Standing& standing, const WriteSet& set) {
  return set.guards.empty() && set.absences.empty() &&
         (set.sequence.empty() || standing.sequences.contains(set.sequence));
}

Survey::Survey(std::span<const WriteSet> sets, const Dialect& dialect) {
  std::set<std::string> replies, sequences;
  for (const WriteSet& set : sets) {
    if (set.reply.has_value()) replies.insert(set.reply->key);
    if (!set.sequence.empty()) sequences.insert(set.sequence);
  }
  statements_ = {
      Sql{std::string(dialect.begin)},
      Sql{absl::StrCat(
          "SELECT revision, audit_id, audit_linked, audit_link FROM revision WHERE id = 1",
          AbslView(dialect.for_update))},
      Lookup{"replies",
             {"key", Type::kBytes},
             Names(ReplyColumns()),
             {replies.begin(), replies.end()}},
      Lookup{"sequences", {"name"}, {"name", "value"}, {sequences.begin(), sequences.end()}},
      LeasesNow(dialect),
  };
  LookUpVersions(sets, &statements_, &tables_);
}

Ground Survey::Read(std::vector<Result> results) const {
  Ground ground;
  ground.revision = Integer(results[1].rows.at(0)[0]);
  ground.audit_id = Integer(results[1].rows.at(0)[1]);
  ground.linked = {.id = Integer(results[1].rows.at(0)[2]),
                   .link = String(std::move(results[1].rows.at(0)[3]))};
  for (auto& row : results[2].rows) {
    Reply reply = DecodeReply(std::move(row));
    ground.replies.emplace(reply.key, reply);
  }
  for (auto& row : results[3].rows) ground.sequences[String(std::move(row[0]))] = Integer(row[1]);
  ground.leases = ReadLeases(std::move(results[4]));
  for (size_t i = 0; i < tables_.size(); ++i) {
    for (auto& row : results[5 + i].rows) {
      ground.versions[{tables_[i]->name, String(std::move(row[0]))}] = Integer(row[1]);
    }
  }
  return ground;
}

Plan Decide(std::span<const WriteSet> sets, Ground ground) {
  Plan plan;
  Planner planner(std::move(ground));
  for (size_t i = 0; i < sets.size(); ++i) plan.outcomes.push_back(planner.Judge(sets[i], i));
  planner.Finish(&plan);
  return plan;
}

}  // namespace pingan::store
