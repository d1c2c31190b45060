// A bounded pool of threads for everything that may block, so that no gRPC thread ever does.
//
// Work waits in a queue per load class; the classes are served in order (casework first) and each
// has a share of the queue, so that under overload exports and statistics are refused first and
// casework last. A refusal costs the caller's thread one lock.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

class WorkerPool {
 public:
  struct Options {
    int threads = 16;
    int queue_max = 2048;  // of all classes together
  };

  explicit WorkerPool(Options options);
  ~WorkerPool() { Stop(); }

  // Queues `task`. False if the class has used up its share of the queue or the pool is stopped:
  // the caller answers OVERLOADED.
  bool Submit(common::v1::Load load, std::function<void()> task);

  // Queues the finishing of work that was already accepted; never refused, served before all else.
  void Finish(std::function<void()> task);

  // Runs what is queued, then ends the threads. Idempotent.
  void Stop();

  // Tasks that wait, for metrics.
  int waiting() const;

 private:
  static constexpr int kClasses = 1 + common::v1::EXPORT;  // 0 = finishing

  void Run();
  bool Next(std::function<void()>* task);

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::array<std::deque<std::function<void()>>, kClasses> queues_;
  int waiting_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pingan::rpc
