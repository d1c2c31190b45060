// Unwrapped subject keys kept in memory, so that a read does not fetch and unwrap each time.
// Safe to use from several threads; the least recently used key goes first and is wiped.
//
//   ASSIGN_OR_RETURN(SubjectKey key, cache.Get(subject, [&] { return FetchAndUnwrap(subject); }));
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "common/base/status.h"
#include "common/crypto/envelope.h"

namespace pingan::crypto {

class KeyCache {
 public:
  // Holds at most `capacity` keys, rounded up to a multiple of 16 (at least 16).
  explicit KeyCache(size_t capacity);
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  // The kept key, or what `load` returns, which is kept if OK. `load` runs without a lock, so two
  // threads may load the same key at once.
  StatusOr<SubjectKey> Get(std::string_view subject,
                           const std::function<StatusOr<SubjectKey>()>& load);

  // For a key that is about to be written: Keep keeps it unless the subject may have been forgotten
  // since Mark, or something is kept already.
  uint64_t Mark(std::string_view subject);
  void Keep(std::string_view subject, const SubjectKey& key, uint64_t mark);

  // Drops one key, or all. A load that began before is not kept, so a key destroyed in the database
  // before the call does not come back. Each process has its own cache: erasing a person must reach
  // all of them, and a process that may have missed it (lost its event stream) forgets all.
  void Forget(std::string_view subject);
  void ForgetAll();

  size_t size() const;

 private:
  struct Entry {
    std::string subject;
    SubjectKey key;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Entry> entries;  // most recently used first
    absl::flat_hash_map<std::string_view, std::list<Entry>::iterator> by_subject;
    uint64_t forgets = 0;
  };
  Shard& ShardOf(std::string_view subject);

  const size_t shard_capacity_;
  std::array<Shard, 16> shards_;
};

}  // namespace pingan::crypto
