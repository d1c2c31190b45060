#include "common/auth/verdict_cache.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/numeric/bits.h"
#include "common/base/status.h"

namespace pingan::auth {
namespace {

// The end of a token is its signature, as good as random: no need to hash the rest.
constexpr size_t kHashedBytes = 32;

size_t BucketCount(size_t capacity) {
  return absl::bit_ceil(
      std::max<size_t>(1, (capacity + VerdictCache::kWays - 1) / VerdictCache::kWays));
}

}  // namespace

VerdictCache::VerdictCache(size_t capacity)
    : buckets_(new Bucket[BucketCount(capacity)]), bucket_mask_(BucketCount(capacity) - 1) {}

VerdictCache::Bucket& VerdictCache::BucketOf(std::string_view token) const {
  const auto end = token.substr(token.size() - std::min(token.size(), kHashedBytes));
  return buckets_[absl::HashOf(AbslView(end)) & bucket_mask_];
}

std::shared_ptr<const Caller> VerdictCache::Find(std::string_view token, uint64_t generation,
                                                 absl::Time now) const {
  const Bucket& bucket = BucketOf(token);
  std::lock_guard lock(bucket.mutex);
  for (const Verdict& verdict : bucket.verdicts) {
    if (verdict.token != token || !verdict.caller) continue;
    if (verdict.generation == generation && now < verdict.caller->expires) return verdict.caller;
    return nullptr;
  }
  return nullptr;
}

void VerdictCache::Put(std::string_view token, uint64_t generation,
                       std::shared_ptr<const Caller> caller) {
  const auto worth = [&](const Verdict& verdict) {
    const bool useful =
        verdict.token != token && verdict.generation >= generation && verdict.caller;
    return useful ? verdict.caller->expires : absl::InfinitePast();
  };
  Bucket& bucket = BucketOf(token);
  std::lock_guard lock(bucket.mutex);
  Verdict* least =
      std::min_element(bucket.verdicts.begin(), bucket.verdicts.end(),
                       [&](const Verdict& a, const Verdict& b) { return worth(a) < worth(b); });
  *least = {std::string(token), generation, std::move(caller)};
}

}  // namespace pingan::auth
