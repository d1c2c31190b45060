// Sweep: what the clock does by itself. Takes the records whose next_due_time has come and lets the
// service's DecideTick write what fell due, through the same writer as every other write.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/rpc/parts.h"

namespace pingan::rpc {

using TickFn = std::function<StatusOr<Plan>(const Message& before, const Env&)>;

class Sweep {
 public:
  // Sweeps every `interval` until Stop. The table has a column next_due_time (Unix microseconds,
  // the largest number = never) among its orders. Two replicas may sweep: one of them wins each
  // record, the other finds nothing left to do.
  Sweep(const Parts& parts, const Table& table, TickFn tick, absl::Duration interval);
  ~Sweep() { Stop(); }

  // Everything that is due at `now`; returns when it is written.
  void Run(absl::Time now);

  void Stop();

 private:
  int Page(absl::Time now);
  void Loop(absl::Duration interval);

  const Parts& parts_;
  const Table& table_;
  const TickFn tick_;
  const auth::Caller system_{.subject = "system"};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pingan::rpc
