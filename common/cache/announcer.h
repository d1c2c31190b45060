// Announcer: tells the other replicas through Redis what a batch changed, and lets the batch be
// acknowledged once no replica can answer from what it changed any more.
//
// That is when each replica that held a lease at the commit has acknowledged, or is not named by
// the leases of a later batch, or a new cache generation was raised and the leases of before are
// over.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/cache/counters.h"
#include "common/cache/redis.h"
#include "common/store/store.h"

namespace pingan::cache {

class Announcer {
 public:
  struct Hooks {
    std::function<void(std::string_view name)> invalidate;  // in this process
    std::function<void(uint64_t epoch)> lost;               // the connection of that epoch failed
  };

  Announcer(std::string prefix, std::string replica, store::Store* store, Hooks hooks,
            Counters* counters);
  ~Announcer() { Stop(); }

  // Invalidates here at once; the rest happens later, on other threads. Calls must come in commit
  // order.
  void OnBatch(const store::Batch& batch, std::function<void()> release);

  // Announces, once more and without waiting for anybody, what another replica has written.
  void Repeat(const store::Batch& batch);

  // The connection to announce through from now on.
  void Attach(std::unique_ptr<Redis> redis, uint64_t epoch);
  void OnAck(int64_t batch, std::string_view replica);

  // Releases that still wait are dropped, not called. Idempotent.
  void Stop();

 private:
  struct Pending {
    int64_t number = 0;
    int64_t revision = 0;
    std::vector<std::pair<const store::TableSpec*, std::string>> keys;
    std::set<std::string> waiting;  // replicas that have not acknowledged
    std::function<void()> release;
    bool told = false;  // Redis has it, or this replica no longer uses its caches
    int64_t patient_until_us = 0;
    int64_t over_us = 0;  // when the leases from before the raise are over; 0 = not raised
  };
  using Pendings = std::vector<std::shared_ptr<Pending>>;

  void Enqueue(std::shared_ptr<Pending> pending);  // under the lock
  void TellLoop();
  bool Tell(Redis& redis, const Pendings& batches);
  void Append(const Pending& pending, std::vector<RedisCommand>* commands) const;
  void MarkTold(const Pendings& batches, bool reached);
  void SettleLoop();
  int64_t NextDueUs() const;  // under the lock
  void Raise(std::unique_lock<std::mutex>& lock, int64_t now_us);
  Pendings TakeDone(int64_t now_us);   // under the lock
  void Release(const Pendings& done);  // without it

  const std::string prefix_, replica_;
  store::Store* const store_;
  const Hooks hooks_;
  Counters* const counters_;

  std::mutex mutex_;
  std::condition_variable queued_, settled_;
  bool stopped_ = false;
  int64_t numbers_ = 0;
  std::map<int64_t, std::shared_ptr<Pending>> pending_;
  std::deque<std::shared_ptr<Pending>> queue_;  // not yet told
  std::shared_ptr<Redis> redis_;
  uint64_t epoch_ = 0;
  std::thread teller_, settler_;
};

}  // namespace pingan::cache
