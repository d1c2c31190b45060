// Reads: pages, scopes, history, compaction, folds, leases, schema.
#include <set>

#include "common/store/connection.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

using ::testing::ElementsAre;
using testing::Fails;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> Keys(const StatusOr<std::vector<Row>>& rows) {
  EXPECT_OK(rows);
  std::vector<std::string> keys;
  if (rows.ok()) {
    for (const Row& row : *rows) keys.push_back(row.key);
  }
  return keys;
}

// Reads page by page; `between` runs after the first.
std::vector<std::string> Pages(
    Store& store, Query query, const std::function<void()>& between = [] {}) {
  std::vector<std::string> keys;
  for (int page = 0;; ++page) {
    auto rows = store.Select(query);
    const auto found = Keys(rows);
    keys.insert(keys.end(), found.begin(), found.end());
    if (static_cast<int>(found.size()) < query.limit) return keys;
    query.after = std::pair(rows->back().columns[0], found.back());
    if (page == 0) between();
  }
}

TEST_P(Contract, PagesNeitherRepeatNorSkip) {
  const int64_t ranks[] = {2, 1, 1, 1, 3, 2, 1};
  for (size_t i = 0; i < std::size(ranks); ++i) {
    ASSERT_EQ(Commit(*store_, {.key = "k" + std::to_string(i), .rank = ranks[i]}).kind,
              Outcome::kCommitted);
  }
  for (int limit = 1; limit <= 8; ++limit) {
    const Query query = {.table = &Things(), .order_by = "rank", .limit = limit};
    EXPECT_THAT(Pages(*store_, query), ElementsAre("k1", "k2", "k3", "k6", "k0", "k5", "k4"))
        << limit;
    Query down = query;
    down.descending = true;
    EXPECT_THAT(Pages(*store_, down), ElementsAre("k4", "k5", "k0", "k6", "k3", "k2", "k1"))
        << limit;
  }
  const auto insert = [&] {
    EXPECT_EQ(Commit(*store_, {.key = "a", .rank = 1}).kind, Outcome::kCommitted);
    EXPECT_EQ(Commit(*store_, {.key = "z", .rank = 9}).kind, Outcome::kCommitted);
  };
  EXPECT_THAT(Pages(*store_, {.table = &Things(), .order_by = "rank", .limit = 3}, insert),
              ElementsAre("k1", "k2", "k3", "k6", "k0", "k5", "k4", "z"));
}

TEST_P(Contract, PagesByKeyFollowBytes) {
  for (const char* key : {"b", "B", "a-1", "a", "红", "a_1"}) {
    ASSERT_EQ(Commit(*store_, {.key = key}).kind, Outcome::kCommitted);
  }
  EXPECT_THAT(Keys(store_->Select({.table = &Things(), .order_by = "key"})),
              ElementsAre("B", "a", "a-1", "a_1", "b", "红"));
  EXPECT_THAT(Keys(store_->Select({.table = &Things(),
                                   .order_by = "key",
                                   .descending = true,
                                   .after = std::pair(Value(), std::string("a_1")),
                                   .limit = 2})),
              ElementsAre("a-1", "a"));
}

TEST_P(Contract, ScopesDoNotLeakToSiblings) {
  const char* const areas[] = {kVillage,       kSibling,       "411602003000", "411602030001",
                               "411603003001", "411620030010", "421602003001", "419900000000"};
  for (const char* area : areas)
    ASSERT_EQ(Commit(*store_, {.key = area, .area = area}).kind, Outcome::kCommitted);
  for (const char* scope : {"", "41", "42", "4116", "4199", "411602", "411603", "411602003",
                            "411602030", kVillage, kSibling, "411602003002", "99"}) {
    std::set<std::string> want;
    for (std::string_view area : areas) {
      if (area.starts_with(scope)) want.emplace(area);
    }
    for (const char* order : {"rank", "key"}) {
      const auto keys =
          Keys(store_->Select({.table = &Things(), .scope = scope, .order_by = order}));
      EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()), want) << scope;
    }
    ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits(scope, 0, 100));
    EXPECT_THAT(audits, SizeIs(want.size())) << scope;
  }
}

