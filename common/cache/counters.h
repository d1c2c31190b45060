// What the caches have done since the start, for metrics.
#pragma once

#include <atomic>
#include <cstdint>

namespace pingan::cache {

struct Counters {
  std::atomic<uint64_t> hits = 0;      // rows answered from Redis
  std::atomic<uint64_t> misses = 0;    // rows read from the database
  std::atomic<uint64_t> lost = 0;      // sessions with Redis that ended
  std::atomic<uint64_t> regained = 0;  // times the caches came into use
  std::atomic<uint64_t> waits = 0;     // batches held back for other replicas
  std::atomic<uint64_t> raises = 0;    // batches that some replica did not acknowledge in time
  std::atomic<uint64_t> orphans = 0;   // changes whose writer never announced them
};

}  // namespace pingan::cache
