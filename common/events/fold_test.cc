#include "common/events/fold.h"

#include <thread>

#include "common/events/compactor.h"
#include "common/events/counts_fixture.h"
#include "common/events/scripted_store.h"
#include "common/testing/postgres.h"

namespace pingan::events {
namespace {

namespace v1 = common::v1;

constexpr absl::Duration kLong = absl::Seconds(60);

std::unique_ptr<Feed> FeedOf(store::Store& store) {
  auto feed = Feed::Start(&store, {.poll = absl::Milliseconds(1)});
  EXPECT_OK(feed);
  return *std::move(feed);
}

std::unique_ptr<Fold> FoldOf(store::Store& store, Feed& feed, const FoldOptions& options = {}) {
  auto fold = Fold::Start(&store, &feed, "counts", TestMeasures(), options);
  EXPECT_OK(fold);
  return *std::move(fold);
}

store::Event EventOf(const std::vector<v1::Delta>& deltas) {
  v1::Deltas all;
  for (const auto& delta : deltas) *all.add_deltas() = delta;
  return {.time_us = 1, .kind = "thing.changed", .deltas = all.SerializeAsString()};
}

// Commits events of up to 3 random deltas, counts them into `expected` too, answers the last
// revision.
int64_t AppendRandom(store::Store& store, std::mt19937& random, int events, Cube& expected) {
  std::vector<store::Event> batch;
  for (int i = 0; i < events; ++i) {
    std::vector<v1::Delta> deltas;
    for (unsigned n = random() % 4; n > 0; --n) {
      deltas.push_back(RandomDelta(random));
      EXPECT_OK(expected.Add(deltas.back()));
    }
    batch.push_back(EventOf(deltas));
  }
  return Append(store, batch);
}

CubeQuery All(const std::string& scope) {
  return {.scope = scope, .group_by = {"area", "month", "category", "level"}};
}

void ExpectEqual(Fold& fold, const Cube& expected, int64_t revision) {
  for (const char* scope : {"04", "41", "42", "4116", "411602"}) {
    ASSERT_OK_AND_ASSIGN(const Answer answer, fold.Ask(All(scope), revision, absl::Now() + kLong));
    ASSERT_OK_AND_ASSIGN(const auto want, expected.Ask(All(scope)));
    EXPECT_EQ(answer.rows, want);
    EXPECT_EQ(answer.as_of_revision, revision);
  }
}

// Each life ends at a random point, mostly without Stop, and stores now and then.
void CheckRestarts(const std::string& database) {
  std::mt19937 random(Seed());
  const auto store = OpenStore(database);
  Cube expected(TestMeasures());
  int64_t revision = 0;
  for (int life = 0; life < 15; ++life) {
    const FoldOptions options = {.save_every = random() % 2 ? absl::ZeroDuration() : kLong,
                                 .dirty_max = 1 + random() % 40};
    const auto feed = FeedOf(*store);
    const auto fold = FoldOf(*store, *feed, options);
    EXPECT_LE(fold->AsOf(), revision);
    for (unsigned n = random() % 30; n > 0; --n) {
      revision = AppendRandom(*store, random, 1 + random() % 3, expected);
    }
    if (random() % 3 == 0) ExpectEqual(*fold, expected, revision);
    if (random() % 4 == 0) fold->Stop();
  }
  const auto feed = FeedOf(*store);
  ExpectEqual(*FoldOf(*store, *feed), expected, revision);
}

TEST(Fold, ARestartGoesOnExactlyOnSqlite) {
  CheckRestarts(FreshSqlite("restart"));
}

TEST(Fold, ARestartGoesOnExactlyOnPostgres) {
  CheckRestarts(testing::Postgres::Shared().NewDatabase());
}

TEST(Fold, TwoReplicasStoreIntoOneDatabaseAndAnswerTheSame) {
  std::mt19937 random(Seed());
  const std::string database = testing::Postgres::Shared().NewDatabase();
  const auto one_store = OpenStore(database), other_store = OpenStore(database);
  Cube expected(TestMeasures());
  int64_t revision = 0;
  {
    const auto one_feed = FeedOf(*one_store), other_feed = FeedOf(*other_store);
    const FoldOptions often = {.save_every = absl::ZeroDuration()};
    const auto one = FoldOf(*one_store, *one_feed, often);
    const auto other = FoldOf(*other_store, *other_feed, {.save_every = kLong, .dirty_max = 7});
    for (int i = 0; i < 100; ++i) {
      revision =
          AppendRandom(i % 2 ? *one_store : *other_store, random, 1 + random() % 3, expected);
    }
    ExpectEqual(*one, expected, revision);
    ExpectEqual(*other, expected, revision);
  }
  const auto feed = FeedOf(*one_store);
  const auto next = FoldOf(*one_store, *feed);
  EXPECT_GT(next->SavedThrough(), 0);
  ExpectEqual(*next, expected, revision);
}

TEST(Fold, StopStoresEverything) {
  std::mt19937 random(Seed());
  const auto store = OpenStore(FreshSqlite("stop"));
  Cube expected(TestMeasures());
  const int64_t revision = AppendRandom(*store, random, 50, expected);
  const auto feed = FeedOf(*store);
  const auto fold = FoldOf(*store, *feed, {.save_every = kLong});
  ExpectEqual(*fold, expected, revision);
  EXPECT_EQ(fold->SavedThrough(), 0);
  fold->Stop();
  fold->Stop();
  EXPECT_EQ(fold->SavedThrough(), revision);
  ExpectEqual(*fold, expected, revision);
  ASSERT_OK(store->Compact(revision));
  ExpectEqual(*FoldOf(*store, *feed), expected, revision);
}

TEST(Fold, AskWaitsForARevisionAndNotBeyondItsDeadline) {
  ScriptedStore store;
  const auto feed = FeedOf(store);
  const auto fold = FoldOf(store, *feed);
  EXPECT_THAT(fold->Ask({.scope = "41"}, 1, absl::Now()),
              testing::Fails(absl::StatusCode::kDeadlineExceeded, v1::DEADLINE_PASSED));
  ASSERT_OK_AND_ASSIGN(const Answer nothing, fold->Ask({.scope = "41"}, 0, absl::Now()));
  EXPECT_EQ(nothing.as_of_revision, 0);
  auto answer = std::async(std::launch::async,
                           [&] { return fold->Ask({.scope = "41"}, 1, absl::Now() + kLong); });
  store::Event event = EventOf({DeltaOf("411602001001", "2026-01", {"0101", "1"}, {5})});
  event.revision = 1;
  store.Publish(event);
  const auto got = answer.get();
  ASSERT_OK(got);
  EXPECT_EQ(got->as_of_revision, 1);
  EXPECT_EQ(got->rows[0].counts[0], 5);
}

TEST(Fold, ARevisionThatTheDatabaseHasNotReachedIsRefused) {
  ScriptedStore store;
  store.Publish({.revision = 1});
  const auto feed = Feed::Start(&store, {.poll = kLong});
  ASSERT_OK(feed);
  const auto fold = FoldOf(store, **feed);
  store.Publish({.revision = 2});
  EXPECT_OK(fold->CheckReached(2)) << "another replica's, unknown to the feed";
  EXPECT_THAT(fold->CheckReached(3), testing::NamesField("min_revision"));
  store.SetAway(true);
  EXPECT_OK(fold->CheckReached(1)) << "known without the database";
  EXPECT_THAT(fold->CheckReached(3),
              testing::Fails(absl::StatusCode::kUnavailable, v1::DATABASE_UNAVAILABLE));
}

TEST(Fold, GarbledDeltasStopItAndNothingWrongIsStored) {
  const v1::Delta good = DeltaOf("411602001001", "2026-01", {"0101", "1"}, {5});
  store::Event unreadable = {.deltas = "\xff\xff"};
  for (store::Event bad : {unreadable, EventOf({good, DeltaOf("4116", "2026-01", {}, {1})})}) {
    ScriptedStore store;
    bad.revision = 2;
    store::Event first = EventOf({good});
    first.revision = 1;
    store.Publish(first);
    const auto feed = FeedOf(store);
    const auto fold = FoldOf(store, *feed);
    ASSERT_OK(fold->Ask({.scope = "41"}, 1, absl::Now() + kLong));
    store.Publish(bad);
    EXPECT_THAT(fold->Ask({.scope = "41"}, 2, absl::Now() + kLong),
                testing::Fails(absl::StatusCode::kInternal, v1::INTERNAL_FAULT));
    EXPECT_THAT(fold->Ask({.scope = "41"}, 0, absl::Now() + kLong),
                testing::Fails(absl::StatusCode::kInternal, v1::INTERNAL_FAULT));
    fold->Stop();
    EXPECT_EQ(*store.LoadFold("counts", [](std::string, std::string) {}), 0);
  }
}

TEST(Fold, WhatWasCompactedCannotBeCounted) {
  const auto store = OpenStore(FreshSqlite("lost"));
  Append(*store, {EventOf({}), EventOf({})});
  ASSERT_OK(store->Compact(1));
  const auto feed = FeedOf(*store);
  EXPECT_THAT(FoldOf(*store, *feed)->Ask({.scope = "41"}, 2, absl::Now() + kLong),
              testing::Fails(absl::StatusCode::kOutOfRange, v1::REVISION_COMPACTED));
}

TEST(Fold, WhatAnotherCountedBeforeItWasCompactedIsTakenOver) {
  const auto store = OpenStore(FreshSqlite("taken_over"));
  const auto late = Feed::Start(store.get(), {.poll = kLong});
  ASSERT_OK(late);
  const auto fold = FoldOf(*store, **late);
  std::mt19937 random(7);
  Cube expected(TestMeasures());
  const int64_t counted = AppendRandom(*store, random, 20, expected);
  const auto feed = FeedOf(*store);
  const auto other = FoldOf(*store, *feed);
  ExpectEqual(*other, expected, counted);
  other->Stop();
  ASSERT_OK(store->Compact(counted));
  const int64_t revision = AppendRandom(*store, random, 20, expected);
  (*late)->Wake(revision);
  ExpectEqual(*fold, expected, revision);
}

TEST(Fold, GoesOnAndStoresWhenTheDatabaseIsBack) {
  ScriptedStore store;
  const auto feed = FeedOf(store);
  const auto fold = FoldOf(store, *feed, {.save_every = absl::ZeroDuration()});
  store.SetAway(true);
  store::Event event = EventOf({DeltaOf("411602001001", "2026-01", {"0101", "1"}, {5})});
  event.revision = 1;
  store.Publish(event);
  store.AwaitReadsAfter(0);
  store.SetAway(false);
  ASSERT_OK(fold->Ask({.scope = "41"}, 1, absl::Now() + kLong));
  fold->Stop();
  EXPECT_EQ(fold->SavedThrough(), 1);
}

TEST(Fold, AnswersAreWholeWhileItFolds) {
  std::mt19937 random(Seed());
  const auto store = OpenStore(FreshSqlite("whole"));
  const auto feed = FeedOf(*store);
  const auto fold = FoldOf(*store, *feed);
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {  // a record moves: the sum stays 0
      v1::Delta in = RandomDelta(random), out = in;
      out.set_counts(0, -in.counts(0));
      feed->Wake(Append(*store, {EventOf({in, out})}));
    }
  });
  int64_t last = 0;
  while (last < 200) {
    const auto answer = fold->Ask({.scope = "41"}, last + 1, absl::Now() + kLong);
    ASSERT_OK(answer);
    EXPECT_GT(answer->as_of_revision, last);
    EXPECT_EQ(answer->rows[0].counts[0], 0);
    last = answer->as_of_revision;
  }
  writer.join();
}

