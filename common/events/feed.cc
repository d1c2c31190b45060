#include "common/events/feed.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/thread_name.h"

namespace pingan::events {
namespace v1 = common::v1;
namespace {

constexpr int kBatch = 1024;
constexpr int64_t kEverything = std::numeric_limits<int64_t>::max();

size_t SizeOf(const store::Event& event) {
  return sizeof(event) + event.actor.size() + event.request_id.size() + event.name.size() +
         event.area.size() + event.kind.size() + event.subject.size() + event.body.size() +
         event.deltas.size() + event.also.size();
}

// Cuts off what does not follow `after` one by one: what is missing cannot be seen yet.
void CutAtGap(int64_t after, std::vector<store::Event>& events) {
  const auto gap = std::find_if(events.begin(), events.end(), [&](const store::Event& event) {
    return event.revision != ++after;
  });
  events.erase(gap, events.end());
}

std::vector<EventPtr> Shared(std::vector<store::Event> events) {
  std::vector<EventPtr> shared;
  shared.reserve(events.size());
  for (store::Event& event : events) {
    shared.push_back(std::make_shared<const store::Event>(std::move(event)));
  }
  return shared;
}

Status Compacted(int64_t through) {
  return Error(absl::StatusCode::kOutOfRange, "events after this revision are no longer kept",
               {.reason = v1::REVISION_COMPACTED,
                .metadata = {{"oldest_revision", std::to_string(through)}}});
}

}  // namespace

StatusOr<std::unique_ptr<Feed>> Feed::Start(store::Store* store, const FeedOptions& options) {
  ASSIGN_OR_RETURN(const int64_t head, store->Revision());
  return std::unique_ptr<Feed>(new Feed(store, options, head));
}

Feed::Feed(store::Store* store, const FeedOptions& options, int64_t head)
    : store_(store), options_(options), head_(head), thread_([this] { Run(); }) {}

Feed::~Feed() {
  Stop();
}

StatusOr<std::vector<EventPtr>> Feed::Read(int64_t after, int limit) {
  int64_t head;
  {
    std::lock_guard lock(mutex_);
    head = Head();
    if (after >= head && stopped_) {
      return Error(absl::StatusCode::kUnavailable, v1::DRAINING, "the feed has stopped");
    }
    const int64_t first = head - static_cast<int64_t>(kept_.size());
    if (after >= first) {
      const auto begin = kept_.begin() + std::min<int64_t>(after - first, kept_.size());
      const auto count = std::min<int64_t>(limit, kept_.end() - begin);
      return std::vector<EventPtr>(begin, begin + count);
    }
  }
  return ReadStore(after, head, limit);
}

StatusOr<int64_t> Feed::Begin(int64_t from) const {
  if (from < 0) return Head();
  if (from == 0) return store_->CompactedThrough();
  ASSIGN_OR_RETURN(const bool reached, HasReached(from));
  if (reached) return from;
  return Error(absl::StatusCode::kOutOfRange, v1::REVISION_AHEAD,
               "the database has not got to this revision");
}

StatusOr<bool> Feed::HasReached(int64_t revision) const {
  if (revision <= Head()) return true;
  ASSIGN_OR_RETURN(const int64_t last, store_->Revision());
  return revision <= last;
}

StatusOr<std::vector<EventPtr>> Feed::ReadStore(int64_t after, int64_t through, int limit) {
  auto found = store_->Events(after, through, limit);
  if (absl::IsOutOfRange(found.status())) {
    ASSIGN_OR_RETURN(const int64_t compacted, store_->CompactedThrough());
    return Compacted(compacted);
  }
  ASSIGN_OR_RETURN(auto events, std::move(found));
  CutAtGap(after, events);
  if (events.empty()) {
    return Error(absl::StatusCode::kInternal, v1::INTERNAL_FAULT, "an event is missing");
  }
  return Shared(std::move(events));
}

uint64_t Feed::Wait(int64_t after, std::function<void()> ready) {
  std::unique_lock lock(mutex_);
  const uint64_t id = ++last_id_;
  if (stopped_) {
    lock.unlock();
    ready();
    return id;
  }
  waiters_.emplace(id, Waiter{after, std::move(ready)});
  if (Head() > after) {
    due_ = true;
    wake_.notify_one();
  }
  return id;
}

void Feed::Cancel(uint64_t id) {
  std::function<void()> dropped;  // destroyed without the lock
  std::unique_lock lock(mutex_);
  if (const auto it = waiters_.find(id); it != waiters_.end()) {
    dropped = std::move(it->second.ready);
    waiters_.erase(it);
    lock.unlock();
    return;
  }
  if (std::this_thread::get_id() == runner_) return;
  if (id != 0) idle_.wait(lock, [&] { return running_ != id; });
}

void Feed::Wake(int64_t revision, std::span<const EventPtr> events) {
  std::lock_guard lock(mutex_);
  if (revision <= Head()) return;
  Keep(events);
  if (Head() >= revision) {
    due_ = true;
  } else {
    // A commit that did not happen after all may have told a higher one.
    woken_ = std::max(woken_, revision);
  }
  wake_.notify_one();
}

void Feed::Stop() {
  std::call_once(stop_once_, [this] {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_one();
    }
    thread_.join();
  });
}

