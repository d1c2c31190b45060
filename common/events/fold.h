// Fold: the counts of a service, live. A thread adds the deltas of the events to a cube in the
// order of revisions and now and then stores the changed cells together with its position, so that
// a restart goes on from there.
//
// The answer at a revision is a function of the events through it: it equals a recount, and every
// replica gives the same. Several replicas may keep the same fold in one database; the one ahead
// stores.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/events/cube.h"
#include "common/events/feed.h"
#include "common/store/store.h"

namespace pingan::events {

struct FoldOptions {
  absl::Duration save_every = absl::Seconds(5);
  size_t dirty_max = 20000;  // cells; so many changed are stored without waiting
};

struct Answer {
  std::vector<CubeRow> rows;
  int64_t as_of_revision = 0;
};

// All methods are safe from any thread. Store and feed must outlive the fold, and the feed must be
// stopped after it.
class Fold {
 public:
  // Loads what is stored under `name` (about a second for a million cells) and goes on folding
  // behind the call. A change of what the deltas mean needs a new name, and all events from the
  // first. Errors of Store::LoadFold; INTERNAL (INTERNAL_FAULT) when a stored cell cannot be read.
  static StatusOr<std::unique_ptr<Fold>> Start(store::Store* store, Feed* feed, std::string name,
                                               Measures measures, const FoldOptions& options = {});

  // Does not store: the cells changed since the last time are folded again at the next start.
  ~Fold();
  Fold(const Fold&) = delete;

  // Answers when `min_revision` has been folded. DEADLINE_EXCEEDED (DEADLINE_PASSED) if that was
  // not before `deadline`; the errors of Cube::Ask. When the fold cannot go on: OUT_OF_RANGE
  // (REVISION_COMPACTED: events are gone that neither this fold nor what is stored has counted) or
  // INTERNAL (INTERNAL_FAULT) from then on.
  StatusOr<Answer> Ask(const CubeQuery& query, int64_t min_revision, absl::Time deadline);

  // INVALID_ARGUMENT naming `min_revision` when the database has not got that far: Ask would wait
  // for what may never come. Errors of Store::Revision.
  Status CheckReached(int64_t min_revision) const;

  // The last revision that answers count.
  int64_t AsOf() const;

  // Events through this revision are stored as counts and not needed to fold again.
  int64_t SavedThrough() const;

  // Stops folding and stores. Idempotent; Ask answers as before.
  void Stop();

 private:
  Fold(store::Store* store, Feed* feed, std::string name, Measures measures,
       const FoldOptions& options);

  StatusOr<int64_t> Load(Cube* cube);
  void Begin(Cube cube, int64_t position);
  bool Reload();
  void Run();
  bool Going() const;
  void Step();
  void Add(const std::vector<EventPtr>& events);
  void Save();
  bool SaveDue() const;
  void Rest(absl::Duration at_most, bool until_event);
  Status Failure() const;
  void Fail(const Status& status);
  Status WaitFor(int64_t revision, absl::Time deadline);
  void Join();

  store::Store* const store_;
  Feed* const feed_;
  const std::string name_;
  const FoldOptions options_;

  // Taken before cube_mutex_, by readers for a moment: so a waiting writer is not overtaken for
  // ever.
  std::mutex gate_;
  std::shared_mutex cube_mutex_;
  Cube cube_;             // changed by the thread only
  int64_t position_ = 0;  // likewise

  int64_t next_save_us_ = 0;  // of the thread, monotonic
  bool save_failed_ = false;  // of the thread

  mutable std::mutex mutex_;
  std::condition_variable wake_;    // of the thread
  std::condition_variable folded_;  // as_of_ or failure_ changed
  int64_t as_of_ = 0;
  int64_t saved_through_ = 0;
  Status failure_;
  bool woken_ = false;
  bool stopping_ = false;

  std::mutex join_mutex_;
  std::thread thread_;
};

}  // namespace pingan::events