TEST_P(Contract, ConditionsFilter) {
  ASSERT_EQ(Commit(*store_, {.key = "a", .rank = 1, .label = "x"}).kind, Outcome::kCommitted);
  ASSERT_EQ(Commit(*store_, {.key = "b", .rank = 2, .label = "x"}).kind, Outcome::kCommitted);
  ASSERT_EQ(Commit(*store_, {.key = "c", .rank = 3, .label = "y' OR 1=1"}).kind,
            Outcome::kCommitted);
  const auto keys = [&](std::vector<Condition> conditions) {
    return Keys(store_->Select({.table = &Things(), .conditions = conditions, .order_by = "key"}));
  };
  const Value x("x"), two(int64_t{2});
  EXPECT_THAT(keys({{"label", Condition::kEq, x}}), ElementsAre("a", "b"));
  EXPECT_THAT(keys({{"label", Condition::kNe, x}}), ElementsAre("c"));
  EXPECT_THAT(keys({{"label", Condition::kEq, Value("y' OR 1=1")}}), ElementsAre("c"));
  EXPECT_THAT(keys({{"rank", Condition::kLt, two}}), ElementsAre("a"));
  EXPECT_THAT(keys({{"rank", Condition::kLe, two}}), ElementsAre("a", "b"));
  EXPECT_THAT(keys({{"rank", Condition::kGt, two}}), ElementsAre("c"));
  EXPECT_THAT(keys({{"rank", Condition::kGe, two}, {"label", Condition::kEq, x}}),
              ElementsAre("b"));
  EXPECT_THAT(keys({{"order", Condition::kEq, Value()}}), IsEmpty());
  EXPECT_THAT(keys({{"order", Condition::kNe, Value()}, {"version", Condition::kEq, two}}),
              ElementsAre("b"));
}

TEST_P(Contract, CountsAllPagesUpToALimit) {
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(Commit(*store_, {.key = "k" + std::to_string(i),
                               .area = i < 5 ? kVillage : "411603003001",
                               .rank = i,
                               .label = i % 2 ? "odd" : ""})
                  .kind,
              Outcome::kCommitted);
  }
  const Query all = {.table = &Things(), .order_by = "rank", .limit = 1};
  const auto count = [&](const Query& query, int limit) {
    return store_->Count(query, limit).value_or(-1);
  };
  EXPECT_EQ(count(all, 1000), 7);
  EXPECT_EQ(count(all, 7), 7);
  EXPECT_EQ(count(all, 6), 6);
  Query some = all;
  some.after = std::pair(Value(int64_t{3}), std::string("k3"));
  EXPECT_EQ(count(some, 1000), 7) << "wherever the page starts";
  for (const auto& [scope, want] :
       {std::pair("41", 7), {"411602", 5}, {"411603", 2}, {kVillage, 5}, {"42", 0}}) {
    some.scope = scope;
    EXPECT_EQ(count(some, 1000), want) << scope;
  }
  some.scope = "411602";
  some.conditions = {{"rank", Condition::kGe, Value(int64_t{2})}};
  EXPECT_EQ(count(some, 1000), 3);
  some.conditions = {{"label", Condition::kEq, Value("odd")}};
  EXPECT_EQ(count(some, 1000), 2);
  some.order_by = "label";
  EXPECT_THAT(store_->Count(some, 1000),
              Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT));
  EXPECT_THAT(store_->Count(all, 0),
              Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT));
}

