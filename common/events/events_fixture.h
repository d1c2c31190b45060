// What the tests of this folder share: real stores, commits of bare events, and a seed that is
// printed.
#pragma once

#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/events/feed.h"
#include "common/store/store.h"
#include "common/testing/matchers.h"

namespace pingan::events {

// PINGAN_SEED repeats a run.
inline unsigned Seed() {
  const char* given = std::getenv("PINGAN_SEED");
  const unsigned seed =
      given != nullptr ? std::strtoul(given, nullptr, 10) : std::random_device()();
  std::cout << "PINGAN_SEED=" << seed << std::endl;
  return seed;
}

inline std::unique_ptr<store::Store> OpenStore(const std::string& database) {
  auto opened = store::Open({.database = database}, "events_test", {});
  EXPECT_OK(opened);
  return *std::move(opened);
}

inline std::string FreshSqlite(const std::string& name) {
  return "sqlite:" + ::testing::TempDir() + "/" + name + "-" + std::to_string(getpid()) + ".db";
}

// Commits one write set of these events and answers the last revision.
inline int64_t Append(store::Store& store, std::vector<store::Event> events) {
  std::promise<store::Outcome> outcome;
  store::WriteSet set;
  set.events = static_cast<int>(events.size());
  set.encode = [&](const store::Numbers& numbers) -> StatusOr<store::Changes> {
    store::Changes changes{.events = events};
    for (size_t i = 0; i < events.size(); ++i) changes.events[i].revision = numbers.revision + i;
    return changes;
  };
  set.done = [&](const store::Outcome& done) { outcome.set_value(done); };
  store.Commit(std::move(set));
  const store::Outcome done = outcome.get_future().get();
  EXPECT_EQ(done.kind, store::Outcome::kCommitted) << done.status;
  return done.revision;
}

// Returns when Head() > after, or the feed has stopped.
inline void AwaitHead(Feed& feed, int64_t after) {
  std::promise<void> ready;
  feed.Wait(after, [&] { ready.set_value(); });
  ready.get_future().wait();
}

// Reads from `after` until the event `last`, each answer of at most `limit`.
inline std::vector<int64_t> ReadThrough(Feed& feed, int64_t after, int64_t last, int limit) {
  std::vector<int64_t> revisions;
  while (after < last) {
    AwaitHead(feed, after);
    const auto events = feed.Read(after, limit);
    EXPECT_OK(events);
    if (!events.ok() || events->empty()) break;
    for (const EventPtr& event : *events) revisions.push_back(event->revision);
    after = revisions.back();
  }
  return revisions;
}

}  // namespace pingan::events
