// Writes: all or nothing, nobody's update lost, numbers without gaps.
#include <set>

#include "common/base/clock.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Outcome::Kind> Kinds(const std::vector<Outcome>& outcomes) {
  std::vector<Outcome::Kind> kinds;
  for (const Outcome& outcome : outcomes) kinds.push_back(outcome.kind);
  return kinds;
}

TEST_P(Contract, CreatesReplacesAndErases) {
  const Outcome created =
      Commit(*store_, {.key = "a", .body = std::string("\0\xff z", 4), .rank = -3, .label = "红"});
  ASSERT_EQ(created.kind, Outcome::kCommitted) << created.status;
  EXPECT_EQ(created.revision, 1);
  ASSERT_OK_AND_ASSIGN(auto row, store_->Get(Things(), "a"));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->key, "a");
  EXPECT_EQ(row->area, kVillage);
  EXPECT_EQ(row->version, 1);
  EXPECT_EQ(row->body, std::string("\0\xff z", 4));
  EXPECT_THAT(row->columns, ElementsAre(Value(int64_t{-3}), Value("红"), Value("first")));

  EXPECT_EQ(Commit(*store_, {.key = "a", .version = 1, .body = "second"}).revision, 2);
  ASSERT_OK_AND_ASSIGN(row, store_->Get(Things(), "a"));
  EXPECT_EQ(row->body, "second");
  EXPECT_EQ(row->version, 2);

  EXPECT_EQ(Commit(*store_, EraseOf("a", 2)).revision, 3);
  ASSERT_OK_AND_ASSIGN(row, store_->Get(Things(), "a"));
  EXPECT_FALSE(row.has_value());
  EXPECT_EQ(Commit(*store_, {.key = "a"}).revision, 4);
}

TEST_P(Contract, GuardsHandBackConflicts) {
  ASSERT_EQ(Commit(*store_, {.key = "a"}).revision, 1);
  const struct {
    const char* name;
    Write write;
    Outcome::Kind want;
  } cases[] = {
      {"absent expected, present", {.key = "a"}, Outcome::kConflict},
      {"older version", {.key = "a", .version = 7}, Outcome::kConflict},
      {"present expected, absent", {.key = "b", .version = 1}, Outcome::kConflict},
      {"absent as expected", {.key = "b"}, Outcome::kCommitted},
      {"version as expected", {.key = "a", .version = 1}, Outcome::kCommitted},
  };
  for (const auto& c : cases) EXPECT_EQ(Commit(*store_, c.write).kind, c.want) << c.name;
  ASSERT_OK_AND_ASSIGN(const int64_t revision, store_->Revision());
  EXPECT_EQ(revision, 3);
}

TEST_P(Contract, GuardOnAnUnwrittenKeyCounts) {
  WriteSet set = SetOf({.key = "a"});
  set.guards.push_back({&Things(), "other", 0});
  ASSERT_EQ(Commit(*store_, std::move(set)).kind, Outcome::kCommitted);
  ASSERT_EQ(Commit(*store_, {.key = "other"}).kind, Outcome::kCommitted);
  set = SetOf({.key = "b"});
  set.guards.push_back({&Things(), "other", 0});
  EXPECT_EQ(Commit(*store_, std::move(set)).kind, Outcome::kConflict);
}

TEST_P(Contract, SetsOfOneBatchConflictWithEachOther) {
  Reopen(OneBatch(4));
  WriteSet reader = SetOf({.key = "c"});
  reader.guards.push_back({&Things(), "a", 0});
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "a"}));
  sets.push_back(SetOf({.key = "a", .body = "lost?"}));
  sets.push_back(std::move(reader));
  sets.push_back(SetOf({.key = "b"}));
  EXPECT_THAT(Kinds(CommitAll(*store_, std::move(sets))),
              ElementsAre(Outcome::kCommitted, Outcome::kConflict, Outcome::kConflict,
                          Outcome::kCommitted));
  ASSERT_OK_AND_ASSIGN(auto row, store_->Get(Things(), "a"));
  EXPECT_EQ(row->body, "body");
}

