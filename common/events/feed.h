// Feed: the events of one service in the order of their revisions, without gaps, repeats or
// reordering, whichever replica committed them.
//
// One per process. A thread follows the store and keeps the newest events in memory, so that many
// readers of the same events cost the database nothing. The usual reader:
//
//   auto events = feed->Read(last, 100);              // an error, or what comes after `last`
//   if (events->empty()) id = feed->Wait(last, wake);  // and Read again when `wake` was called
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/store/store.h"

namespace pingan::events {

using store::EventPtr;

struct FeedOptions {
  // How soon the commits of other replicas are seen, and the pause after a failed read.
  absl::Duration poll = absl::Milliseconds(200);
  // What is kept in memory: at most so many events, and at most so many bytes of their strings.
  size_t kept_events = 65536;
  size_t kept_bytes = 64 << 20;
};

// All methods are safe from any thread, those of a `ready` included, but Stop.
class Feed {
 public:
  // Starts following at the store's revision of now. The store must outlive the feed. Errors of
  // Store::Revision.
  static StatusOr<std::unique_ptr<Feed>> Start(store::Store* store,
                                               const FeedOptions& options = {});
  ~Feed();
  Feed(const Feed&) = delete;

  // The events after revision `after` (0 = from the first), at most `limit`, from memory or else
  // from the store; none when there are none yet. OUT_OF_RANGE (REVISION_COMPACTED) when events
  // after `after` are no longer kept; the metadata
  // {"oldest_revision", n} names the smallest `after` that is answered. UNAVAILABLE
  // (DATABASE_UNAVAILABLE); UNAVAILABLE (DRAINING) at the end, when the feed has stopped.
  StatusOr<std::vector<EventPtr>> Read(int64_t after, int limit);

  // After which revision a reader begins that asks for events after `from`: 0 means those from the
  // first kept one, -1 those from now on. OUT_OF_RANGE (REVISION_AHEAD) for one that the database
  // has not got to, since it was restored to an earlier one: what comes is not what the reader
  // waits for. A replica that only lags behind the database does not refuse. Errors of the store.
  StatusOr<int64_t> Begin(int64_t from) const;

  // Whether the database has got to the revision, however far this feed is.
  StatusOr<bool> HasReached(int64_t revision) const;

  // The last revision that Read can answer. Never goes back.
  int64_t Head() const { return head_.load(std::memory_order_acquire); }

  // Calls `ready` once, as soon as Head() > `after` or the feed stops; at once when it is so
  // already. `ready` runs on the feed's thread (in Wait itself when the feed has stopped), holds up
  // all other readers and so must be quick; it may call the feed.
  uint64_t Wait(int64_t after, std::function<void()> ready);

  // Once it returns, the `ready` of `id` does not run and will not run. It waits for one that is
  // running, so hold no lock which that one takes; within a `ready` it does not wait. 0 is nobody's
  // id.
  void Cancel(uint64_t id);

  // Says that this process has committed through `revision`. The events of that commit are kept as
  // they are where they follow the head; what others committed before them is read without delay.
  void Wake(int64_t revision, std::span<const EventPtr> events = {});

  // Stops following and calls all that wait. Idempotent; not from a `ready`.
  void Stop();

 private:
  struct Waiter {
    int64_t after = 0;
    std::function<void()> ready;
  };

  Feed(store::Store* store, const FeedOptions& options, int64_t head);

  void Run();
  bool Advance();
  void Keep(std::span<const EventPtr> events);  // with mutex_ held
  bool SkipCompacted();
  void CallReady(std::unique_lock<std::mutex>& lock);
  StatusOr<std::vector<EventPtr>> ReadStore(int64_t after, int64_t through, int limit);

  store::Store* const store_;
  const FeedOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;  // of the thread
  std::condition_variable idle_;  // `running_` has ended
  std::atomic<int64_t> head_;     // written with mutex_ held
  std::deque<EventPtr> kept_;     // revisions up to head_
  size_t kept_bytes_ = 0;
  int64_t woken_ = 0;
  std::map<uint64_t, Waiter> waiters_;
  uint64_t last_id_ = 0;
  uint64_t running_ = 0;  // whose `ready` runs; 0 = none
  bool due_ = false;      // a waiter came that need not wait
  bool stopping_ = false;
  bool stopped_ = false;
  std::thread::id runner_;

  std::once_flag stop_once_;
  std::thread thread_;
};

}  // namespace pingan::events
