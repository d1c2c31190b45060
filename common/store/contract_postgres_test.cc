#include <atomic>
#include <filesystem>
#include <map>
#include <sstream>
#include <thread>

#include "common/store/contract.h"
#include "common/testing/postgres.h"

namespace pingan::store {
namespace {

using testing::Postgres;

INSTANTIATE_TEST_SUITE_P(Postgres, Contract,
                         ::testing::Values(Engine{
                             "postgres", [] { return Postgres::Shared().NewDatabase(); }}));

constexpr char kTerminateOthers[] =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid()";

// A trigger that fires inside COMMIT, once, for events of the thing `key`.
std::string AtCommit(const std::string& action) {
  return "CREATE TABLE fired (); "
         "CREATE SEQUENCE firing; "
         "CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
         "IF nextval('firing') = 1 THEN " +
         action +
         "; END IF; RETURN NULL; END $$; "
         "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED "
         "FOR EACH ROW EXECUTE FUNCTION fire()";
}

class PostgresStore : public ::testing::Test {
 protected:
  StatusOr<std::unique_ptr<Store>> OpenThings(Options options = {}) {
    options.database = database_;
    const TableSpec* const tables[] = {&Things()};
    return Open(options, "contract", tables);
  }
  std::string Query(const std::string& sql) { return Postgres::Shared().Query(database_, sql); }

  std::string database_ = Postgres::Shared().NewDatabase();
};

TEST_F(PostgresStore, NewerSchemaIsRefused) {
  ASSERT_OK(OpenThings());
  Query("UPDATE schema_version SET version = version + 1");
  EXPECT_THAT(OpenThings(),
              testing::Fails(absl::StatusCode::kFailedPrecondition, common::v1::SCHEMA_NEWER));
}

TEST_F(PostgresStore, ReplicasOpenAtOnceAndShareOneOrder) {
  constexpr int kReplicas = 3, kWrites = 30;
  std::atomic<int> committed = 0;
  InThreads(kReplicas, [&](int replica) {
    ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
    for (int i = 0; i < kWrites;) {
      ASSERT_OK_AND_ASSIGN(auto row, store->Get(Things(), "hot"));
      const int64_t version = row.has_value() ? row->version : 0;
      const Outcome outcome = Commit(*store, {.key = "hot", .version = version, .sequence = "s"});
      if (outcome.kind == Outcome::kConflict) continue;
      ASSERT_EQ(outcome.kind, Outcome::kCommitted) << outcome.status;
      ++committed, ++i;
    }
  });
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  ASSERT_OK_AND_ASSIGN(auto events, store->Events(0, INT64_MAX, 1000));
  ASSERT_EQ(events.size(), static_cast<size_t>(committed.load()));
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].revision, static_cast<int64_t>(i + 1));
    EXPECT_EQ(events[i].body, std::to_string(i + 1));
  }
}

// None holds a lease, so each takes itself for the only one that writes.
TEST_F(PostgresStore, ReplicasNumberNewRecordsInTurn) {
  ASSERT_OK_AND_ASSIGN(auto first, OpenThings());
  ASSERT_OK_AND_ASSIGN(auto second, OpenThings());
  int64_t revision = 0;
  for (int i = 1; i <= 300; ++i) {
    // Each comes back after the other has written, once by something that asks for no number.
    Store& store = i % 100 < 90 ? *first : *second;
    const std::string key = std::to_string(i);
    if (i % 100 == 0) {
      ASSERT_EQ(Commit(*first, {.key = "other" + key}).revision, ++revision);
    }
    const Outcome outcome = Commit(store, FreshOf({.key = key, .sequence = "s"}));
    ASSERT_EQ(outcome.kind, Outcome::kCommitted) << outcome.status;
    ASSERT_EQ(outcome.revision, ++revision);
    ASSERT_OK_AND_ASSIGN(const auto row, store.Get(Things(), key));
    ASSERT_EQ(row->body, key);
  }
  ASSERT_OK_AND_ASSIGN(const AuditCheck check, first->CheckAudit({}, 1000));
  EXPECT_EQ(check.fault, AuditCheck::kNone);
}

