// Beat: wakes a stream that nobody moves, so that it finds what has become of its time, its caller
// and its reader.
#pragma once

#include <grpcpp/alarm.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/time/time.h"

namespace pingan::rpc {

inline constexpr absl::Duration kBeat = absl::Seconds(10);

class Beat {
 public:
  // Calls `each` on a thread of gRPC's once in kBeat, and at `end` of the machine's time, until
  // Stop. `each` keeps alive what the Beat is a part of.
  void Start(absl::Time end, const std::function<void()>& each);

  // Once it returns, `each` does not run and is let go of; within `each` it does not wait. May be
  // called before Start, which then does nothing.
  void Stop();

 private:
  std::recursive_mutex mutex_;  // what `each` does may end in Stop
  bool stopped_ = false;
  std::unique_ptr<grpc::Alarm> alarm_;
};

// How long a stream waits for its reader: from a write, or its end, until gRPC has it off its
// hands. A reader that does not read holds up all that comes after, also what the stream ends with.
class OnTheWire {
 public:
  void Begin();
  void End() { since_us_ = 0; }
  // Longer than anybody takes who reads.
  bool Stalled() const;

 private:
  std::atomic<int64_t> since_us_{0};  // monotonic; 0 = it does not
};

}  // namespace pingan::rpc
