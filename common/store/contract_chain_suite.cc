// The audit's chain: whoever changes an entry beneath the store is found out, and at which entry.
#include "common/store/chain.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

constexpr int kEntries = 8;

WriteSet ReadBy(const std::string& actor) {
  WriteSet set;
  set.events = 0;
  set.encode = [actor](const Numbers&) -> StatusOr<Changes> {
    Changes changes;
    changes.audits = {{.time_us = 6, .actor = actor, .method = "Get", .name = "things/a"}};
    return changes;
  };
  return set;
}

// Writes and reads in turn, an entry each.
void WriteEntries(Store& store, const std::string& prefix, int entries) {
  for (int i = 0; i < entries; ++i) {
    const std::string key = prefix + std::to_string(i);
    const Outcome outcome =
        i % 3 == 2 ? Commit(store, ReadBy(key)) : Commit(store, {.key = key, .reply = key});
    ASSERT_EQ(outcome.kind, Outcome::kCommitted) << outcome.status;
  }
}

AuditCheck CheckFrom(Store& store, const AuditMark& after = {}) {
  auto check = store.CheckAudit(after, 1000);
  EXPECT_OK(check.status());
  return check.ok() ? *check : AuditCheck();
}

// The last entry, of an audit that is as it was written.
AuditMark MarkOf(Store& store, const AuditMark& after = {}) {
  const AuditCheck check = CheckFrom(store, after);
  EXPECT_EQ(check.fault, AuditCheck::kNone) << check.wrong;
  EXPECT_EQ(check.through.id, check.last);
  return check.through;
}

TEST_P(Contract, TheAuditIsAChainWhateverIsCommitted) {
  EXPECT_EQ(MarkOf(*store_).id, 0);
  Reopen(OneBatch(4));
  std::vector<WriteSet> sets;
  sets.push_back(SetOf({.key = "a"}));
  sets.push_back(SetOf({.key = "a"}));               // a conflict
  sets.push_back(SetOf({.key = "b", .bad = true}));  // the batch is done again one by one
  sets.push_back(ReadBy("reader"));
  CommitAll(*store_, std::move(sets));
  Reopen({});
  WriteEntries(*store_, "c", 4);
  ASSERT_EQ(Commit(*store_, EraseOf("c0", 2)).kind, Outcome::kCommitted) << "without an entry";
  const AuditMark noted = MarkOf(*store_);
  EXPECT_EQ(noted.id, 6);
  EXPECT_EQ(MarkOf(*store_, noted).link, noted.link) << "nothing came since";
  WriteEntries(*store_, "d", 3);
  EXPECT_EQ(MarkOf(*store_, noted).id, 9);
  EXPECT_EQ(MarkOf(*store_, noted).link, MarkOf(*store_).link);
}

TEST_P(Contract, TheAuditIsCheckedInPieces) {
  WriteEntries(*store_, "a", kEntries);
  AuditMark after;
  for (const int64_t through : {3, 6, 8, 8}) {
    ASSERT_OK_AND_ASSIGN(const AuditCheck check, store_->CheckAudit(after, 3));
    EXPECT_EQ(check.fault, AuditCheck::kNone);
    EXPECT_EQ(check.through.id, through);
    EXPECT_EQ(check.last, kEntries);
    after = check.through;
  }
  EXPECT_EQ(after.link, MarkOf(*store_).link);
  EXPECT_THAT(store_->CheckAudit({.id = 3}, 3).status(), testing::NamesField("after_link"));
}

struct Tampering {
  std::string sql;
  AuditCheck::Fault fault;
  int64_t wrong;
  std::string first = "SELECT 1";
};