TEST_F(PostgresStore, AReadThatAnotherReplicaNotesIsNotNumberedOver) {
  ASSERT_OK_AND_ASSIGN(auto first, OpenThings());
  ASSERT_OK_AND_ASSIGN(auto second, OpenThings());
  for (const char* key : {"a", "b"})
    ASSERT_EQ(Commit(*first, FreshOf({.key = key})).kind, Outcome::kCommitted);
  WriteSet read{.events = 0};
  read.encode = [](const Numbers&) -> StatusOr<Changes> {
    return Changes{.audits = {{.actor = "somebody", .name = "things/a"}}};
  };
  ASSERT_EQ(Commit(*second, std::move(read)).kind, Outcome::kCommitted);
  WriteSet unaudited = FreshOf({.key = "c"});
  unaudited.encode = [encode = unaudited.encode](const Numbers& n) -> StatusOr<Changes> {
    ASSIGN_OR_RETURN(Changes changes, encode(n));
    changes.audits.clear();
    return changes;
  };
  ASSERT_EQ(Commit(*first, std::move(unaudited)).kind, Outcome::kCommitted);
  ASSERT_EQ(Commit(*first, FreshOf({.key = "d"})).kind, Outcome::kCommitted);
  ASSERT_OK_AND_ASSIGN(const AuditCheck check, first->CheckAudit({}, 1000));
  EXPECT_EQ(check.fault, AuditCheck::kNone);
  EXPECT_EQ(check.through.id, 4);
}

TEST_F(PostgresStore, ReplicasLinkOneChainWhoeverCommits) {
  constexpr int kReplicas = 3, kWrites = 60;
  ASSERT_OK_AND_ASSIGN(auto witness, OpenThings());
  std::atomic<int> left = kReplicas;
  std::thread watching([&] {
    while (left > 0) {
      const auto check = witness->CheckAudit({}, 1000);
      ASSERT_OK(check.status());
      ASSERT_EQ(check->fault, AuditCheck::kNone) << check->wrong << " of " << check->last;
      ASSERT_EQ(check->through.id, check->last);
    }
  });
  InThreads(kReplicas, [&](int replica) {
    ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
    for (int i = 0; i < kWrites; ++i) {
      const std::string key = std::to_string(replica) + "-" + std::to_string(i);
      ASSERT_EQ(Commit(*store, {.key = key}).kind, Outcome::kCommitted);
    }
    --left;
  });
  watching.join();
  ASSERT_OK_AND_ASSIGN(const AuditCheck check, witness->CheckAudit({}, 1000));
  EXPECT_EQ(check.fault, AuditCheck::kNone);
  EXPECT_EQ(check.through.id, kReplicas * kWrites);
}

TEST_F(PostgresStore, SessionsThatDiedIdleAreReplacedUnnoticed) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  ASSERT_EQ(Commit(*store, {.key = "a"}).revision, 1);
  ASSERT_OK(store->Ping());
  ASSERT_OK(store->RenewLease("me", 1000));
  Query(kTerminateOthers);
  EXPECT_EQ(Commit(*store, {.key = "b"}).revision, 2);
  // While new records come in a row it is not the survey that finds out.
  std::istringstream sessions(
      Query("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid()"));
  ASSERT_EQ(Commit(*store, FreshOf({.key = "c"})).revision, 3);
  Query(kTerminateOthers);
  for (std::string pid; std::getline(sessions, pid);) {
    while (std::filesystem::exists("/proc/" + pid)) std::this_thread::yield();
  }
  EXPECT_EQ(Commit(*store, FreshOf({.key = "d"})).revision, 4);
  EXPECT_OK(store->Ping());
  EXPECT_OK(store->RenewLease("me", 1000));
}

TEST_F(PostgresStore, WhileItTakesNoWritesIsKnownAndThatItDoesAgain) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  const auto writes = [&](const char* taken) {
    Postgres::Shared().Ask(std::string("ALTER DATABASE ") +
                           database_.substr(database_.rfind('=') + 1) +
                           " SET default_transaction_read_only TO " + taken);
    Query(kTerminateOthers);
  };
  const auto refused =
      testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE);
  ASSERT_EQ(Commit(*store, {.key = "a"}).kind, Outcome::kCommitted);
  EXPECT_EQ(Commit(*store, {.key = "b", .bad = true}).kind, Outcome::kFailed);
  EXPECT_TRUE(store->Writable()) << "its own fault";
  EXPECT_OK(store->ProbeWrites());
  EXPECT_EQ(Query("SELECT count(*) FROM fold_cells"), "0\n") << "not until a write was refused";
  writes("on");
  EXPECT_TRUE(store->Writable());
  EXPECT_THAT(Commit(*store, {.key = "b"}).status, refused);
  EXPECT_FALSE(store->Writable());
  EXPECT_THAT(store->ProbeWrites(), refused);
  EXPECT_OK(store->Get(Things(), "a"));
  writes("off");
  EXPECT_FALSE(store->Writable());
  EXPECT_OK(store->ProbeWrites());
  EXPECT_TRUE(store->Writable());
  writes("on");
  EXPECT_THAT(Commit(*store, {.key = "b"}).status, refused);
  writes("off");
  EXPECT_EQ(Commit(*store, {.key = "b"}).kind, Outcome::kCommitted);
  EXPECT_TRUE(store->Writable());
}

