// How many calls one client may make: a token bucket per subject, bounded in number.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace pingan::rpc {

class Quota {
 public:
  struct Options {
    double per_second = 0;  // calls; 0 = no quota
    double burst = 200;
  };

  explicit Quota(Options options) : options_(options) {}

  // Takes one call of `subject`: 0 if it may go on, else the milliseconds until the next may.
  int Take(std::string_view subject, int64_t now_us);

 private:
  struct Bucket {
    double calls;
    int64_t at_us;
  };
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<std::string, Bucket> buckets;
  };
  static constexpr size_t kBucketsMax = 4096;  // per shard; more start anew

  const Options options_;
  std::array<Shard, 16> shards_;
};

}  // namespace pingan::rpc
