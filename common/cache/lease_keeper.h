// LeaseKeeper: holds this replica's lease in the database while the link with Redis is up, and
// opens and extends the gate with it.
//
// The replica trusts a lease for kLeaseTrusted from before it asked. When there was a gap (start,
// lost link, late renewal) the generation is raised before the gate opens again: entries that were
// shared during the gap may lack a change that nobody had to tell this replica.
//
// Each renewal also reads the events since the last one. A change that is in the database but was
// not announced by the next renewal has lost its writer; it is announced again on the writer's
// behalf.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "common/cache/counters.h"
#include "common/cache/gate.h"
#include "common/store/store.h"

namespace pingan::cache {

class LeaseKeeper {
 public:
  struct Hooks {
    std::function<void(std::string_view name)> invalidate;  // the record and what is beside it
    std::function<void()> flush;
    std::function<void(std::string_view name, int64_t revision)> orphan;
  };

  LeaseKeeper(std::string replica, store::Store* store, Gate* gate, Hooks hooks,
              Counters* counters);
  ~LeaseKeeper() { Stop(); }

  // The link is up in this epoch; when the gate's epoch moves on, the lease is dropped.
  void LinkUp(uint64_t epoch);
  void LinkLost();

  // The name was announced, by whomever, with a batch up to the revision.
  void Told(std::string_view name, int64_t revision);

  // Drops the lease. Idempotent.
  void Stop();

 private:
  void Run();
  void Step();
  Status Renew(uint64_t epoch);
  Status Regain(uint64_t epoch);
  Status CatchUp(int64_t revision);
  void Drop();
  bool IsTold(std::string_view name, int64_t revision);

  const std::string replica_;
  store::Store* const store_;
  Gate* const gate_;
  const Hooks hooks_;
  Counters* const counters_;

  // Of the thread.
  uint64_t held_epoch_ = 0;  // 0 = no lease
  int64_t until_us_ = 0;
  int64_t applied_ = 0;                     // events through it are known
  std::map<std::string, int64_t> unheard_;  // name -> revision, seen in the database only

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false, woken_ = false;
  uint64_t link_epoch_ = 0;
  std::map<std::string, int64_t, std::less<>> told_;  // above applied_
  std::thread thread_;
};

}  // namespace pingan::cache