void Feed::Run() {
  NameThread("feed");
  std::unique_lock lock(mutex_);
  runner_ = std::this_thread::get_id();
  // What others commit is looked for when nothing is told for a while, or something that does not
  // follow the head.
  for (bool read = true; !stopping_;) {
    const int64_t seen = woken_;
    lock.unlock();
    const bool more = read && Advance();
    lock.lock();
    due_ = false;
    CallReady(lock);
    if (more) continue;
    const bool told = wake_.wait_for(lock, absl::ToChronoNanoseconds(options_.poll),
                                     [&] { return stopping_ || due_ || woken_ > seen; });
    read = !told || woken_ > seen;
  }
  stopped_ = true;
  CallReady(lock);
}

// Whether there may be more to read at once.
bool Feed::Advance() {
  const int64_t head = Head();
  auto events = store_->Events(head, kEverything, kBatch);
  if (absl::IsOutOfRange(events.status())) return SkipCompacted();
  if (!events.ok()) return false;
  const bool full = events->size() == kBatch;
  CutAtGap(head, *events);
  if (events->empty()) return false;
  const std::vector<EventPtr> found = Shared(*std::move(events));
  std::lock_guard lock(mutex_);
  Keep(found);
  return full;
}

// Nothing if they do not follow the head: some may have come by Wake while they were read.
void Feed::Keep(std::span<const EventPtr> events) {
  while (!events.empty() && events.front()->revision <= Head()) events = events.subspan(1);
  if (events.empty() || events.front()->revision != Head() + 1) return;
  for (const EventPtr& event : events) {
    kept_bytes_ += SizeOf(*event);
    kept_.push_back(event);
  }
  head_.store(kept_.back()->revision, std::memory_order_release);
  while (kept_.size() > options_.kept_events || kept_bytes_ > options_.kept_bytes) {
    kept_bytes_ -= SizeOf(*kept_.front());
    kept_.pop_front();
  }
}

// Events were compacted before this process saw them; readers learn of it by OUT_OF_RANGE.
bool Feed::SkipCompacted() {
  const auto compacted = store_->CompactedThrough();
  if (!compacted.ok()) return false;
  std::lock_guard lock(mutex_);
  if (*compacted <= Head()) return true;
  kept_.clear();
  kept_bytes_ = 0;
  head_.store(*compacted, std::memory_order_release);
  return true;
}

// One pass over those that wait now, so that one who waits again at once cannot hold up the thread.
void Feed::CallReady(std::unique_lock<std::mutex>& lock) {
  const uint64_t last = last_id_;
  auto it = waiters_.begin();
  while (it != waiters_.end() && it->first <= last) {
    if (!stopped_ && it->second.after >= Head()) {
      ++it;
      continue;
    }
    running_ = it->first;
    {
      std::function<void()> ready = std::move(it->second.ready);
      waiters_.erase(it);
      lock.unlock();
      ready();
    }
    lock.lock();
    it = waiters_.upper_bound(running_);
    running_ = 0;
    idle_.notify_all();
  }
}

}  // namespace pingan::events
