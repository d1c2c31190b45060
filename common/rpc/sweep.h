// Sweep: what the clock does by itself. Takes the records whose next_due_time has come and lets
// their table's `tick` write what fell due, through the same writer as every other write; then
// forgets the events that are older than they are to be kept.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/rpc/parts.h"

namespace pingan::rpc {

class Sweep {
 public:
  struct Options {
    absl::Duration interval;
    absl::Duration keep = absl::InfiniteDuration();  // events
  };
  // Sweeps every `interval` until Stop. Two replicas may sweep: one of them wins each record, the
  // other finds nothing left to do.
  Sweep(const Parts& parts, const Options& options);
  ~Sweep() { Stop(); }

  // Everything that is due at `now`; returns when it is written. Events are compacted after it, no
  // further than the counts are saved, and not for longer than until Stop.
  void Run(absl::Time now);

  void Stop();

 private:
  int Page(const Table& table, absl::Time now);
  void Compact(absl::Time now);
  bool Going();
  void Loop();

  const Parts& parts_;
  const Options options_;
  const auth::Caller system_{.subject = "system"};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace pingan::rpc
