// A bounded pool of threads for everything that may block, so that no gRPC thread ever does.
//
// Work waits in a queue per load class; the classes are served in order (casework first). Under
// overload work is refused when it comes, not after it has waited for nothing: a class takes no
// more once its oldest task has waited too long, or the queue is full to the class's share, so that
// exports and statistics are refused first and casework last. Asking whether it would be takes no
// lock, so that thousands a second can be refused beside the work.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

class WorkerPool {
 public:
  struct Options {
    std::string name = "worker";  // of its threads, at most 15 characters
    int threads = 8;
    int queue_max = 2048;           // of all classes together
    int64_t wait_max_us = 250'000;  // of the oldest task of casework; of the others less
  };

  explicit WorkerPool(Options options);
  ~WorkerPool() { Stop(); }

  // Whether Submit would refuse: asked before anything is spent on a call, and counted if so.
  bool Refuses(common::v1::Load load);

  // When those who are refused should come back: kRetryStepMs, times the calls refused for each
  // accepted one in the last second, so that the returning do not sustain the overload; at most
  // kRetrySteps times.
  int RetryMs() const;
  static constexpr int kRetryStepMs = 500, kRetrySteps = 20;

  // Queues `task`. False if the class may not wait or the pool is stopped: the caller answers
  // OVERLOADED.
  bool Submit(common::v1::Load load, std::function<void()> task);

  // Queues the finishing of work that was already accepted; never refused, served before all else.
  void Finish(std::function<void()> task) { Accepted(0, std::move(task)); }

  // Queues the next part of work of the class that was accepted as a whole; never refused either,
  // but served in the class's turn.
  void GoOn(common::v1::Load load, std::function<void()> task) { Accepted(load, std::move(task)); }

  // Runs what is queued, then ends the threads. Idempotent.
  void Stop();

  // Tasks that wait, for metrics.
  int waiting() const;

 private:
  struct Task {
    std::function<void()> run;
    int64_t since_us;
  };
  static constexpr int kClasses = 1 + common::v1::EXPORT;  // 0 = finishing
  static constexpr int64_t kNone = INT64_MAX;

  void Run();
  bool Full(common::v1::Load load) const;
  void Count(std::atomic<int>* calls);
  bool Next(std::function<void()>* task);
  void Accepted(int queue, std::function<void()> task);
  void Push(int queue, std::function<void()> task);
  bool WakesOne();
  void Follow(int queue);

  const Options options_;
  mutable std::mutex mutex_;  // of the queues and threads; what is atomic is read without it
  std::condition_variable ready_;
  int idle_ = 0;         // threads that wait for work
  bool waking_ = false;  // one of them was woken and does not run yet
  std::array<std::deque<Task>, kClasses> queues_;
  std::array<std::atomic<int64_t>, kClasses>
      oldest_us_;  // since when its first task waits, or kNone
  std::atomic<int> waiting_ = 0;
  std::atomic<bool> stopped_ = false;
  std::atomic<int64_t> second_us_ = 0;  // when the second began that is counted now
  std::atomic<int> accepted_ = 0, refused_ = 0;
  std::atomic<int> pressure_ = 0;  // refused for each accepted, in the last whole second
  std::vector<std::thread> threads_;
};

}  // namespace pingan::rpc
