// New records in a row, which are judged by what the last commit left behind (Committer).
#include "absl/strings/str_cat.h"
#include "common/store/contract.h"

namespace pingan::store {
namespace {

constexpr char kSerials[] = "411602-2026";

Outcome Create(Store& store, const std::string& key, const std::string& reply = "") {
  return Commit(store, FreshOf({.key = key, .sequence = kSerials, .reply = reply}));
}

std::string BodyOf(Store& store, const std::string& key) {
  const auto row = store.Get(Things(), key);
  return row.ok() && row->has_value() ? (*row)->body : "none";
}

int64_t VersionOf(Store& store, const std::string& key) {
  const auto row = store.Get(Things(), key);
  return row.ok() && row->has_value() ? (*row)->version : -1;
}

void Unlabel(WriteSet* set) {
  set->encode = [encode = set->encode](const Numbers& numbers) -> StatusOr<Changes> {
    ASSIGN_OR_RETURN(Changes changes, encode(numbers));
    changes.puts[0].row.columns[1] = std::monostate();
    return changes;
  };
}

TEST_P(Contract, NewRecordsGoOnFromTheLastCommit) {
  for (int i = 1; i <= 30; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_EQ(Create(*store_, key).revision, 2 * i - 1);
    EXPECT_EQ(BodyOf(*store_, key), key);
    // Between them some of another sequence, some that need a survey.
    Write other = {.key = "other" + key, .sequence = "another"};
    ASSERT_EQ(Commit(*store_, i % 2 ? FreshOf(other) : SetOf(other)).revision, 2 * i);
    EXPECT_EQ(BodyOf(*store_, other.key), key);
  }
  ASSERT_OK_AND_ASSIGN(const AuditCheck check, store_->CheckAudit({}, 1000));
  EXPECT_EQ(check.fault, AuditCheck::kNone);
  EXPECT_EQ(check.through.id, 60);
}

TEST_P(Contract, ARequestThatComesAgainIsFoundAmongNewRecords) {
  for (const char* key : {"1", "2", "3"}) {
    ASSERT_EQ(Create(*store_, key, std::string("reply") + key).kind, Outcome::kCommitted);
  }
  const Outcome again = Create(*store_, "again", "reply3");
  ASSERT_EQ(again.kind, Outcome::kReplied);
  EXPECT_EQ(again.reply.name, "things/3");
  ASSERT_EQ(Create(*store_, "4", "reply4").kind, Outcome::kCommitted);
  EXPECT_EQ(BodyOf(*store_, "4"), "4");
}

TEST_P(Contract, ARefusalDoesNotStandBeforeAReply) {
  ASSERT_EQ(Create(*store_, "1").kind, Outcome::kCommitted);
  ASSERT_EQ(Create(*store_, "2", "reply").kind, Outcome::kCommitted);
  WriteSet set = FreshOf({.key = "3", .sequence = kSerials, .reply = "reply"});
  set.encode = [](const Numbers&) -> StatusOr<Changes> { return FieldError("x", "want more"); };
  EXPECT_EQ(Commit(*store_, std::move(set)).kind, Outcome::kReplied);
}

TEST_P(Contract, ANewRecordThatIsThereAlreadyFailsAlone) {
  Reopen(OneBatch(3));
  const auto three = [&](const std::vector<std::string>& keys) {
    std::vector<WriteSet> sets;
    for (const auto& key : keys) sets.push_back(FreshOf({.key = key, .sequence = kSerials}));
    return CommitAll(*store_, std::move(sets));
  };
  three({"1", "2", "3"});
  const auto outcomes = three({"4", "2", "5"});
  EXPECT_EQ(outcomes[0].kind, Outcome::kCommitted);
  EXPECT_EQ(outcomes[1].kind, Outcome::kFailed);
  EXPECT_EQ(outcomes[2].kind, Outcome::kCommitted);
  EXPECT_EQ(BodyOf(*store_, "2"), "2");
  EXPECT_EQ(BodyOf(*store_, "5"), "5");
}

// The drivers may write them in different ways. Every third has no label.
TEST_P(Contract, FewAndManyRowsAreWrittenAlike) {
  for (const int count : {1, 2, 24, 25, 70}) {
    Reopen(OneBatch(count));
    for (const bool fresh : {true, false}) {
      std::vector<WriteSet> sets;
      for (int i = 0; i < count; ++i) {
        const std::string key = absl::StrCat(count, ".", i);
        const int64_t version = fresh ? 0 : VersionOf(*store_, key);
        const Write write = {.key = key, .version = version, .rank = i - 3, .label = key};
        sets.push_back(fresh ? FreshOf(write) : SetOf(write));
        if (i % 3 == 0) Unlabel(&sets.back());
      }
      for (const Outcome& outcome : CommitAll(*store_, std::move(sets)))
        ASSERT_EQ(outcome.kind, Outcome::kCommitted);
      for (int i = 0; i < count; ++i) {
        const std::string key = absl::StrCat(count, ".", i);
        ASSERT_OK_AND_ASSIGN(const auto row, store_->Get(Things(), key));
        ASSERT_TRUE(row.has_value());
        const Value label = i % 3 == 0 ? Value() : Value(key);
        EXPECT_EQ(row->columns, (std::vector<Value>{int64_t{i} - 3, label, "first"})) << key;
        EXPECT_EQ(row->body, "body");
      }
    }
  }
}

}  // namespace
}  // namespace pingan::store