TEST_F(PostgresStore, ObserverHearsOfOtherReplicasLeases) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  ASSERT_OK_AND_ASSIGN(auto other, OpenThings());
  std::vector<Lease> leases;
  store->Observe([&](const Batch& batch, std::function<void()> release) {
    leases = batch.leases;
    release();
  });
  ASSERT_OK(store->RenewLease("mine", 60'000));
  ASSERT_OK(other->RenewLease("other", 60'000));
  ASSERT_OK(other->RenewLease("over", 0));
  ASSERT_EQ(Commit(*store, {.key = "a"}).kind, Outcome::kCommitted);
  ASSERT_EQ(leases.size(), 1u);
  EXPECT_EQ(leases[0].replica, "other");
  EXPECT_GT(leases[0].remaining_ms, 30'000);
  EXPECT_LE(leases[0].remaining_ms, 60'000);
  ASSERT_OK(other->DropLease("other"));
  ASSERT_EQ(Commit(*store, {.key = "b"}).kind, Outcome::kCommitted);
  EXPECT_TRUE(leases.empty());
  // Also who comes between new records in a row.
  ASSERT_OK(other->RenewLease("other", 60'000));
  for (const char* key : {"c", "d"}) {
    leases.clear();
    ASSERT_EQ(Commit(*store, FreshOf({.key = key})).kind, Outcome::kCommitted);
    EXPECT_EQ(leases.size(), 1u) << key;
  }
}

// The index of the replies finds what a survey would have found before.
TEST_F(PostgresStore, NewRecordsInARowAreWrittenWithoutASurvey) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  const auto create = [&](const std::string& key, const std::string& reply) {
    return Commit(*store, FreshOf({.key = key, .sequence = "s", .reply = reply})).kind;
  };
  const size_t before = Postgres::Shared().Log().size();
  ASSERT_EQ(create("a", "1"), Outcome::kCommitted);
  ASSERT_EQ(create("b", "2"), Outcome::kCommitted);
  const std::string log = Postgres::Shared().Log().substr(before);
  EXPECT_EQ(log.find("ERROR"), log.npos) << log;
  EXPECT_EQ(create("c", "2"), Outcome::kReplied);
  EXPECT_NE(Postgres::Shared().Log().find("replies_of_key", before), log.npos);
}

TEST_F(PostgresStore, WarningAtCommitIsUncertainThoughWritten) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  // As when the wait for a synchronous standby is cancelled.
  Query(AtCommit("RAISE WARNING 'the transaction has already committed locally'"));
  const Outcome outcome = Commit(*store, {.key = "a", .reply = "r"});
  EXPECT_EQ(outcome.kind, Outcome::kUnknown);
  EXPECT_THAT(outcome.status,
              testing::Fails(absl::StatusCode::kUnknown, common::v1::COMMIT_UNCERTAIN));
  EXPECT_EQ(Commit(*store, {.key = "a", .reply = "r"}).kind, Outcome::kReplied);
}

TEST_F(PostgresStore, LossDuringCommitIsUncertainAndSettledByARetry) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  Query(AtCommit("PERFORM pg_terminate_backend(pg_backend_pid())"));
  const Outcome outcome = Commit(*store, {.key = "a", .reply = "r"});
  EXPECT_EQ(outcome.kind, Outcome::kUnknown);
  EXPECT_THAT(outcome.status,
              testing::Fails(absl::StatusCode::kUnknown, common::v1::COMMIT_UNCERTAIN));
  EXPECT_EQ(Commit(*store, {.key = "a", .reply = "r"}).kind, Outcome::kCommitted);
  // Also of new records in a row.
  ASSERT_EQ(Commit(*store, FreshOf({.key = "b"})).kind, Outcome::kCommitted);
  Query("ALTER SEQUENCE firing RESTART");
  EXPECT_EQ(Commit(*store, FreshOf({.key = "c", .reply = "s"})).kind, Outcome::kUnknown);
  EXPECT_EQ(Commit(*store, FreshOf({.key = "c", .reply = "s"})).kind, Outcome::kCommitted);
}

TEST_F(PostgresStore, RefusalAtCommitFailsTheGuiltySetAlone) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings({.batch_max = 3, .linger_us = 30'000'000}));
  Query(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF NEW.name = 'things/b' THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END $$; "
      "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  for (const bool fresh : {false, true}) {  // also of new records in a row
    std::vector<WriteSet> sets;
    for (const std::string key : {"a", "b", "c"})
      sets.push_back(fresh ? FreshOf({.key = key == "b" ? key : "new" + key})
                           : SetOf({.key = key}));
    const auto outcomes = CommitAll(*store, std::move(sets));
    EXPECT_EQ(outcomes[0].revision, fresh ? 3 : 1);
    EXPECT_EQ(outcomes[1].kind, Outcome::kFailed);
    EXPECT_EQ(outcomes[2].revision, fresh ? 4 : 2);
  }
}

// Each of them alone might wait for the same lock, for as long as all together did.
TEST_F(PostgresStore, WhatTheEngineCannotDoForOneItIsNotAskedForTheOthers) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings({.batch_max = 5, .linger_us = 30'000'000}));
  Query(
      "CREATE SEQUENCE asked; "
      "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM nextval('asked'); RAISE EXCEPTION 'no lock' USING ERRCODE = '55P03'; END $$; "
      "CREATE TRIGGER asks BEFORE INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION wait()");
  std::vector<WriteSet> sets;
  for (const char* key : {"a", "b", "c", "d", "e"}) sets.push_back(SetOf({.key = key}));
  for (const Outcome& outcome : CommitAll(*store, std::move(sets)))
    EXPECT_THAT(outcome.status,
                testing::Fails(absl::StatusCode::kUnavailable, common::v1::DATABASE_UNAVAILABLE));
  EXPECT_EQ(Query("SELECT last_value FROM asked"), "2\n");  // for all, and for the first
}

