// What one commit carries, and what its observer is told and may hold back.
#include <mutex>

#include "common/store/contract.h"

namespace pingan::store {
namespace {

using ::testing::ElementsAre;

TEST_P(Contract, ObserverHoldsAcknowledgementsNotCommits) {
  std::mutex mutex;
  std::vector<Batch> batches;
  std::vector<std::function<void()>> releases;
  store_->Observe([&](const Batch& batch, std::function<void()> release) {
    std::lock_guard lock(mutex);
    batches.push_back(batch);
    releases.push_back(std::move(release));
  });
  std::atomic<int> acknowledged = 0;
  for (const char* key : {"a", "b"}) {
    WriteSet set = SetOf({.key = key});
    set.done = [&](const Outcome& outcome) { acknowledged += outcome.kind == Outcome::kCommitted; };
    store_->Commit(std::move(set));
  }
  store_->Close();
  EXPECT_EQ(acknowledged, 0);
  ASSERT_OK_AND_ASSIGN(const int64_t revision, store_->Revision());
  EXPECT_EQ(revision, 2);
  EXPECT_EQ(batches.back().revision, 2);
  EXPECT_EQ(batches.back().keys.back(), std::pair(&Things(), std::string("b")));
  for (auto& release : releases) release();
  EXPECT_EQ(acknowledged, 2);
}

TEST_P(Contract, ObserverHoldsARepeatedRequestToo) {
  std::vector<Batch> batches;
  store_->Observe([&](const Batch& batch, std::function<void()> release) {
    batches.push_back(batch);
    release();
  });
  for (int i = 0; i < 2; ++i) {
    WriteSet set = SetOf({.key = "a", .reply = "r"});
    set.reply_table = &Things();
    Commit(*store_, std::move(set));
  }
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_THAT(batches[1].repeated, ElementsAre(std::pair(&Things(), std::string("things/a"))));
}

TEST_P(Contract, WhatIsLongDoesNotShareACommitWithAllTheRest) {
  constexpr int64_t kHalf = 5 << 20;  // and more of what one commit takes
  Reopen(OneBatch(3));                // so that nobody waits for more than the last three
  std::mutex mutex;
  std::vector<size_t> events;
  store_->Observe([&](const Batch& batch, std::function<void()> release) {
    std::lock_guard lock(mutex);
    events.push_back(batch.events.size());
    release();
  });
  std::vector<WriteSet> sets;
  for (const char* key : {"a", "b", "c", "d"}) {
    sets.push_back(SetOf({.key = key}));
    sets.back().bytes_hint = key[0] < 'c' ? kHalf : 1;
  }
  for (const Outcome& outcome : CommitAll(*store_, std::move(sets)))
    EXPECT_EQ(outcome.kind, Outcome::kCommitted);
  EXPECT_THAT(events, ElementsAre(1, 3));
}

}  // namespace
}  // namespace pingan::store