TEST_P(Contract, BadSetsFailAlone) {
  Reopen(OneBatch(5));
  WriteSet refused = SetOf({.key = "refused", .sequence = "s"});
  refused.encode = [](const Numbers&) -> StatusOr<Changes> { return FieldError("x", "want more"); };
  WriteSet unguarded = SetOf({.key = "unguarded"});
  unguarded.guards[0].key = "another";
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "a", .sequence = "s"}));
  sets.push_back(std::move(refused));
  sets.push_back(SetOf({.key = "bad", .sequence = "s", .bad = true}));
  sets.push_back(std::move(unguarded));
  sets.push_back(SetOf({.key = "b", .sequence = "s"}));
  // Alone, each good one would otherwise wait for company.
  const auto outcomes = CommitAll(*store_, std::move(sets));
  EXPECT_THAT(Kinds(outcomes), ElementsAre(Outcome::kCommitted, Outcome::kFailed, Outcome::kFailed,
                                           Outcome::kFailed, Outcome::kCommitted));
  EXPECT_THAT(outcomes[1].status, testing::NamesField("x"));
  EXPECT_THAT(outcomes[2].status,
              testing::Fails(absl::StatusCode::kInternal, common::v1::REASON_UNSPECIFIED))
      << "the database's own: for the log alone";
  EXPECT_THAT(outcomes[3].status,
              testing::Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT));
  ASSERT_OK_AND_ASSIGN(auto rows, store_->Select({.table = &Things(), .order_by = "key"}));
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].body, "1");
  EXPECT_EQ(rows[1].body, "2");
  ASSERT_OK_AND_ASSIGN(auto events, store_->Events(0, 100, 100));
  EXPECT_THAT(events, SizeIs(2));
}

TEST_P(Contract, BrokenRulesAreRefused) {
  const auto with = [](std::function<void(WriteSet&, Changes&)> change) {
    WriteSet set = SetOf({.key = "a"});
    Changes changes = *set.encode({.revision = 1});
    change(set, changes);
    set.encode = [changes](const Numbers&) -> StatusOr<Changes> { return changes; };
    return set;
  };
  const std::function<void(WriteSet&, Changes&)> breaks[] = {
      [](WriteSet& set, Changes&) { set.guards.clear(); },
      [](WriteSet& set, Changes&) { set.events = 2; },
      [](WriteSet& set, Changes& changes) { set.events = 0, changes.events.clear(); },
      [](WriteSet& set, Changes& changes) { set.events = 0, changes = {}, set.reply.emplace(); },
      [](WriteSet&, Changes& changes) { changes.puts[0].row.version = 9; },
      [](WriteSet&, Changes& changes) { changes.puts[0].row.columns.pop_back(); },
      [](WriteSet&, Changes& changes) { changes.puts.push_back(changes.puts[0]); },
      [](WriteSet&, Changes& changes) {
        changes.erases.push_back({&Things(), "a"});
      },
  };
  for (const auto& change : breaks) {
    const Outcome outcome = Commit(*store_, with(change));
    EXPECT_EQ(outcome.kind, Outcome::kFailed) << &change - breaks;
    EXPECT_THAT(outcome.status,
                testing::Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT));
  }
  EXPECT_EQ(Commit(*store_, with([](WriteSet&, Changes&) {})).kind, Outcome::kCommitted);
}

// The row of `key` with another body and the version it has.
WriteSet RestatementOf(const std::string& key, int64_t version, int64_t stated) {
  WriteSet set;
  set.events = 0;
  set.guards = {{&Things(), key, version}};
  const Row row = {.key = key,
                   .version = stated,
                   .body = "again",
                   .columns = {int64_t{1}, Value("l"), Value("first")}};
  set.encode = [row](const Numbers&) -> StatusOr<Changes> {
    Changes changes;
    changes.restates.push_back({&Things(), row});
    return changes;
  };
  return set;
}

TEST_P(Contract, ARestatedRowKeepsItsVersionAndDisturbsNobody) {
  ASSERT_EQ(Commit(*store_, {.key = "a"}).revision, 1);
  EXPECT_EQ(Commit(*store_, RestatementOf("a", 1, 2)).kind, Outcome::kFailed);
  EXPECT_EQ(Commit(*store_, RestatementOf("a", 7, 7)).kind, Outcome::kConflict);
  EXPECT_EQ(Commit(*store_, RestatementOf("b", 1, 1)).kind, Outcome::kConflict);
  EXPECT_EQ(Commit(*store_, RestatementOf("a", 1, 1)).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const auto row, store_->Get(Things(), "a"));
  EXPECT_EQ(row->body, "again");
  EXPECT_EQ(row->version, 1);
  ASSERT_OK_AND_ASSIGN(const int64_t revision, store_->Revision());
  EXPECT_EQ(revision, 1);
  // Who read it before writes as if nothing had been.
  EXPECT_EQ(Commit(*store_, {.key = "a", .version = 1}).kind, Outcome::kCommitted);
  EXPECT_EQ(Commit(*store_, RestatementOf("a", 1, 1)).kind, Outcome::kConflict);
}

