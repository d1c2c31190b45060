#include "common/events/feed.h"

#include <atomic>
#include <memory>
#include <numeric>
#include <thread>

#include "common/events/events_fixture.h"
#include "common/events/scripted_store.h"
#include "common/testing/postgres.h"

namespace pingan::events {
namespace {

namespace v1 = common::v1;

std::unique_ptr<Feed> FeedOf(store::Store& store, const FeedOptions& options = {}) {
  auto feed = Feed::Start(&store, options);
  EXPECT_OK(feed);
  return *std::move(feed);
}

FeedOptions Quick() {
  return {.poll = absl::Milliseconds(1)};
}

std::vector<int64_t> Range(int64_t first, int64_t last) {
  std::vector<int64_t> numbers(last - first + 1);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

void PublishThrough(ScriptedStore& store, int64_t first, int64_t last) {
  for (int64_t revision : Range(first, last)) store.Publish({.revision = revision, .body = "body"});
}

std::vector<int64_t> Revisions(const std::vector<EventPtr>& events) {
  std::vector<int64_t> revisions;
  for (const EventPtr& event : events) revisions.push_back(event->revision);
  return revisions;
}

constexpr int kWriters = 4, kCommits = 100;
constexpr int64_t kTotal = kWriters * (34 * 1 + 33 * 2 + 33 * 3);

void WriteSome(store::Store& store, Feed& feed) {
  for (int i = 0; i < kCommits; ++i) {
    feed.Wake(Append(store, std::vector<store::Event>(1 + i % 3, {.kind = "thing.changed"})));
  }
}

// Reads all, leaving at random and coming back with the last revision.
std::vector<int64_t> Subscribe(Feed& feed, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int64_t> seen;
  while (seen.size() < static_cast<size_t>(kTotal)) {
    const int64_t last = seen.empty() ? 0 : seen.back();
    if (random() % 4 == 0) feed.Cancel(feed.Wait(last, [] {}));
    AwaitHead(feed, last);
    const auto events = feed.Read(last, 1 + random() % 20);
    EXPECT_OK(events);
    if (!events.ok() || events->empty()) break;
    for (int64_t revision : Revisions(*events)) seen.push_back(revision);
  }
  return seen;
}

// Writers through each store, while readers of each feed come and go.
void CheckEachOnceInOrder(const std::vector<store::Store*>& stores,
                          const std::vector<Feed*>& feeds) {
  const unsigned seed = Seed();
  std::vector<std::future<std::vector<int64_t>>> readers;
  for (unsigned i = 0; i < 4; ++i) {
    readers.push_back(
        std::async(std::launch::async, Subscribe, std::ref(*feeds[i % feeds.size()]), seed + i));
  }
  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back(WriteSome, std::ref(*stores[i % stores.size()]),
                         std::ref(*feeds[i % feeds.size()]));
  }
  for (auto& writer : writers) writer.join();
  for (auto& reader : readers) EXPECT_EQ(reader.get(), Range(1, kTotal));
}

TEST(Feed, SubscribersSeeEachEventOnceInOrderWhateverTheWritersDo) {
  const auto store = OpenStore(FreshSqlite("feed"));
  const auto feed = FeedOf(*store, {.kept_events = 64});
  CheckEachOnceInOrder({store.get()}, {feed.get()});
}

TEST(Feed, TwoReplicasOfOneDatabaseTellTheSame) {
  const std::string database = testing::Postgres::Shared().NewDatabase();
  const auto first = OpenStore(database), second = OpenStore(database);
  const auto one = FeedOf(*first, Quick()), other = FeedOf(*second, Quick());
  CheckEachOnceInOrder({first.get(), second.get()}, {one.get(), other.get()});
}

TEST(Feed, BeginsWhereTheDatabaseIsAndNotBeyond) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  PublishThrough(store, 1, 2);
  store.Publish({.revision = 4});  // 3 cannot be seen yet: the feed lags behind the database
  EXPECT_EQ(ReadThrough(*feed, 0, 2, 10), Range(1, 2));
  for (const int64_t from : {1, 2, 3, 4}) EXPECT_EQ(*feed->Begin(from), from);
  EXPECT_THAT(feed->Begin(5), testing::Fails(absl::StatusCode::kOutOfRange, v1::REVISION_AHEAD));
  EXPECT_EQ(*feed->Begin(-1), 2);
  EXPECT_EQ(*feed->Begin(0), 0);
  ASSERT_OK(store.Compact(1));
  EXPECT_EQ(*feed->Begin(0), 1) << "the first that is kept comes after it";
  store.SetAway(true);
  EXPECT_EQ(*feed->Begin(2), 2);
  EXPECT_THAT(feed->Begin(3),
              testing::Fails(absl::StatusCode::kUnavailable, v1::DATABASE_UNAVAILABLE));
}

TEST(Feed, AnEventThatCannotBeSeenYetIsWaitedFor) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  store.Publish({.revision = 1});
  AwaitHead(*feed, 0);
  store.Publish({.revision = 3});
  store.AwaitReadsAfter(1);
  EXPECT_EQ(feed->Head(), 1);
  store.Publish({.revision = 2});
  EXPECT_EQ(ReadThrough(*feed, 0, 3, 10), Range(1, 3));
}

