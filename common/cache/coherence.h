// Coherence: whether this replica may answer from its caches, and the way around them when it may
// not.
//
// Promise: a Get begun after an acknowledged write returned never shows an older version, on any
// replica, whatever happens to Redis; and Redis away never fails a call. The protocol and its
// argument are in docs/adr/0009-cache-leases.md. A row's key is the name its resource is cached by.
//
//   store->Observe([&](const store::Batch& batch, auto release) { coherence->OnBatch(batch,
//   release); });
//
// Callers ask Usable() before they look into an L1, and Reserve in it before they call Get (see
// l1.h).
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/cache/counters.h"
#include "common/cache/gate.h"
#include "common/cache/redis.h"
#include "common/cache/single_flight.h"
#include "common/store/store.h"

namespace pingan::cache {

class Announcer;
class EntryPool;
class InvalidationLink;
class L2;
class LeaseKeeper;

class Coherence {
 public:
  enum Mode {
    kLocal,   // the only replica (always so with embedded SQLite): L1 is always usable
    kShared,  // replicas share Redis: usable while the link and the lease hold
    kOff,     // replicas without Redis: nothing is cached
  };
  struct Options {
    Mode mode = kOff;
    RedisOptions redis;              // of kShared
    std::string prefix = "pingan:";  // of the service, alike on its replicas, ends with ':'
    std::string replica;             // without ':'; empty = a random one
    // Of the rows beside a record (store/row.h): what stands before its name in their keys. Where
    // only the record is known to have changed, they may have too.
    std::vector<std::string> beside;
    int connections = 8;                           // that look up entries at the same time
    absl::Duration entry_ttl = absl::Minutes(10);  // of entries in Redis
    absl::Duration patience =
        absl::Seconds(5);  // waiting for another caller's read of the same key
  };

  // `invalidate` (one resource in all in-process caches) and `flush` (all of them) are called from
  // several threads, must be quick and must not call back. Redis need not be there.
  // INVALID_ARGUMENT for malformed options. `store` must outlive this.
  static StatusOr<std::unique_ptr<Coherence>> Start(
      Options options, store::Store* store, std::function<void(std::string_view name)> invalidate,
      std::function<void()> flush);
  ~Coherence();
  Coherence(const Coherence&) = delete;
  Coherence& operator=(const Coherence&) = delete;

  // Whether what an L1 holds may be answered now. Costs one clock.
  bool Usable() const { return local_ || gate_.Open(); }

  // The store's observer. Releases at once, or when no other replica can answer from the old rows:
  // normally a round trip through Redis, kAckPatience + kLeaseTtl (2.5 s) when a replica or Redis
  // died.
  void OnBatch(const store::Batch& batch, std::function<void()> release);

  // The row from Redis or the database; nullopt if there is none. Its columns may be absent.
  // Errors are the database's, and DEADLINE_EXCEEDED (DEADLINE_PASSED) after Options::patience.
  StatusOr<std::optional<store::Row>> Get(const store::TableSpec& table, std::string_view key);

  const Counters& counters() const { return counters_; }

  // To be called when the store is closed: batches that still wait are never released. Idempotent.
  void Stop();

 private:
  Coherence(Options options, store::Store* store, std::function<void(std::string_view)> invalidate,
            std::function<void()> flush);
  void Connect();
  void Lose(uint64_t epoch);
  void Remember(const store::TableSpec& table);
  // The names of a record and of the rows beside it.
  std::vector<std::string> WithBeside(std::string_view name) const;
  void Repeat(std::string_view name, int64_t revision);
  StatusOr<std::optional<store::Row>> Fetch(const store::TableSpec& table, std::string_view key);

  const Options options_;
  const bool local_;
  store::Store* const store_;
  const std::function<void(std::string_view)> invalidate_;
  const std::function<void()> flush_;
  Counters counters_;
  Gate gate_;
  SingleFlight<std::optional<store::Row>> flights_;
  std::mutex tables_mutex_;
  std::set<const store::TableSpec*> tables_;  // that entries may be of

  // Of kShared, null otherwise.
  std::unique_ptr<EntryPool> pool_;
  std::unique_ptr<L2> l2_;
  std::unique_ptr<Announcer> announcer_;
  std::unique_ptr<LeaseKeeper> keeper_;
  std::unique_ptr<InvalidationLink> link_;
};

}  // namespace pingan::cache
