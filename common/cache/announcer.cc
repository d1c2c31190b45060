#include "common/cache/announcer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/cache/protocol.h"

namespace pingan::cache {
namespace {

constexpr int64_t kNever = INT64_MAX;
constexpr int64_t kRetryRaiseUs = 100'000;

std::string Millis(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

bool Carried(const RedisReply& exec) {
  return exec.type == RedisReply::kArray &&
         std::none_of(exec.elements.begin(), exec.elements.end(),
                      [](const RedisReply& reply) { return reply.type == RedisReply::kError; });
}

}  // namespace

Announcer::Announcer(std::string prefix, std::string replica, store::Store* store, Hooks hooks,
                     Counters* counters)
    : prefix_(std::move(prefix)),
      replica_(std::move(replica)),
      store_(store),
      hooks_(std::move(hooks)),
      counters_(counters),
      teller_([this] { TellLoop(); }),
      settler_([this] { SettleLoop(); }) {}

void Announcer::OnBatch(const store::Batch& batch, std::function<void()> release) {
  if (batch.keys.empty()) return release();
  for (const auto& [table, key] : batch.keys) hooks_.invalidate(key);
  auto pending = std::make_shared<Pending>(
      Pending{.revision = batch.revision, .keys = batch.keys, .release = std::move(release)});
  for (const store::Lease& lease : batch.leases) pending->waiting.insert(lease.replica);
  if (!pending->waiting.empty()) ++counters_->waits;
  Pendings done;
  {
    std::lock_guard lock(mutex_);
    // Who has no lease now has shut its caches, and raises the generation before it opens them
    // again.
    for (auto& [number, earlier] : pending_) {
      std::erase_if(earlier->waiting,
                    [&](const auto& replica) { return !pending->waiting.contains(replica); });
    }
    done = TakeDone(MonotonicMicros());
    Enqueue(std::move(pending));
  }
  Release(done);
}

void Announcer::Repeat(const store::Batch& batch) {
  std::lock_guard lock(mutex_);
  Enqueue(std::make_shared<Pending>(
      Pending{.revision = batch.revision, .keys = batch.keys, .release = [] {}}));
}

void Announcer::Enqueue(std::shared_ptr<Pending> pending) {
  pending->number = ++numbers_;
  pending_.emplace(pending->number, pending);
  queue_.push_back(std::move(pending));
  queued_.notify_one();
}

void Announcer::Attach(std::unique_ptr<Redis> redis, uint64_t epoch) {
  std::lock_guard lock(mutex_);
  redis_ = std::move(redis);
  epoch_ = epoch;
}

void Announcer::OnAck(int64_t batch, std::string_view replica) {
  Pendings done;
  {
    std::lock_guard lock(mutex_);
    const auto found = pending_.find(batch);
    if (found == pending_.end()) return;
    found->second->waiting.erase(std::string(replica));
    done = TakeDone(MonotonicMicros());
  }
  Release(done);
}

void Announcer::TellLoop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    queued_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
    if (stopped_) return;
    const Pendings batches(queue_.begin(), queue_.end());
    queue_.clear();
    const std::shared_ptr<Redis> redis = redis_;
    const uint64_t epoch = epoch_;
    lock.unlock();
    const bool reached = redis != nullptr && Tell(*redis, batches);
    if (redis != nullptr && !reached) hooks_.lost(epoch);
    MarkTold(batches, reached);
    lock.lock();
    if (!reached && redis_ == redis) redis_ = nullptr;
  }
}

bool Announcer::Tell(Redis& redis, const Pendings& batches) {
  std::vector<RedisCommand> commands;
  for (const auto& pending : batches) Append(*pending, &commands);
  const auto replies = redis.Run(commands);
  if (!replies.ok()) return false;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (commands[i][0] == "EXEC" && !Carried((*replies)[i])) return false;
  }
  return true;
}

void Announcer::Append(const Pending& pending, std::vector<RedisCommand>* commands) const {
  commands->push_back({"MULTI"});
  RedisCommand forget = {"DEL"};
  for (const auto& [table, key] : pending.keys) {
    commands->push_back({"SET", EntryKey(prefix_, table->name, key), "", "PX", Millis(kTombstone)});
    forget.push_back(NoticeKey(prefix_, {replica_, pending.number, pending.revision, key}));
    commands->push_back({"SET", forget.back(), ""});
  }
  // A notice is heard because it was touched; left to expire it would be heard a second time.
  commands->push_back(std::move(forget));
  commands->push_back({"EXEC"});
}

void Announcer::MarkTold(const Pendings& batches, bool reached) {
  const int64_t now_us = MonotonicMicros();
  Pendings done;
  {
    std::lock_guard lock(mutex_);
    for (const auto& pending : batches) {
      pending->told = true;
      pending->patient_until_us = now_us + (reached ? absl::ToInt64Microseconds(kAckPatience) : 0);
    }
    done = TakeDone(now_us);
    settled_.notify_one();
  }
  Release(done);
}

void Announcer::SettleLoop() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const int64_t due_us = NextDueUs();
    const int64_t now_us = MonotonicMicros();
    if (due_us == kNever) {
      settled_.wait(lock);
    } else if (due_us > now_us) {
      settled_.wait_for(lock, std::chrono::microseconds(due_us - now_us));
    } else {
      Raise(lock, now_us);
      const Pendings done = TakeDone(MonotonicMicros());
      lock.unlock();
      Release(done);
      lock.lock();
    }
  }
}

int64_t Announcer::NextDueUs() const {
  int64_t due_us = kNever;
  for (const auto& [number, pending] : pending_) {
    if (pending->told)
      due_us = std::min(due_us, pending->over_us ? pending->over_us : pending->patient_until_us);
  }
  return due_us;
}

// One raise serves all batches whose patience is over.
void Announcer::Raise(std::unique_lock<std::mutex>& lock, int64_t now_us) {
  Pendings late;
  for (const auto& [number, pending] : pending_) {
    if (pending->told && !pending->over_us && pending->patient_until_us <= now_us)
      late.push_back(pending);
  }
  if (late.empty()) return;
  lock.unlock();
  const bool raised = store_->RaiseCacheGeneration().ok();
  lock.lock();
  const int64_t then_us = MonotonicMicros();
  for (const auto& pending : late) {
    if (raised)
      pending->over_us = then_us + absl::ToInt64Microseconds(kLeaseTtl);
    else
      pending->patient_until_us = then_us + kRetryRaiseUs;
  }
  if (raised) counters_->raises += late.size();
}

Announcer::Pendings Announcer::TakeDone(int64_t now_us) {
  Pendings done;
  std::erase_if(pending_, [&](const auto& item) {
    const Pending& pending = *item.second;
    const bool over = pending.over_us != 0 && pending.over_us <= now_us;
    const bool ready = pending.told && (pending.waiting.empty() || over);
    if (ready) done.push_back(item.second);
    return ready;
  });
  return done;
}

void Announcer::Release(const Pendings& done) {
  for (const auto& pending : done) {
    // What was read from Redis before it was told may have been kept here meanwhile.
    for (const auto& [table, key] : pending->keys) hooks_.invalidate(key);
    pending->release();
  }
}

void Announcer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    queued_.notify_all();
    settled_.notify_all();
  }
  if (teller_.joinable()) teller_.join();
  if (settler_.joinable()) settler_.join();
}

}  // namespace pingan::cache
