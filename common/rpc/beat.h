// Beat: wakes a stream that nobody moves, so that it finds what has become of its time and its
// caller.
#pragma once

#include <grpcpp/alarm.h>

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

  // Lets go of `each`. May be called before Start, which then does nothing.
  void Stop();

 private:
  std::mutex mutex_;
  bool stopped_ = false;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace pingan::rpc
