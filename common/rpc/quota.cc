#include "common/rpc/quota.h"

#include <algorithm>

#include "common/base/status.h"

namespace pingan::rpc {

int Quota::Take(std::string_view subject, int64_t now_us) {
  if (options_.per_second <= 0) return 0;
  Shard& shard = shards_[std::hash<std::string_view>()(subject) % shards_.size()];
  std::lock_guard lock(shard.mutex);
  // Forgetting all buckets is generous to everybody for one burst, and bounds the memory.
  if (shard.buckets.size() >= kBucketsMax) shard.buckets.clear();
  auto found = shard.buckets.find(AbslView(subject));
  if (found == shard.buckets.end()) {
    found = shard.buckets.emplace(std::string(subject), Bucket{options_.burst, now_us}).first;
  }
  Bucket& bucket = found->second;
  const double earned = static_cast<double>(now_us - bucket.at_us) * options_.per_second / 1e6;
  bucket.calls = std::min(options_.burst, bucket.calls + std::max(0.0, earned));
  bucket.at_us = now_us;
  if (bucket.calls >= 1) {
    bucket.calls -= 1;
    return 0;
  }
  return static_cast<int>((1 - bucket.calls) * 1000 / options_.per_second) + 1;
}

}  // namespace pingan::rpc