TEST_P(Contract, MalformedQueriesAreErrorsNotSql) {
  const auto query = [](std::function<void(Query&)> change) {
    Query query = {.table = &Things(), .order_by = "rank"};
    change(query);
    return query;
  };
  const Query queries[] = {
      query([](Query& q) { q.order_by = "label"; }),
      query([](Query& q) { q.order_by = "rank; DROP TABLE things"; }),
      query([](Query& q) {
        q.conditions = {{"1=1 OR \"rank\"", Condition::kEq, Value(int64_t{1})}};
      }),
      query([](Query& q) {
        q.conditions = {{"body", Condition::kEq, Value("x")}};
      }),
      query([](Query& q) {
        q.conditions = {{"rank", Condition::kEq, Value("1")}};
      }),
      query([](Query& q) {
        q.conditions = {{"rank", Condition::kLt, Value()}};
      }),
      query([](Query& q) { q.after = std::pair(Value("1"), std::string()); }),
      query([](Query& q) { q.scope = "41160"; }),
      query([](Query& q) { q.limit = 0; }),
  };
  for (const Query& q : queries) {
    EXPECT_THAT(store_->Select(q), Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT))
        << &q - queries;
  }
}

TEST_P(Contract, GetManySkipsAbsentKeys) {
  ASSERT_EQ(Commit(*store_, {.key = "a"}).kind, Outcome::kCommitted);
  ASSERT_EQ(Commit(*store_, {.key = "b"}).kind, Outcome::kCommitted);
  const std::vector<std::string> keys = {"b", "no", "a"};
  EXPECT_THAT(Keys(store_->GetMany(Things(), keys)), ::testing::UnorderedElementsAre("a", "b"));
  EXPECT_THAT(Keys(store_->GetMany(Things(), {})), IsEmpty());
}

TEST_P(Contract, KeysWithFindsEachPrefixUpToTheLimit) {
  for (const char* key : {"a/1", "a/2", "a/3", "a-", "a0", "b/1", "红/1"}) {
    ASSERT_EQ(Commit(*store_, {.key = key}).kind, Outcome::kCommitted);
  }
  const std::vector<std::string> prefixes = {"红/", "a/", "no/", "b/", "a/"};
  ASSERT_OK_AND_ASSIGN(const auto keys, store_->KeysWith(Things(), prefixes, 2));
  const auto two = ElementsAre("a/1", "a/2");
  EXPECT_THAT(keys, ElementsAre(ElementsAre("红/1"), two, IsEmpty(), ElementsAre("b/1"), two));
  ASSERT_OK_AND_ASSIGN(const auto none, store_->KeysWith(Things(), {}, 2));
  EXPECT_THAT(none, IsEmpty());
}

TEST_P(Contract, EventsAreReadByRangeAndByName) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Commit(*store_, {.key = i % 2 ? "odd" : "even",
                               .version = i < 2 ? 0 : i - 1,
                               .body = std::to_string(i)})
                  .kind,
              Outcome::kCommitted);
  }
  const auto revisions = [](const StatusOr<std::vector<Event>>& events) {
    EXPECT_OK(events);
    std::vector<int64_t> revisions;
    for (const Event& event : *events) revisions.push_back(event.revision);
    return revisions;
  };
  EXPECT_THAT(revisions(store_->Events(0, 100, 100)), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(revisions(store_->Events(1, 4, 100)), ElementsAre(2, 3, 4));
  EXPECT_THAT(revisions(store_->Events(1, 4, 2)), ElementsAre(2, 3));
  EXPECT_THAT(revisions(store_->History("things/even", 0, 10)), ElementsAre(1, 3, 5));
  EXPECT_THAT(revisions(store_->History("things/even", 1, 1)), ElementsAre(3));
  ASSERT_OK_AND_ASSIGN(auto events, store_->History("things/odd", 2, 10));
  ASSERT_THAT(events, SizeIs(1));
  const Event& event = events[0];
  EXPECT_EQ(event.time_us, 5);
  EXPECT_EQ(event.actor, "somebody");
  EXPECT_EQ(event.area, kVillage);
  EXPECT_EQ(event.kind, "thing.written");
  EXPECT_EQ(event.subject, "s");
  EXPECT_EQ(event.body, "3");
  EXPECT_EQ(event.deltas, "d");
}