std::vector<Tampering> Tamperings() {
  std::vector<Tampering> all = {
      {"UPDATE audit SET id = 99 WHERE id = 4", AuditCheck::kMissing, 4},
      {"UPDATE audit SET id = 0 WHERE id = 4", AuditCheck::kExtra, 0},
      {"UPDATE audit SET link = (SELECT link FROM audit WHERE id = 3) WHERE id = 4",
       AuditCheck::kChanged, 4},
      {"UPDATE audit SET actor = 'x', link = '' WHERE id = 4", AuditCheck::kChanged, 4},
      {"UPDATE audit SET actor = 'x', link = '' WHERE id = 8", AuditCheck::kChanged, 8},
      // The same letters, of which one stands in another column.
      {"UPDATE audit SET actor = actor || substr(method, 1, 1), method = substr(method, 2) "
       "WHERE id = 4",
       AuditCheck::kChanged, 4},
      {"DELETE FROM audit WHERE id = 1", AuditCheck::kMissing, 1},
      {"DELETE FROM audit WHERE id = 4", AuditCheck::kMissing, 4},
      {"DELETE FROM audit WHERE id > 5", AuditCheck::kMissing, 6},
      {"DELETE FROM audit", AuditCheck::kMissing, 1},
      {"INSERT INTO audit (id) VALUES (9)", AuditCheck::kExtra, 9},
      {"INSERT INTO audit (id) VALUES (-3)", AuditCheck::kExtra, -3},
      // Two that stand in each other's place.
      {"UPDATE audit SET id = CASE id WHEN 14 THEN 6 ELSE 4 END WHERE id > 10",
       AuditCheck::kChanged, 4, "UPDATE audit SET id = id + 10 WHERE id IN (4, 6)"},
      {"UPDATE revision SET audit_link = ''", AuditCheck::kChanged, 8},
      {"UPDATE revision SET audit_id = 7, audit_linked = 7", AuditCheck::kChanged, 7},
      {"UPDATE revision SET audit_from = 3", AuditCheck::kChanged, 4},
  };
  for (const char* text : {"actor", "method", "name", "area", "purpose", "request_id"})
    all.push_back(
        {std::string("UPDATE audit SET ") + text + " = 'x' WHERE id = 4", AuditCheck::kChanged, 4});
  for (const char* number : {"time_us", "revision"})
    all.push_back({std::string("UPDATE audit SET ") + number + " = " + number + " + 1 WHERE id = 4",
                   AuditCheck::kChanged, 4});
  return all;
}

TEST_P(Contract, TamperingIsFoundWhereItBegins) {
  WriteEntries(*store_, "a", kEntries);
  Meddle({Sql{"CREATE TABLE kept AS SELECT * FROM audit"},
          Sql{"CREATE TABLE kept_end AS SELECT * FROM revision"}});
  for (const Tampering& tampering : Tamperings()) {
    SCOPED_TRACE(tampering.sql);
    Meddle({Sql{tampering.first}, Sql{tampering.sql}});
    const AuditCheck check = CheckFrom(*store_);
    EXPECT_EQ(check.fault, tampering.fault);
    EXPECT_EQ(check.wrong, tampering.wrong);
    // In pieces it is found at the same place.
    AuditCheck piece;
    for (int i = 0; i < kEntries && piece.fault == AuditCheck::kNone; ++i) {
      ASSERT_OK_AND_ASSIGN(piece, store_->CheckAudit(piece.through, 3));
    }
    EXPECT_EQ(piece.fault, tampering.fault);
    EXPECT_EQ(piece.wrong, tampering.wrong);
    Meddle({Sql{"DELETE FROM audit"}, Sql{"INSERT INTO audit SELECT * FROM kept"},
            Sql{"DELETE FROM revision"}, Sql{"INSERT INTO revision SELECT * FROM kept_end"}});
    MarkOf(*store_);
  }
}

// What the database alone cannot tell: its end is where it says.
TEST_P(Contract, AnEndThatWasCutOffIsFoundByAMark) {
  WriteEntries(*store_, "a", kEntries);
  const AuditMark noted = MarkOf(*store_);
  Meddle({Sql{"DELETE FROM audit WHERE id > 5"},
          Sql{"UPDATE revision SET audit_id = 5, audit_linked = 5, "
              "audit_link = (SELECT link FROM audit WHERE id = 5)"}});
  EXPECT_EQ(MarkOf(*store_).id, 5);
  AuditCheck check = CheckFrom(*store_, noted);
  EXPECT_EQ(check.fault, AuditCheck::kMissing);
  EXPECT_EQ(check.wrong, 6);
  // Other entries come to stand in their place.
  WriteEntries(*store_, "b", 5);
  EXPECT_EQ(MarkOf(*store_).id, 10);
  check = CheckFrom(*store_, noted);
  EXPECT_EQ(check.fault, AuditCheck::kChanged);
  EXPECT_EQ(check.wrong, kEntries);
}

