#include "common/crypto/key_cache.h"

#include <algorithm>

namespace pingan::crypto {

KeyCache::KeyCache(size_t capacity) : shard_capacity_(std::max<size_t>(1, (capacity + 15) / 16)) {}

KeyCache::Shard& KeyCache::ShardOf(std::string_view subject) {
  return shards_[std::hash<std::string_view>{}(subject) % shards_.size()];
}

StatusOr<SubjectKey> KeyCache::Get(std::string_view subject,
                                   const std::function<StatusOr<SubjectKey>()>& load) {
  Shard& shard = ShardOf(subject);
  uint64_t mark = 0;
  {
    std::lock_guard lock(shard.mutex);
    auto found = shard.by_subject.find(subject);
    if (found != shard.by_subject.end()) {
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
      return found->second->key;
    }
    mark = shard.forgets;
  }
  ASSIGN_OR_RETURN(const SubjectKey key, load());
  Keep(subject, key, mark);
  return key;
}

uint64_t KeyCache::Mark(std::string_view subject) {
  Shard& shard = ShardOf(subject);
  std::lock_guard lock(shard.mutex);
  return shard.forgets;
}

void KeyCache::Keep(std::string_view subject, const SubjectKey& key, uint64_t mark) {
  Shard& shard = ShardOf(subject);
  std::lock_guard lock(shard.mutex);
  if (shard.forgets != mark || shard.by_subject.contains(subject)) return;
  if (shard.entries.size() == shard_capacity_) {
    shard.by_subject.erase(shard.entries.back().subject);
    shard.entries.pop_back();
  }
  shard.entries.push_front({std::string(subject), key});
  shard.by_subject.emplace(shard.entries.front().subject, shard.entries.begin());
}

void KeyCache::Forget(std::string_view subject) {
  Shard& shard = ShardOf(subject);
  std::lock_guard lock(shard.mutex);
  ++shard.forgets;
  auto found = shard.by_subject.find(subject);
  if (found == shard.by_subject.end()) return;
  const auto entry = found->second;
  shard.by_subject.erase(found);
  shard.entries.erase(entry);
}

void KeyCache::ForgetAll() {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    ++shard.forgets;
    shard.by_subject.clear();
    shard.entries.clear();
  }
}

size_t KeyCache::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    size += shard.entries.size();
  }
  return size;
}

}  // namespace pingan::crypto