TEST_P(Contract, AuditPagesGoDown) {
  for (const char* key : {"a", "b", "c"})
    ASSERT_EQ(Commit(*store_, {.key = key}).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits("", 0, 2));
  ASSERT_THAT(audits, SizeIs(2));
  EXPECT_EQ(audits[0].id, 3);
  ASSERT_OK_AND_ASSIGN(audits, store_->Audits("411602", audits[1].id, 2));
  ASSERT_THAT(audits, SizeIs(1));
  EXPECT_EQ(audits[0].name, "things/a");
  EXPECT_EQ(audits[0].method, "Write");
  EXPECT_EQ(audits[0].purpose, "p");
}

TEST_P(Contract, CompactionSaysWhatIsGone) {
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_EQ(Commit(*store_, {.key = key, .reply = key}).kind, Outcome::kCommitted);
  }
  ASSERT_OK(store_->Compact(2));
  // All of it is over by then: the write does not wait, and another session sees what is gone.
  EXPECT_EQ(Commit(*store_, {.key = "d"}).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(auto reply, store_->FindReply("b"));
  EXPECT_FALSE(reply.has_value());
  ASSERT_OK(store_->Compact(1));
  ASSERT_OK_AND_ASSIGN(int64_t compacted, store_->CompactedThrough());
  EXPECT_EQ(compacted, 2);
  EXPECT_THAT(store_->Events(1, 10, 10),
              Fails(absl::StatusCode::kOutOfRange, common::v1::REVISION_COMPACTED));
  ASSERT_OK_AND_ASSIGN(auto events, store_->Events(2, 10, 10));
  EXPECT_THAT(events, SizeIs(2));
  ASSERT_OK_AND_ASSIGN(reply, store_->FindReply("c"));
  EXPECT_TRUE(reply.has_value());
  ASSERT_OK(store_->Compact(99));
  ASSERT_OK_AND_ASSIGN(compacted, store_->CompactedThrough());
  EXPECT_EQ(compacted, 4);
  EXPECT_EQ(Commit(*store_, {.key = "e"}).revision, 5);
}

TEST_P(Contract, FoldIsSavedOnce) {
  std::vector<std::pair<std::string, std::string>> cells;
  const auto load = [&] {
    cells.clear();
    auto position = store_->LoadFold(
        "counts", [&](std::string key, std::string body) { cells.emplace_back(key, body); });
    EXPECT_OK(position);
    return position.value_or(-1);
  };
  const std::string key("\0k", 2);
  EXPECT_EQ(load(), 0);
  const std::pair<std::string, std::string> first[] = {{key, "1"}, {"l", "2"}};
  ASSERT_OK(store_->SaveFold("counts", 5, first));
  EXPECT_EQ(load(), 5);
  EXPECT_THAT(cells, ::testing::UnorderedElementsAre(std::pair(key, "1"), std::pair("l", "2")));
  const std::pair<std::string, std::string> again[] = {{key, "wrong"}};
  ASSERT_OK(store_->SaveFold("counts", 5, again));
  ASSERT_OK(store_->SaveFold("counts", 4, again));
  ASSERT_OK(store_->SaveFold("other", 9, again));
  EXPECT_EQ(load(), 5);
  EXPECT_THAT(cells, ::testing::UnorderedElementsAre(std::pair(key, "1"), std::pair("l", "2")));
  const std::pair<std::string, std::string> next[] = {{key, "3"}};
  ASSERT_OK(store_->SaveFold("counts", 6, next));
  ASSERT_OK(store_->SaveFold("counts", 7, {}));
  EXPECT_EQ(load(), 7);
  EXPECT_THAT(cells, ::testing::UnorderedElementsAre(std::pair(key, "3"), std::pair("l", "2")));
}

