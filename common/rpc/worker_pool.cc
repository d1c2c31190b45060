#include "common/rpc/worker_pool.h"

namespace pingan::rpc {
namespace {

// The part of the queue, in percent, that may be full before work of the class is refused.
constexpr int kFullPercent[] = {100, 100, 80, 60, 45, 30};

}  // namespace

WorkerPool::WorkerPool(Options options) : options_(options) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}

bool WorkerPool::Submit(common::v1::Load load, std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (stopped_ || waiting_ * 100 >= options_.queue_max * kFullPercent[load]) return false;
    queues_[load].push_back(std::move(task));
    ++waiting_;
  }
  ready_.notify_one();
  return true;
}

void WorkerPool::Finish(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    if (!stopped_) {
      queues_[0].push_back(std::move(task));
      ++waiting_;
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
    *task = std::move(queue.front());
    queue.pop_front();
    --waiting_;
    return true;
  }
  return false;
}

void WorkerPool::Run() {
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