// As if an older program had written it: nothing in the database says what it was.
TEST_P(Contract, AnEntryThatLostItsLinksIsFoundByItsMark) {
  WriteEntries(*store_, "a", kEntries);
  const AuditMark noted = MarkOf(*store_);
  Meddle({Sql{"UPDATE revision SET audit_linked = 7, "
              "audit_link = (SELECT link FROM audit WHERE id = 7)"},
          Sql{"UPDATE audit SET link = '' WHERE id = 8"}});
  EXPECT_EQ(MarkOf(*store_, noted).id, 8) << "it says what it said";
  Meddle({Sql{"UPDATE audit SET actor = 'x' WHERE id = 8"}});
  const AuditCheck check = CheckFrom(*store_, noted);
  EXPECT_EQ(check.fault, AuditCheck::kChanged);
  EXPECT_EQ(check.wrong, kEntries);
}

TEST_P(Contract, TheFirstEntryIsFoundByItsMarkToo) {
  WriteEntries(*store_, "a", 1);
  const AuditMark noted = MarkOf(*store_);
  EXPECT_EQ(MarkOf(*store_, noted).id, 1);
  Meddle({Sql{"UPDATE audit SET actor = 'x', link = ''"},
          Sql{"UPDATE revision SET audit_linked = 0, audit_link = ''"}});
  EXPECT_EQ(CheckFrom(*store_, noted).fault, AuditCheck::kChanged);
}

TEST_P(Contract, LinksThatWereAllComputedAnewAreFoundByAMark) {
  WriteEntries(*store_, "a", kEntries);
  const AuditMark noted = MarkOf(*store_);
  ASSERT_OK_AND_ASSIGN(auto audits, store_->Audits("", 0, kEntries));
  std::vector<Statement> forgery;
  std::string link;
  for (auto audit = audits.rbegin(); audit != audits.rend(); ++audit) {
    if (audit->id == 4) audit->actor = "nobody";
    link = LinkOf(link, *audit);
    forgery.push_back(Sql{"UPDATE audit SET actor = $1, link = $2 WHERE id = $3",
                          {Value(audit->actor), {Value(link), Type::kBytes}, Value(audit->id)}});
  }
  forgery.push_back(Sql{"UPDATE revision SET audit_link = $1", {{Value(link), Type::kBytes}}});
  Meddle(forgery);
  EXPECT_EQ(MarkOf(*store_).id, kEntries) << "it is a chain";
  EXPECT_NE(MarkOf(*store_).link, noted.link);
  const AuditCheck check = CheckFrom(*store_, noted);
  EXPECT_EQ(check.fault, AuditCheck::kChanged);
  EXPECT_EQ(check.wrong, kEntries);
}

// Version 3 brought the links.
TEST_P(Contract, TheChainOfAnOlderDatabaseBeginsWithTheNextEntry) {
  WriteEntries(*store_, "a", 3);
  Meddle(ToVersionTwo());
  AuditCheck check = CheckFrom(*store_);
  EXPECT_EQ(check.fault, AuditCheck::kNone);
  EXPECT_EQ(check.since, 3);
  EXPECT_EQ(check.through.id, 3);
  EXPECT_EQ(MarkOf(*store_, check.through).id, 3) << "goes on from there";
  WriteEntries(*store_, "b", 3);
  EXPECT_EQ(MarkOf(*store_).id, 6);
  EXPECT_EQ(MarkOf(*store_, check.through).id, 6);
  Meddle({Sql{"DELETE FROM audit WHERE id = 4"}});
  check = CheckFrom(*store_);
  EXPECT_EQ(check.fault, AuditCheck::kMissing);
  EXPECT_EQ(check.wrong, 4);
}

// As in a rolling upgrade: one replica has migrated the schema, another one still writes.
TEST_P(Contract, EntriesOfAnOlderProgramAreTakenUp) {
  WriteEntries(*store_, "a", 2);
  const std::vector<Statement> older = {
      Sql{"INSERT INTO audit (id, actor) VALUES (3, 'older'), (4, 'older')"},
      Sql{"UPDATE revision SET audit_id = 4"}};
  Meddle(older);
  EXPECT_EQ(MarkOf(*store_).id, 4) << "before they are taken up";
  WriteEntries(*store_, "b", 2);
  EXPECT_EQ(MarkOf(*store_).id, 6);
  Meddle({Sql{"UPDATE audit SET actor = 'changed' WHERE id = 4"}});
  const AuditCheck check = CheckFrom(*store_);
  EXPECT_EQ(check.fault, AuditCheck::kChanged);
  EXPECT_EQ(check.wrong, 3) << "or the one after it: they were linked together";
}

}  // namespace
}  // namespace pingan::store