TEST_P(Contract, LeasesAreOrderedWithCommits) {
  ASSERT_EQ(Commit(*store_, {.key = "a"}).revision, 1);
  ASSERT_OK_AND_ASSIGN(LeaseGrant grant, store_->RenewLease("me", 60'000));
  EXPECT_EQ(grant.revision, 1);
  ASSERT_OK(store_->RaiseCacheGeneration());
  ASSERT_OK_AND_ASSIGN(LeaseGrant raised, store_->RenewLease("me", 60'000));
  EXPECT_EQ(raised.cache_generation, grant.cache_generation + 1);
  EXPECT_EQ(Commit(*store_, {.key = "b"}).revision, 2);
  ASSERT_OK(store_->DropLease("me"));
  ASSERT_OK(store_->DropLease("nobody"));
}

TEST_P(Contract, ReopeningKeepsEverything) {
  ASSERT_EQ(Commit(*store_, {.key = "a", .sequence = "s", .reply = "r"}).revision, 1);
  Reopen({});
  ASSERT_OK_AND_ASSIGN(auto row, store_->Get(Things(), "a"));
  EXPECT_EQ(row->body, "1");
  EXPECT_EQ(Commit(*store_, {.key = "a", .reply = "r"}).kind, Outcome::kReplied);
  EXPECT_EQ(Commit(*store_, {.key = "b", .sequence = "s"}).revision, 2);
  ASSERT_OK_AND_ASSIGN(row, store_->Get(Things(), "b"));
  EXPECT_EQ(row->body, "2");
  ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits("", 0, 10));
  EXPECT_EQ(audits[0].id, 2);
  EXPECT_OK(store_->Ping());
}

TEST_P(Contract, DeclaredColumnsAreAddedAndUnknownOnesRefused) {
  ASSERT_EQ(Commit(*store_, {.key = "a", .rank = 4}).revision, 1);
  store_ = nullptr;
  TableSpec wider = Things();
  wider.columns.push_back({"weight", Type::kInteger});
  wider.columns.push_back({"note"});
  wider.orders.push_back({"weight", true});
  TableSpec second = {.name = "second"};
  const TableSpec* const tables[] = {&wider, &second};
  ASSERT_OK_AND_ASSIGN(store_, Open({.database = database_}, "contract", tables));
  ASSERT_OK_AND_ASSIGN(auto row, store_->Get(wider, "a"));
  EXPECT_THAT(row->columns, ElementsAre(Value(int64_t{4}), Value(""), Value("first"),
                                        Value(int64_t{0}), Value()));
  store_ = nullptr;
  const TableSpec* const narrow[] = {&Things()};
  EXPECT_THAT(Open({.database = database_}, "contract", narrow),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::SCHEMA_NEWER));
}

// Version 2 added a column to the events.
TEST_P(Contract, VersionOneIsBroughtUpToDate) {
  ASSERT_EQ(Commit(*store_, {.key = "a", .reply = "r"}).revision, 1);
  std::vector<Statement> older = ToVersionTwo();
  older.push_back(Sql{"ALTER TABLE events DROP COLUMN also"});
  older.push_back(Sql{"UPDATE schema_version SET version = 1"});
  Meddle(older);
  EXPECT_EQ(Commit(*store_, {.key = "b", .reply = "r"}).kind, Outcome::kReplied);
  EXPECT_EQ(Commit(*store_, {.key = "b", .reply = "s"}).revision, 2);
  ASSERT_OK_AND_ASSIGN(auto events, store_->Events(0, 10, 10));
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].also, "");
  EXPECT_EQ(events[1].also, "also");
  Reopen({});
}

TEST_P(Contract, MalformedDeclarationsAreRefused) {
  store_ = nullptr;
  const TableSpec tables[] = {
      {.name = "events"},
      {.name = "drop table"},
      {.name = "t", .columns = {{"key"}}},
      {.name = "t", .columns = {{"a\"b"}}},
      {.name = "t", .orders = {{"absent"}}},
      {.name = "t", .indexed = {"absent"}},
  };
  for (const TableSpec& table : tables) {
    const TableSpec* const declared[] = {&table};
    EXPECT_THAT(Open({.database = database_}, "contract", declared),
                Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT))
        << &table - tables;
  }
}

}  // namespace
}  // namespace pingan::store