TEST_P(Contract, ARestatementAndAWriteOfOneBatchConflict) {
  Reopen(OneBatch(2));
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "a"}));
  sets.push_back(SetOf({.key = "b"}));
  CommitAll(*store_, std::move(sets));
  sets.clear();
  sets.push_back(RestatementOf("a", 1, 1));
  sets.push_back(EraseOf("a", 1));
  const auto outcomes = CommitAll(*store_, std::move(sets));
  EXPECT_EQ(outcomes[0].kind, Outcome::kCommitted);
  EXPECT_EQ(outcomes[1].kind, Outcome::kConflict);
}

TEST_P(Contract, SequenceHasNoGapsUnderConcurrency) {
  std::atomic<int> committed = 0;
  InThreads(64, [&](int thread) {
    const std::string key = "t" + std::to_string(thread);
    committed +=
        Commit(*store_, {.key = key, .sequence = "411602-2024"}).kind == Outcome::kCommitted;
  });
  EXPECT_EQ(committed, 64);
  ASSERT_OK_AND_ASSIGN(auto rows,
                       store_->Select({.table = &Things(), .order_by = "key", .limit = 100}));
  std::set<int> serials;
  for (const Row& row : rows) serials.insert(std::stoi(row.body));
  ASSERT_THAT(serials, SizeIs(64));
  EXPECT_EQ(*serials.begin(), 1);
  EXPECT_EQ(*serials.rbegin(), 64);
}

TEST_P(Contract, EveryAcknowledgedWriteHasItsEventAndItsAuditRow) {
  constexpr int kThreads = 8, kWrites = 20;
  std::atomic<int> acknowledged = 0;
  ASSERT_EQ(Commit(*store_, {.key = "hot"}).kind, Outcome::kCommitted);
  InThreads(kThreads, [&](int thread) {
    for (int i = 0; i < kWrites;) {
      auto row = store_->Get(Things(), "hot");
      ASSERT_OK(row);
      const std::string reply = std::to_string(thread) + "/" + std::to_string(i);
      const Outcome outcome =
          Commit(*store_, {.key = "hot", .version = (*row)->version, .reply = reply});
      if (outcome.kind == Outcome::kConflict) continue;
      ASSERT_EQ(outcome.kind, Outcome::kCommitted) << outcome.status;
      ++acknowledged, ++i;
    }
  });
  ASSERT_OK_AND_ASSIGN(auto events, store_->Events(1, INT64_MAX, 1000));
  ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits("", 0, 1000));
  EXPECT_EQ(acknowledged, kThreads * kWrites);
  ASSERT_THAT(events, SizeIs(acknowledged.load()));
  ASSERT_THAT(audits, SizeIs(acknowledged.load() + 1));
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].revision, static_cast<int64_t>(i + 2));
    const Audit& audit = audits[events.size() - 1 - i];
    EXPECT_EQ(audit.revision, events[i].revision);
    EXPECT_EQ(audit.id, events[i].revision);
    EXPECT_EQ(audit.request_id, events[i].request_id);
  }
}

TEST_P(Contract, ManyEventsOfOneSetCountOn) {
  WriteSet set = SetOf({.key = "a", .reply = "r"});
  set.events = 3;
  set.encode = [encode = set.encode](const Numbers& numbers) -> StatusOr<Changes> {
    ASSIGN_OR_RETURN(Changes changes, encode(numbers));
    changes.events.resize(3);
    changes.puts[0].row.version = numbers.revision + 1;
    return changes;
  };
  const Outcome outcome = Commit(*store_, std::move(set));
  ASSERT_EQ(outcome.kind, Outcome::kCommitted) << outcome.status;
  EXPECT_EQ(outcome.revision, 3);
  ASSERT_OK_AND_ASSIGN(auto reply, store_->FindReply("r"));
  EXPECT_EQ(reply->revision, 3);
  EXPECT_EQ(Commit(*store_, {.key = "a", .version = 2}).revision, 4);
}

