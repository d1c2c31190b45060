// L1: values kept in the process by resource name and variant (what of the resource a caller may
// see, for instance its redaction class). Bounded by bytes; the least recently used name goes
// first. Safe from any thread; a hit takes one short lock and allocates nothing.
//
// L1 does not know whether what it holds is still true. Its user asks Coherence::Usable() *before*
// Find or Reserve, and Coherence calls Invalidate and Flush (see coherence.h):
//
//   if (coherence.Usable()) {
//     if (auto reply = l1.Find(name, variant)) return reply;
//   }
//   auto ticket = l1.Reserve(name, variant);
//   auto reply = ...;                         // read and encode
//   l1.Fill(ticket, reply, reply->size());    // no effect if the name was invalidated meanwhile
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pingan::cache {

template <class V>
class L1 {
 public:
  static constexpr size_t kShards = 64;
  static constexpr size_t kOverhead = 192;  // charged for each value and each placeholder

  // The right to fill one placeholder. May be dropped; the placeholder then ages like a value.
  struct Ticket {
    std::string name;
    int variant = 0;
    uint64_t stamp = 0;
  };

  // Holds at most `max_bytes`; one value at most max_bytes / kShards with its overhead.
  explicit L1(size_t max_bytes) : shard_max_(max_bytes / kShards) {}
  L1(const L1&) = delete;
  L1& operator=(const L1&) = delete;

  // Null if there is none.
  std::shared_ptr<const V> Find(std::string_view name, int variant) {
    Shard& shard = ShardOf(name);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.by_name.find(name);
    if (found == shard.by_name.end()) return nullptr;
    const Slot* slot = SlotOf(*found->second, variant);
    if (slot == nullptr || slot->value == nullptr) return nullptr;
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    return slot->value;
  }

  // Must come before the read whose result is to be filled in.
  Ticket Reserve(std::string_view name, int variant) {
    Shard& shard = ShardOf(name);
    std::lock_guard lock(shard.mutex);
    auto found = shard.by_name.find(name);
    if (found == shard.by_name.end()) {
      shard.entries.push_front({std::string(name), {}});
      found = shard.by_name.emplace(shard.entries.front().name, shard.entries.begin()).first;
    } else {
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    }
    Entry& entry = *found->second;
    Slot* slot = SlotOf(entry, variant);
    if (slot == nullptr) {
      slot = &entry.slots.emplace_back(
          Slot{variant, ++shard.stamps, name.size() + kOverhead, nullptr});
      shard.bytes += slot->bytes;
    }
    Ticket ticket{std::string(name), variant, slot->stamp};
    Evict(shard);
    return ticket;
  }

  // True if kept: neither invalidated nor evicted since Reserve, and not too large. `bytes` is the
  // size of what the value owns.
  bool Fill(const Ticket& ticket, std::shared_ptr<const V> value, size_t bytes) {
    Shard& shard = ShardOf(ticket.name);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.by_name.find(ticket.name);
    if (found == shard.by_name.end()) return false;
    Slot* slot = SlotOf(*found->second, ticket.variant);
    if (slot == nullptr || slot->stamp != ticket.stamp) return false;
    const size_t charge = bytes + ticket.name.size() + kOverhead;
    if (charge > shard_max_) return false;
    shard.bytes += charge - slot->bytes;
    slot->bytes = charge;
    slot->value = std::move(value);
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    Evict(shard);
    return !shard.entries.empty();  // it stands first, so it goes last
  }

  // Drops all variants and placeholders of the name.
  void Invalidate(std::string_view name) {
    Shard& shard = ShardOf(name);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.by_name.find(name);
    if (found != shard.by_name.end()) Drop(shard, found->second);
  }

  void Flush() {
    for (Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      shard.by_name.clear();
      shard.entries.clear();
      shard.bytes = 0;
    }
  }

  size_t bytes() const {
    size_t bytes = 0;
    for (const Shard& shard : shards_) {
      std::lock_guard lock(shard.mutex);
      bytes += shard.bytes;
    }
    return bytes;
  }

 private:
  struct Slot {
    int variant = 0;
    uint64_t stamp = 0;  // never given twice, so a ticket cannot fill a later placeholder
    size_t bytes = 0;
    std::shared_ptr<const V> value;  // null = placeholder
  };
  struct Entry {
    std::string name;
    std::vector<Slot> slots;
  };
  using Entries = std::list<Entry>;
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    Entries entries;  // most recently used first
    std::unordered_map<std::string_view, typename Entries::iterator> by_name;
    size_t bytes = 0;
    uint64_t stamps = 0;
  };

  Shard& ShardOf(std::string_view name) {
    return shards_[(std::hash<std::string_view>{}(name) >> 40) % kShards];
  }

  static Slot* SlotOf(Entry& entry, int variant) {
    for (Slot& slot : entry.slots) {
      if (slot.variant == variant) return &slot;
    }
    return nullptr;
  }

  static void Drop(Shard& shard, typename Entries::iterator entry) {
    for (const Slot& slot : entry->slots) shard.bytes -= slot.bytes;
    shard.by_name.erase(entry->name);
    shard.entries.erase(entry);
  }

  void Evict(Shard& shard) {
    while (shard.bytes > shard_max_) Drop(shard, std::prev(shard.entries.end()));
  }

  const size_t shard_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace pingan::cache
