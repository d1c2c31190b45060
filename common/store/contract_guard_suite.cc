// Searches: who looked for something and did not find it is handed back when it has come since.
#include "common/store/contract.h"

namespace pingan::store {
namespace {

// A write by somebody who searched for the prefix just now and found these.
WriteSet Having(const Store& store, const std::string& key, const std::string& prefix,
                std::vector<std::string> found) {
  WriteSet set = SetOf({.key = key});
  set.since = store.Seen();
  set.absences = {{&Things(), prefix, std::move(found)}};
  return set;
}

struct Case {
  const char* name;
  std::string prefix;
  std::vector<std::string> found;
  Outcome::Kind want;
};

const Case kCases[] = {
    {"nothing like it", "c\n", {}, Outcome::kCommitted},
    {"not seen", "a\n", {}, Outcome::kConflict},
    {"seen", "a\n", {"a\n1"}, Outcome::kCommitted},
    {"another seen", "a\n", {"a\n2"}, Outcome::kConflict},
    {"one of two seen", "b\n", {"b\n2"}, Outcome::kConflict},
    {"two seen", "b\n", {"b\n1", "b\n2"}, Outcome::kCommitted},
    {"one that is gone seen", "a\n", {"a\n0", "a\n1"}, Outcome::kCommitted},
};

TEST_P(Contract, ARowThatCameSinceConflictsWithWhoLookedForIt) {
  const int64_t before = store_->Seen();
  for (const char* key : {"a\n1", "b\n1", "b\n2"})
    ASSERT_EQ(Commit(*store_, {.key = key}).kind, Outcome::kCommitted);
  EXPECT_EQ(store_->Seen(), before + 3);
  int key = 0;
  for (const bool remembered : {true, false}) {
    for (const Case& c : kCases) {
      // Another process remembers nothing, and has to look.
      if (!remembered) Reopen({});
      WriteSet set = Having(*store_, "x" + std::to_string(++key), c.prefix, c.found);
      // What was found was there before.
      if (remembered && c.want == Outcome::kConflict) set.since = before;
      EXPECT_EQ(Commit(*store_, std::move(set)).kind, c.want) << c.name << " " << remembered;
    }
  }
}

TEST_P(Contract, OfOneBatchTheFirstWithAPrefixIsWritten) {
  Reopen(OneBatch(4));
  std::vector<WriteSet> sets;
  sets.push_back(Having(*store_, "a\n1", "a\n", {}));
  sets.push_back(Having(*store_, "a\n2", "a\n", {}));
  sets.push_back(Having(*store_, "b\n1", "b\n", {}));
  sets.push_back(Having(*store_, "b\n2", "c\n", {}));
  const auto outcomes = CommitAll(*store_, std::move(sets));
  EXPECT_EQ(outcomes[0].kind, Outcome::kCommitted);
  EXPECT_EQ(outcomes[1].kind, Outcome::kConflict);
  EXPECT_EQ(outcomes[2].kind, Outcome::kCommitted);
  EXPECT_EQ(outcomes[3].kind, Outcome::kCommitted);
}

// Whoever searches first and writes if there is none: one gets through, however many try.
TEST_P(Contract, OfManyWhoLookAndWriteOneDoes) {
  std::atomic<int> committed = 0;
  InThreads(32, [&](int thread) {
    const std::string prefix = "p\n";
    for (;;) {
      const int64_t since = store_->Seen();
      const auto found = store_->KeysWith(Things(), std::vector<std::string>{prefix}, 2);
      ASSERT_OK(found.status());
      if (!found->front().empty()) return;
      WriteSet set = Having(*store_, prefix + std::to_string(thread), prefix, {});
      set.since = since;
      const auto outcome = Commit(*store_, std::move(set));
      committed += outcome.kind == Outcome::kCommitted;
    }
  });
  EXPECT_EQ(committed, 1);
}

}  // namespace
}  // namespace pingan::store