TEST(Feed, WakeIsFasterThanThePoll) {
  ScriptedStore store;
  const auto feed = FeedOf(store, {.poll = absl::Hours(1)});
  store.Publish({.revision = 1});
  feed->Wake(1);
  EXPECT_EQ(ReadThrough(*feed, 0, 1, 10), Range(1, 1));
}

std::vector<EventPtr> Told(int64_t first, int64_t last) {
  std::vector<EventPtr> events;
  for (int64_t revision : Range(first, last))
    events.push_back(std::make_shared<const store::Event>(store::Event{.revision = revision}));
  return events;
}

TEST(Feed, WhatFollowsTheHeadIsKeptAsTold) {
  ScriptedStore store;
  const auto feed = FeedOf(store, {.poll = absl::Hours(1)});
  store.SetAway(true);  // what is not told cannot be read
  feed->Wake(2, Told(1, 2));
  EXPECT_EQ(feed->Head(), 2);
  feed->Wake(2, Told(1, 2));
  feed->Wake(3, Told(3, 3));
  EXPECT_EQ(ReadThrough(*feed, 0, 3, 10), Range(1, 3));
  feed->Wake(6, Told(6, 6));  // others committed 4 and 5
  EXPECT_EQ(feed->Head(), 3);
  store.SetAway(false);
  PublishThrough(store, 1, 7);
  feed->Wake(7, Told(7, 7));
  EXPECT_EQ(ReadThrough(*feed, 0, 7, 10), Range(1, 7));
}

TEST(Feed, WhatIsNotInMemoryComesFromTheStore) {
  struct {
    const char* name;
    FeedOptions options;
    int64_t oldest_kept;
  } const rows[] = {
      {"by number", {.poll = absl::Milliseconds(1), .kept_events = 4}, 17},
      {"by bytes",
       {.poll = absl::Milliseconds(1), .kept_bytes = 2 * (sizeof(store::Event) + 4) + 1},
       19},
      {"nothing kept", {.poll = absl::Milliseconds(1), .kept_events = 0}, 21},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    ScriptedStore store;
    const auto feed = FeedOf(store, row.options);
    PublishThrough(store, 1, 20);
    EXPECT_EQ(ReadThrough(*feed, 0, 20, 7), Range(1, 20));
    store.SetAway(true);
    EXPECT_THAT(feed->Read(row.oldest_kept - 2, 10),
                testing::Fails(absl::StatusCode::kUnavailable, v1::DATABASE_UNAVAILABLE));
    ASSERT_OK_AND_ASSIGN(const auto kept, feed->Read(row.oldest_kept - 1, 10));
    EXPECT_EQ(Revisions(kept), Range(row.oldest_kept, 20));
  }
}

TEST(Feed, GoesOnWhenTheDatabaseIsBack) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  store.SetAway(true);
  store.Publish({.revision = 1});
  store.AwaitReadsAfter(0);
  EXPECT_EQ(feed->Head(), 0);
  store.SetAway(false);
  EXPECT_EQ(ReadThrough(*feed, 0, 1, 10), Range(1, 1));
}

