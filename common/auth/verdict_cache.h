// Tokens that were verified, and whom they speak for, until they expire. Fixed memory; a hit costs
// one short lock and one comparison of the token.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/auth/caller.h"

namespace pingan::auth {

// Thread-safe. Only verified tokens may be put in, since the place of a token follows from its
// signature: whoever cannot sign cannot crowd others out. An ES256 token can be written in two
// ways, which are two tokens here, and no more.
class VerdictCache {
 public:
  // Room for at least `capacity` tokens of up to 8 KB; about 1 KB each in practice.
  explicit VerdictCache(size_t capacity);

  // The caller put in for exactly this token under this generation of trust, or null; null as soon
  // as the token has expired at `now`.
  std::shared_ptr<const Caller> Find(std::string_view token, uint64_t generation,
                                     absl::Time now) const;

  // Remembers; makes room by dropping what belongs to an older generation or else expires first.
  void Put(std::string_view token, uint64_t generation, std::shared_ptr<const Caller> caller);

  // Implementation details follow.

  static constexpr size_t kWays = 4;

 private:
  struct Verdict {
    std::string token;
    uint64_t generation = 0;
    std::shared_ptr<const Caller> caller;
  };
  // The few places a token can be in. The lock is padded so that neighbours do not slow each other.
  struct alignas(64) Bucket {
    mutable std::mutex mutex;
    std::array<Verdict, kWays> verdicts;
  };

  Bucket& BucketOf(std::string_view token) const;

  const std::unique_ptr<Bucket[]> buckets_;
  const size_t bucket_mask_;
};

}  // namespace pingan::auth