TEST_P(Contract, AuditOfAReadTakesNoRevision) {
  WriteSet set;
  set.events = 0;
  set.encode = [](const Numbers&) -> StatusOr<Changes> {
    Changes changes;
    changes.audits = {{.actor = "reader", .name = "things/a", .purpose = "p"},
                      {.actor = "reader", .name = "things/b", .purpose = "p"}};
    return changes;
  };
  EXPECT_EQ(Commit(*store_, std::move(set)).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const int64_t revision, store_->Revision());
  EXPECT_EQ(revision, 0);
  ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits("", 0, 10));
  ASSERT_THAT(audits, SizeIs(2));
  EXPECT_EQ(audits[1].actor, "reader");
  EXPECT_EQ(audits[1].id, 1);
  EXPECT_EQ(audits[1].revision, 0);
  Commit(*store_, {.key = "b"});
  WriteSet aimless = SetOf({.key = "b", .version = 1});
  aimless.encode = [encode = aimless.encode](const Numbers& numbers) {
    auto changes = encode(numbers);
    changes->audits[0].purpose.clear();
    return changes;
  };
  EXPECT_EQ(Commit(*store_, std::move(aimless)).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(audits, store_->Reads("things/b", 0, 10));
  ASSERT_THAT(audits, SizeIs(2)) << "neither another's nor a write without a purpose";
  EXPECT_EQ(audits[0].revision, 1);
  EXPECT_EQ(audits[1].id, 2);
  ASSERT_OK_AND_ASSIGN(audits, store_->Reads("things/b", 2, 10));
  EXPECT_THAT(audits, IsEmpty());
}

TEST_P(Contract, RepeatedRequestFindsItsReply) {
  const std::string key("\0\xfe key", 6);
  const auto request = [&key] {
    WriteSet set = SetOf({.key = "a", .reply = "r"});
    set.reply->key = key;
    return set;
  };
  ASSERT_EQ(Commit(*store_, request()).revision, 1);
  const Outcome repeated = Commit(*store_, request());
  ASSERT_EQ(repeated.kind, Outcome::kReplied);
  EXPECT_EQ(repeated.reply.key, key);
  EXPECT_EQ(repeated.reply.fingerprint, "print");
  EXPECT_EQ(repeated.reply.name, "things/a");
  EXPECT_EQ(repeated.reply.revision, 1);
  EXPECT_EQ(repeated.reply.time_us, 7);
  ASSERT_OK_AND_ASSIGN(auto reply, store_->FindReply(key));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->revision, 1);
  ASSERT_OK_AND_ASSIGN(reply, store_->FindReply("other"));
  EXPECT_FALSE(reply.has_value());
}

TEST_P(Contract, SameRequestTwiceInOneBatchIsCarriedOutOnce) {
  Reopen(OneBatch(2));
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "a", .reply = "r"}));
  sets.push_back(SetOf({.key = "b", .reply = "r"}));
  EXPECT_THAT(Kinds(CommitAll(*store_, std::move(sets))),
              ElementsAre(Outcome::kCommitted, Outcome::kConflict));
  Reopen({});
  EXPECT_EQ(Commit(*store_, {.key = "b", .reply = "r"}).kind, Outcome::kReplied);
}

TEST_P(Contract, RefusesWhileTheOldestWaitsTooLong) {
  Reopen({.batch_max = 8, .wait_max_us = 0, .linger_us = 30'000'000});
  std::atomic<int> committed = 0;
  const auto count = [&](const Outcome& outcome) {
    committed += outcome.kind == Outcome::kCommitted;
  };
  WriteSet oldest = SetOf({.key = "a"}), patient = SetOf({.key = "b"});
  oldest.done = patient.done = count;
  patient.patient = true;
  store_->Commit(std::move(oldest));
  for (const int64_t start = MonotonicMicros(); MonotonicMicros() <= start + 1;) {
  }
  EXPECT_THAT(Commit(*store_, {.key = "c"}).status,
              testing::Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
  store_->Commit(std::move(patient));
  store_->Close();
  EXPECT_EQ(committed, 2);
}

TEST_P(Contract, RefusesWhenFullAndWhenClosed) {
  Reopen({.batch_max = 8, .queue_max = 2, .linger_us = 30'000'000});
  std::atomic<int> committed = 0;
  for (const char* key : {"a", "b"}) {
    WriteSet set = SetOf({.key = key});
    set.done = [&](const Outcome& outcome) { committed += outcome.kind == Outcome::kCommitted; };
    store_->Commit(std::move(set));
  }
  EXPECT_THAT(Commit(*store_, {.key = "c"}).status,
              testing::Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
  store_->Close();
  EXPECT_EQ(committed, 2);
  EXPECT_THAT(Commit(*store_, {.key = "d"}).status,
              testing::Fails(absl::StatusCode::kUnavailable, common::v1::DRAINING));
}

}  // namespace
}  // namespace pingan::store