TEST(Feed, CompactedEventsAreOutOfRange) {
  const auto store = OpenStore(FreshSqlite("compacted"));
  for (int i = 0; i < 10; ++i) Append(*store, {{.kind = "thing.changed"}});
  ASSERT_OK(store->Compact(6));
  const auto feed = FeedOf(*store);
  for (int64_t after : {0, 5}) {
    const auto events = feed->Read(after, 10);
    EXPECT_THAT(events, testing::Fails(absl::StatusCode::kOutOfRange, v1::REVISION_COMPACTED));
    EXPECT_THAT(DetailsOf(events.status()).metadata,
                ::testing::ElementsAre(::testing::Pair("oldest_revision", "6")));
  }
  ASSERT_OK_AND_ASSIGN(const auto events, feed->Read(6, 10));
  EXPECT_EQ(Revisions(events), Range(7, 10));
}

TEST(Feed, EventsCompactedBeforeTheyWereSeenAreOutOfRange) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  store.SetAway(true);
  PublishThrough(store, 1, 11);
  ASSERT_OK(store.Compact(10));
  store.SetAway(false);
  AwaitHead(*feed, 10);
  EXPECT_THAT(feed->Read(0, 10),
              testing::Fails(absl::StatusCode::kOutOfRange, v1::REVISION_COMPACTED));
  EXPECT_EQ(ReadThrough(*feed, 10, 11, 10), Range(11, 11));
}

TEST(Feed, NothingYetIsNoError) {
  ScriptedStore store;
  PublishThrough(store, 1, 5);
  const auto feed = FeedOf(store, Quick());
  EXPECT_EQ(feed->Head(), 5);
  for (int64_t after : {5, 6, 1000}) {
    ASSERT_OK_AND_ASSIGN(const auto events, feed->Read(after, 10));
    EXPECT_TRUE(events.empty());
  }
}

TEST(Feed, ReadyIsCalledOnceAndOnlyWhenThereIsSomething) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  std::atomic<int> first = 0, third = 0;
  feed->Wait(0, [&] { ++first; });
  feed->Wait(2, [&] { ++third; });
  store.AwaitReadsAfter(0);
  EXPECT_EQ(first + third, 0);
  PublishThrough(store, 1, 2);
  AwaitHead(*feed, 1);
  store.AwaitReadsAfter(2);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(third, 0);
  feed->Stop();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(third, 1);
}

TEST(Feed, AfterStopWhatIsThereIsReadAndThenItSaysSo) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  PublishThrough(store, 1, 2);
  AwaitHead(*feed, 1);
  feed->Stop();
  feed->Stop();
  bool ready = false;
  feed->Wait(2, [&] { ready = true; });
  EXPECT_TRUE(ready);
  ASSERT_OK_AND_ASSIGN(const auto events, feed->Read(0, 10));
  EXPECT_EQ(Revisions(events), Range(1, 2));
  EXPECT_THAT(feed->Read(2, 10), testing::Fails(absl::StatusCode::kUnavailable, v1::DRAINING));
}

TEST(Feed, ReadyMayUseTheFeed) {
  ScriptedStore store;
  const auto feed = FeedOf(store, Quick());
  std::promise<size_t> read;
  std::atomic<uint64_t> self = 0;
  self = feed->Wait(0, [&] {
    feed->Cancel(self);
    feed->Wait(0, [&] { read.set_value(feed->Read(0, 10)->size()); });
  });
  PublishThrough(store, 1, 1);
  EXPECT_EQ(read.get_future().get(), 1u);
}

// The flag dies right after Cancel: a `ready` that runs later is seen by the sanitizers, too.
TEST(Feed, ACancelledReadyDoesNotRunAfterwards) {
  const auto store = std::make_unique<ScriptedStore>();
  const auto feed = FeedOf(*store, Quick());
  const unsigned seed = Seed();
  std::atomic<int64_t> violations = 0, calls = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937 random(seed + i);
      // On a busy machine all may be cancelled in time, so until some were not.
      for (int n = 0; n < 2000 || calls == 0; ++n) {
        auto cancelled = std::make_unique<std::atomic<bool>>(false);
        const uint64_t id = feed->Wait(feed->Head() - (random() % 2), [&, flag = cancelled.get()] {
          ++calls;
          for (int spin = 0; spin < 50; ++spin) violations += flag->load();
        });
        for (unsigned spin = random() % 300; spin > 0; --spin) calls.load();
        feed->Cancel(id);
        *cancelled = true;
      }
    });
  }
  for (int64_t revision = 1; revision <= 200; ++revision) {
    store->Publish({.revision = revision});
    feed->Wake(revision);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(violations, 0);
  EXPECT_GT(calls, 0);
}

}  // namespace
}  // namespace pingan::events