TEST(CompactOlderThan, ForgetsWhatIsOldAndFoldedAndNothingElse) {
  const struct {
    int64_t folded;
    int64_t before_us;
    int64_t compacted;
  } rows[] = {{10, 0, 0},    {10, 1, 0},  {10, 2, 1}, {10, 8, 7},
              {10, 100, 10}, {4, 100, 4}, {0, 100, 0}};
  for (const auto& row : rows) {
    ScriptedStore store;
    for (int64_t n = 1; n <= 10; ++n) store.Publish({.revision = n, .time_us = n});
    EXPECT_THAT(CompactOlderThan(&store, row.folded, absl::FromUnixMicros(row.before_us)),
                testing::IsOk());
    EXPECT_EQ(*store.CompactedThrough(), row.compacted) << row.folded << " " << row.before_us;
    EXPECT_EQ(*CompactOlderThan(&store, 10, absl::FromUnixMicros(9)),
              std::max<int64_t>(row.compacted, 8));
  }
}

TEST(CompactOlderThan, GoesInStepsAndStopsWhenToldTo) {
  ScriptedStore store;
  for (int64_t n = 1; n <= 2500; ++n) store.Publish({.revision = n, .time_us = n});
  const auto all = absl::FromUnixMicros(9999);
  int asked = 0;
  EXPECT_EQ(*CompactOlderThan(&store, 2500, all, [&] { return ++asked <= 2; }), 2000);
  EXPECT_EQ(*store.CompactedThrough(), 2000);
  EXPECT_EQ(*CompactOlderThan(&store, 2500, all), 2500);
}

}  // namespace
}  // namespace pingan::events
