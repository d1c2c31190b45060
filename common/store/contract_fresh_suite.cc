// New records in a row, which are judged by what the last commit left behind (Committer).
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

}  // namespace
}  // namespace pingan::store