// Who reads events looks for the mark after them.
TEST_F(PostgresStore, CompactionMarksBeforeItDeletes) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings());
  ASSERT_EQ(Commit(*store, {.key = "a"}).kind, Outcome::kCommitted);
  Query(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "RAISE EXCEPTION 'no'; END $$; "
      "CREATE TRIGGER keeps BEFORE DELETE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse()");
  EXPECT_FALSE(store->Compact(1).ok());
  ASSERT_OK_AND_ASSIGN(const int64_t compacted, store->CompactedThrough());
  EXPECT_EQ(compacted, 1);
}

TEST_F(PostgresStore, UnreadableTextFailsAlone) {
  ASSERT_OK_AND_ASSIGN(auto store, OpenThings({.batch_max = 2, .linger_us = 30'000'000}));
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "\xff"}));
  sets.push_back(SetOf({.key = "a"}));
  const auto outcomes = CommitAll(*store, std::move(sets));
  EXPECT_EQ(outcomes[0].kind, Outcome::kFailed);
  EXPECT_EQ(outcomes[1].kind, Outcome::kCommitted) << outcomes[1].status;
}

// What a client remembers of one request: its last outcome.
using Ledger = std::map<std::string, Outcome::Kind>;

void WriteUntil(Store& store, int client, const std::atomic<bool>& stop, Ledger* ledger) {
  for (int i = 0; !stop; ++i) {
    const std::string key = std::to_string(client) + "-" + std::to_string(i);
    (*ledger)[key] = Commit(store, {.key = key, .reply = key}).kind;
  }
}

TEST(PostgresKilled, OutcomesAreHonestAndTheStoreRecovers) {
  constexpr int kClients = 8, kKills = 3;
  Postgres server;
  const std::string database = server.NewDatabase();
  const TableSpec* const tables[] = {&Things()};
  ASSERT_OK_AND_ASSIGN(auto store, Open({.database = database}, "contract", tables));
  for (int kill = 0; kill < kKills; ++kill) {
    std::vector<Ledger> ledgers(kClients);
    std::atomic<bool> stop = false;
    std::thread clients([&] {
      InThreads(kClients,
                [&](int i) { WriteUntil(*store, kill * kClients + i, stop, &ledgers[i]); });
    });
    const int64_t before = std::stoll(server.Query(database, "SELECT revision FROM revision"));
    while (std::stoll(server.Query(database, "SELECT revision FROM revision")) < before + 500) {
    }
    server.Kill9();
    stop = true;
    clients.join();
    server.Start();
    for (const Ledger& ledger : ledgers) {
      for (const auto& [key, kind] : ledger) {
        // Reconnecting is held back for a moment after a refusal.
        StatusOr<std::optional<Row>> row = store->Get(Things(), key);
        ASSERT_OK(row);
        if (kind == Outcome::kCommitted) {
          EXPECT_TRUE(row->has_value()) << "lost: " << key;
        }
        if (kind == Outcome::kFailed) {
          EXPECT_FALSE(row->has_value()) << "appeared: " << key;
        }
        ASSERT_TRUE(kind == Outcome::kCommitted || kind == Outcome::kFailed ||
                    kind == Outcome::kUnknown);
        if (kind != Outcome::kUnknown) continue;
        Outcome settled = Commit(*store, {.key = key, .reply = key});
        while (settled.kind == Outcome::kFailed)
          settled = Commit(*store, {.key = key, .reply = key});
        EXPECT_EQ(settled.kind, row->has_value() ? Outcome::kReplied : Outcome::kCommitted);
      }
    }
  }
  EXPECT_EQ(server.Query(database, "SELECT count(*) - max(revision) FROM events"), "0\n");
  EXPECT_EQ(server.Query(database, "SELECT count(*) - count(DISTINCT name) FROM events"), "0\n");
}

}  // namespace
}  // namespace pingan::store
