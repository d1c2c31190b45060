// Throttle: what a client keeps back by itself while its server is overloaded, because refusing
// costs the server, too.
//
// Of one method it counts the calls that were wanted and those that the server took, both fading
// with a half-life of a quarter of a second. What is wanted beyond twice the taken ones is kept
// back: so nothing as long as the server takes every other call, and under load about as many calls
// reach the server in vain as are served. One in ten is always sent, to notice soon that it is
// over. (The "client-side throttling" of Google's book on reliability.)
#pragma once

#include <cstdint>

namespace pingan::rpc {

// Not thread-safe. Times are monotonic and in microseconds.
class Throttle {
 public:
  // Whether the next call is to be sent. If not, it is to be answered OVERLOADED on the spot.
  bool Send(int64_t now_us);

  // What became of a call that was sent: the server answered OVERLOADED, with the time after which
  // to come back, or it took the call. A call without an answer is not told of.
  void Refused(int64_t now_us, int retry_ms);
  void Taken(int64_t now_us);

  // When the server last said to come back.
  int retry_ms() const { return retry_ms_; }

 private:
  void Fade(int64_t now_us);

  double wanted_ = 0, taken_ = 0;
  double due_ = 0;  // part of a call that is yet to be kept back
  int64_t faded_us_ = 0;
  int retry_ms_ = 0;
};

}  // namespace pingan::rpc
