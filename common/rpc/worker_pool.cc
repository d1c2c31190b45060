#include "common/rpc/worker_pool.h"

#include <sys/resource.h>

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
constexpr int kRetryMinMs = 500, kRetryMaxMs = 10'000;

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(std::move(options)) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

bool WorkerPool::Full(common::v1::Load load) {
  const auto& queue = queues_[load];
  const bool full = stopped_ || waiting_ * 100 >= options_.queue_max * kFullPercent[load] ||
                    (!queue.empty() && (MonotonicMicros() - queue.front().since_us) * 100 >
                                           options_.wait_max_us * kWaitPercent[load]);
  if (full) Count(true);
  return full;
}

void WorkerPool::Count(bool refused) {
  const int64_t now_us = MonotonicMicros();
  if (now_us - second_us_ >= kSecondUs) {
    const bool whole = now_us - second_us_ < 2 * kSecondUs;
    pressure_ = whole ? std::min(refused_ / std::max(accepted_, 1), kRetryMaxMs / kRetryMinMs) : 0;
    second_us_ = now_us;
    accepted_ = refused_ = 0;
  }
  ++(refused ? refused_ : accepted_);
}

bool WorkerPool::Refuses(common::v1::Load load) {
  std::lock_guard lock(mutex_);
  return Full(load);
}

int WorkerPool::RetryMs() const {
  std::lock_guard lock(mutex_);
  return std::max(pressure_, 1) * kRetryMinMs;
}

void WorkerPool::Push(int queue, std::function<void()> task) {
  queues_[queue].push_back({std::move(task), MonotonicMicros()});
  ++waiting_;
}

bool WorkerPool::Submit(common::v1::Load load, std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (Full(load)) return false;
    Count(false);
    Push(load, std::move(task));
  }
  ready_.notify_one();
  return true;
}

void WorkerPool::Finish(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (!stopped_) {
      Push(0, std::move(task));
      task = nullptr;
    }
  }
  if (task) return task();  // after Stop: on the caller's thread
  ready_.notify_one();
}

bool WorkerPool::Next(std::function<void()>* task) {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return waiting_ > 0 || stopped_; });
  for (auto& queue : queues_) {
    if (queue.empty()) continue;
    *task = std::move(queue.front().run);
    queue.pop_front();
    --waiting_;
    return true;
  }
  return false;
}

void WorkerPool::Run() {
  NameThread(options_.name.c_str());
  // On Linux the priority is of the thread. Without it the pool is only less polite.
  if (options_.nice > 0) (void)setpriority(PRIO_PROCESS, 0, options_.nice);
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
  std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace pingan::rpc
