// InvalidationLink: keeps a session with Redis, hears what other replicas announce, and
// acknowledges it.
//
// A thread of its own connects (with backoff), pings both connections, and ends the session with
// the first trouble. All hooks are called on that thread, in the order in which Redis sent.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/cache/gate.h"
#include "common/cache/protocol.h"
#include "common/cache/session.h"

namespace pingan::cache {

class InvalidationLink {
 public:
  struct Hooks {
    std::function<void(Session& session, uint64_t epoch)> up;  // takes `tell` and `entries`
    std::function<void(uint64_t epoch)> lost;                  // must end the gate's epoch
    // All of one message at once; acknowledged when this returns.
    std::function<void(const std::vector<Notice>&)> changed;
    std::function<void()> flushed;  // somebody emptied Redis
    std::function<void(int64_t batch, std::string_view replica)> acked;
  };

  InvalidationLink(RedisOptions redis, std::string prefix, std::string replica,
                   int entry_connections, const Gate* gate, Hooks hooks);
  ~InvalidationLink() { Stop(); }
  void Stop();

 private:
  struct Heartbeat {
    int64_t sent_us = 0;
    int missing = 0;  // pongs
  };

  void Run();
  // Until trouble, the end of the epoch, or Stop.
  void Serve(Session& session, uint64_t epoch);
  Status Beat(Session& session, Heartbeat& heartbeat);
  Status Hear(Session& session, Heartbeat& heartbeat);
  Status HearControl(Redis& control, Heartbeat& heartbeat);
  Status Take(Session& session, const RedisReply& message, Heartbeat& heartbeat);
  Status TakeInvalidation(Session& session, const RedisReply& keys);

  const RedisOptions redis_;
  const std::string prefix_, replica_;
  const int entry_connections_;
  const Gate* const gate_;
  const Hooks hooks_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace pingan::cache
