#include "common/cache/lease_keeper.h"

#include "common/cache/protocol.h"

namespace pingan::cache {
namespace {

constexpr int kEventPage = 1000;

}  // namespace

LeaseKeeper::LeaseKeeper(std::string replica, store::Store* store, Gate* gate, Hooks hooks,
                         Counters* counters)
    : replica_(std::move(replica)),
      store_(store),
      gate_(gate),
      hooks_(std::move(hooks)),
      counters_(counters),
      thread_([this] { Run(); }) {}

void LeaseKeeper::LinkUp(uint64_t epoch) {
  std::lock_guard lock(mutex_);
  link_epoch_ = epoch;
  told_.clear();
  woken_ = true;
  changed_.notify_one();
}

void LeaseKeeper::LinkLost() {
  std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

void LeaseKeeper::Told(std::string_view name, int64_t revision) {
  std::lock_guard lock(mutex_);
  if (link_epoch_ != gate_->epoch()) return;  // nobody would ever read it off
  int64_t& told = told_[std::string(name)];
  told = std::max(told, revision);
}

bool LeaseKeeper::IsTold(std::string_view name, int64_t revision) {
  std::lock_guard lock(mutex_);
  const auto found = told_.find(name);
  return found != told_.end() && found->second >= revision;
}

void LeaseKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    woken_ = false;
    lock.unlock();
    Step();
    lock.lock();
    changed_.wait_for(lock, absl::ToChronoMicroseconds(kRenewEvery),
                      [&] { return stopped_ || woken_; });
  }
  lock.unlock();
  Drop();
}

void LeaseKeeper::Step() {
  const uint64_t epoch = gate_->epoch();
  uint64_t link_epoch;
  {
    std::lock_guard lock(mutex_);
    link_epoch = link_epoch_;
  }
  if (held_epoch_ != epoch) Drop();
  if (link_epoch != epoch) return;
  // An error leaves the gate to fall shut when the lease is over; the next step tries again.
  (void)Renew(epoch);
}

void LeaseKeeper::Drop() {
  if (held_epoch_ == 0) return;
  held_epoch_ = 0;
  (void)store_->DropLease(replica_);  // else it runs out
}

Status LeaseKeeper::Renew(uint64_t epoch) {
  const int64_t asked_us = MonotonicMicros();
  ASSIGN_OR_RETURN(const store::LeaseGrant grant,
                   store_->RenewLease(replica_, absl::ToInt64Milliseconds(kLeaseTtl)));
  if (held_epoch_ == 0 || MonotonicMicros() > until_us_) return Regain(epoch);
  RETURN_IF_ERROR(CatchUp(grant.revision));
  if (gate_->generation() != grant.cache_generation) {
    gate_->Adopt(grant.cache_generation);
    hooks_.flush();
  }
  until_us_ = asked_us + absl::ToInt64Microseconds(kLeaseTrusted);
  gate_->Extend(epoch, until_us_);
  return absl::OkStatus();
}

Status LeaseKeeper::Regain(uint64_t epoch) {
  held_epoch_ = 0;
  const int64_t asked_us = MonotonicMicros();
  const int64_t ttl_ms = absl::ToInt64Milliseconds(kLeaseTtl);
  ASSIGN_OR_RETURN(const store::LeaseGrant first, store_->RenewLease(replica_, ttl_ms));
  RETURN_IF_ERROR(store_->RaiseCacheGeneration());
  const int64_t again_us = MonotonicMicros();
  ASSIGN_OR_RETURN(const store::LeaseGrant grant, store_->RenewLease(replica_, ttl_ms));
  if (MonotonicMicros() > asked_us + absl::ToInt64Microseconds(kLeaseTrusted)) {
    return absl::UnavailableError("the database is too slow for leases");
  }
  applied_ = first.revision;
  unheard_.clear();
  gate_->Adopt(grant.cache_generation);
  hooks_.flush();
  held_epoch_ = epoch;
  until_us_ = again_us + absl::ToInt64Microseconds(kLeaseTrusted);
  gate_->Extend(epoch, until_us_);
  ++counters_->regained;
  return absl::OkStatus();
}

Status LeaseKeeper::CatchUp(int64_t revision) {
  for (const auto& [name, written] : unheard_) {
    if (IsTold(name, written)) continue;
    ++counters_->orphans;
    hooks_.orphan(name, written);
  }
  unheard_.clear();
  while (applied_ < revision) {
    ASSIGN_OR_RETURN(const auto events, store_->Events(applied_, revision, kEventPage));
    for (const store::Event& event : events) {
      if (IsTold(event.name, event.revision)) continue;
      hooks_.invalidate(event.name);
      unheard_[event.name] = event.revision;
    }
    applied_ = events.size() < kEventPage ? revision : events.back().revision;
  }
  std::lock_guard lock(mutex_);
  std::erase_if(told_, [&](const auto& told) {
    return told.second <= applied_ && !unheard_.contains(told.first);
  });
  return absl::OkStatus();
}

void LeaseKeeper::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace pingan::cache
