// A checker of the promise of coherence.h: replicas over one database and one Redis, whose writers
// and readers share a few rows. Each read notes the newest acknowledged version before it begins;
// an older answer is a stale read.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "common/cache/coherence.h"
#include "common/cache/l1.h"

namespace pingan::cache {

// Faults planted to show that the checker sees them.
enum class Plant {
  kNone,
  kDeaf,    // acknowledges others' changes without dropping them
  kSilent,  // its writes are not announced
};

class Replica {
 public:
  Replica(const std::string& database, Coherence::Options options, Plant plant);
  ~Replica();

  struct Read {
    Status status;
    int64_t version = 0;  // 0 = no such row
    bool from_l1 = false;
  };
  // As the pipeline does it.
  Read Get(const std::string& key);
  // Writes after version `before` and waits for the acknowledgement; the new version.
  StatusOr<int64_t> Put(const std::string& key, int64_t before);

  // Waits at most 10 s for caches to be usable, or not.
  bool WaitUsable(bool usable);

  Coherence& coherence() { return *coherence_; }
  store::Store& store() { return *store_; }

 private:
  std::unique_ptr<store::Store> store_;
  L1<int64_t> l1_{1 << 20};
  std::unique_ptr<Coherence> coherence_;
};

struct Report {
  std::atomic<int64_t> reads = 0, l1_hits = 0, writes = 0, stale = 0, failed = 0;
};

// Writes and reads from both replicas while `faults` runs; returns soon after it.
void CheckRegisters(Replica& a, Replica& b, const std::function<void()>& faults, Report* report);

}  // namespace pingan::cache
