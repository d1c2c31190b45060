#include "common/rpc/worker_pool.h"

#include <algorithm>

#include "common/base/clock.h"
#include "common/base/thread_name.h"

namespace pingan::rpc {
namespace {

// The part of the queue that may be full, and of the wait that may have passed, before work of the
// class is refused; in percent. Pages and counts are asked for again; a clerk's write waits.
constexpr int kFullPercent[] = {100, 100, 80, 60, 45, 30};
constexpr int kWaitPercent[] = {100, 100, 50, 25, 25, 25};

constexpr int64_t kSecondUs = 1'000'000;

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  for (auto& oldest : oldest_us_) oldest = kNone;
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

bool WorkerPool::Full(common::v1::Load load) const {
  if (stopped_ || waiting_ * 100 >= options_.queue_max * kFullPercent[load]) return true;
  const int64_t oldest_us = oldest_us_[load];
  return oldest_us != kNone &&
         (MonotonicMicros() - oldest_us) * 100 > options_.wait_max_us * kWaitPercent[load];
}

void WorkerPool::Count(std::atomic<int>* calls) {
  const int64_t now_us = MonotonicMicros();
  int64_t begun_us = second_us_;
  // Of those who see that the second is over one counts it.
  if (now_us - begun_us >= kSecondUs && second_us_.compare_exchange_strong(begun_us, now_us)) {
    const int refused = refused_.exchange(0), accepted = accepted_.exchange(0);
    const bool whole = now_us - begun_us < 2 * kSecondUs;
    pressure_ = whole ? std::min(refused / std::max(accepted, 1), kRetrySteps) : 0;
  }
  calls->fetch_add(1, std::memory_order_relaxed);
}

bool WorkerPool::Refuses(common::v1::Load load) {
  const bool full = Full(load);
  if (full) Count(&refused_);
  return full;
}

int WorkerPool::RetryMs() const {
  return std::max<int>(pressure_, 1) * kRetryStepMs;
}

void WorkerPool::Follow(int queue) {
  oldest_us_[queue] = queues_[queue].empty() ? kNone : queues_[queue].front().since_us;
}

void WorkerPool::Push(int queue, std::function<void()> task) {
  queues_[queue].push_back({std::move(task), MonotonicMicros()});
  ++waiting_;
  Follow(queue);
}

// Waking a thread costs more than a short task does. So one is woken at a time, and wakes the next
// if there is more than it takes itself.
bool WorkerPool::WakesOne() {
  if (waiting_ == 0 || idle_ == 0 || waking_) return false;
  return waking_ = true;
}

bool WorkerPool::Submit(common::v1::Load load, std::function<void()> task) {
  bool wakes;
  {
    std::lock_guard lock(mutex_);
    if (Refuses(load)) return false;
    Count(&accepted_);
    Push(load, std::move(task));
    wakes = WakesOne();
  }
  if (wakes) ready_.notify_one();
  return true;
}

void WorkerPool::Accepted(int queue, std::function<void()> task) {
  bool wakes = false;
  {
    std::lock_guard lock(mutex_);
    if (!stopped_) {
      Push(queue, std::move(task));
      task = nullptr;
      wakes = WakesOne();
    }
  }
  if (task) return task();  // after Stop: on the caller's thread
  if (wakes) ready_.notify_one();
}

bool WorkerPool::Next(std::function<void()>* task) {
  std::unique_lock lock(mutex_);
  while (waiting_ == 0 && !stopped_) {
    ++idle_;
    ready_.wait(lock);
    --idle_;
    waking_ = false;
  }
  for (int i = 0; i < kClasses; ++i) {
    if (queues_[i].empty()) continue;
    *task = std::move(queues_[i].front().run);
    queues_[i].pop_front();
    --waiting_;
    Follow(i);
    if (WakesOne()) ready_.notify_one();
    return true;
  }
  return false;
}

void WorkerPool::Run() {
  NameThread(options_.name.c_str());
  for (std::function<void()> task; Next(&task); task = nullptr) task();
}

void WorkerPool::Stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    threads.swap(threads_);
  }
  ready_.notify_all();
  for (auto& thread : threads) thread.join();
}

int WorkerPool::waiting() const {
  return waiting_;
}

}  // namespace pingan::rpc
