// Store: rows, events, audit and replies of one service in one database, written together or not at
// all.
//
// Writes are group-committed: each WriteSet says what it has read (guards) and how to encode what
// it writes; one committer thread joins the sets that wait, locks the service's revision row, reads
// the current versions of all guarded keys at once, hands conflicts back, numbers the rest and
// commits them in one transaction. So revision order is commit order, across replicas too.
//
// All methods are safe from any thread. Reads see committed rows only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/store/row.h"

namespace pingan::store {

// What a write set has read: the key had this version (0 = was absent). Every key it changes is
// guarded, unless it is fresh.
struct Guard {
  const TableSpec* table = nullptr;
  std::string key;
  int64_t version = 0;
};

// A search that a write set has made: of a searched table no key begins with the prefix but those
// that were found.
struct Absence {
  const TableSpec* table = nullptr;
  std::string prefix;  // of the keys, with the newline
  std::vector<std::string> found;
};

// What the committer gives a write set under the lock.
struct Numbers {
  int64_t revision = 0;  // of its first event; further events count on
  int64_t serial = 0;    // next number of WriteSet::sequence, from 1, without gaps; 0 without one
};

// What is to be written, encoded with its numbers.
struct Changes {
  struct Put {
    const TableSpec* table = nullptr;
    Row row;
    // New under a serial just drawn, beside such a row, or derived from a guarded one: needs no
    // guard, and fails the set if it exists after all.
    bool fresh = false;
  };
  std::vector<Put> puts;  // inserted or replaced
  // Guarded rows that say the same in another form, such as a key that is wrapped anew. They keep
  // their guard's version, so that nobody who read them conflicts, and need no event.
  std::vector<Put> restates;
  std::vector<Guard> erases;  // by table and key
  // Rows derived from a guarded one, which go without a guard of their own.
  std::vector<std::pair<const TableSpec*, std::string>> drops;
  std::vector<Event> events;   // exactly WriteSet::events of them
  std::vector<Audit> audits;   // ids and revisions are given by the store
  std::string reply_name;      // resource the stored reply names
  int64_t reply_revision = 0;  // of the event whose after-image is the reply
};

struct Outcome {
  enum Kind {
    kCommitted,  // durable
    // A guard has another version now, or an absence does not hold: gather and decide again;
    // nothing was written.
    kConflict,
    kReplied,  // the request_id was carried out before; `reply` is what was remembered
    kFailed,   // nothing was written; `status` says why
    // The connection was lost during COMMIT, or on the way to it where that takes one round trip
    // (ADR 7); a retry with the same request_id settles it.
    kUnknown,
  };
  Kind kind = kFailed;
  Status status;         // of kFailed and kUnknown
  int64_t revision = 0;  // of the last event, when committed
  Reply reply;           // of kReplied
};

struct WriteSet {
  std::vector<Guard> guards;
  std::vector<Absence> absences;
  int64_t since = 0;     // Seen() before the searches of the absences
  std::string sequence;  // gapless counter to draw a serial from; empty = none
  int events = 1;        // revisions it takes
  // Key and fingerprint; absent = not idempotent (system writes). Needs an event.
  std::optional<Reply> reply;
  const TableSpec* reply_table = nullptr;  // of the row that the reply names
  int64_t bytes_hint = 0;                  // rough size, for batching
  bool patient = false;  // never refused for others' sake: its sender bounds what is in flight

  // Runs on the committer's thread under the lock: pure and quick. May run again after a lost
  // connection. An error fails this set alone.
  std::function<StatusOr<Changes>(const Numbers&)> encode;

  // Called exactly once, on the committer's or the release thread; must not block.
  std::function<void(const Outcome&)> done;
};

// One condition on a declared column, or on "key", "area", "version".
struct Condition {
  enum Op { kEq, kNe, kLt, kLe, kGt, kGe };
  std::string column;
  Op op = kEq;
  Value value;
};

// A page of rows in a declared order. Scope "" = everywhere.
struct Query {
  const TableSpec* table = nullptr;
  std::string scope;                  // area scope of 2, 4, 6, 9 or 12 digits
  std::vector<Condition> conditions;  // all must hold
  std::string order_by;               // a declared order, or "key"
  bool descending = false;
  std::optional<std::pair<Value, std::string>>
      after;  // (order value, key) of the row before the page
  int limit = 50;
};

// A replica that may answer from its caches, and for how long still.
struct Lease {
  std::string replica;
  int64_t remaining_ms = 0;
};

struct LeaseGrant {
  int64_t revision = 0;
  int64_t cache_generation = 0;  // names the entries of the shared cache that may be used
};

using EventPtr = std::shared_ptr<const Event>;

// What one group commit did, told to the observer before any `done` of it is called.
struct Batch {
  int64_t revision = 0;          // last one
  std::vector<EventPtr> events;  // what was appended, in order; none when that is not certain
  std::vector<std::pair<const TableSpec*, std::string>> keys;  // of rows that changed
  // Of records that a repeated request is told of: their first writer may not have been released
  // yet, and what it wrote beside them is not known.
  std::vector<std::pair<const TableSpec*, std::string>> repeated;
  std::vector<Lease> leases;  // of other replicas, as they stood under the lock
};

// Calls `release` when the batch may be acknowledged (caches elsewhere no longer hold the old
// rows).
using Observer = std::function<void(const Batch& batch, std::function<void()> release)>;

class Store {
 public:
  virtual ~Store() = default;

  // Reads. UNAVAILABLE (DATABASE_UNAVAILABLE) when the database cannot be reached.
  virtual StatusOr<std::optional<Row>> Get(const TableSpec& table, std::string_view key) = 0;
  virtual StatusOr<std::vector<Row>> GetMany(const TableSpec& table,
                                             std::span<const std::string> keys) = 0;
  virtual StatusOr<std::vector<Row>> Select(const Query& query) = 0;
  // For each prefix, which ends with an ASCII character, the keys that begin with it: in order, at
  // most `limit`.
  virtual StatusOr<std::vector<std::vector<std::string>>> KeysWith(
      const TableSpec& table, std::span<const std::string> prefixes, int limit) = 0;
  // How many rows the query has on all its pages, at most `limit`: no more are looked at. Reads
  // nothing but an index when the conditions are over the order's column.
  virtual StatusOr<int64_t> Count(Query query, int limit) = 0;
  virtual StatusOr<std::optional<Reply>> FindReply(std::string_view key) = 0;

  // Events with after < revision <= through, in order, at most `limit`. OUT_OF_RANGE
  // (REVISION_COMPACTED) when some of them are gone.
  virtual StatusOr<std::vector<Event>> Events(int64_t after, int64_t through, int limit) = 0;
  // Events of one resource, in order; `after` = 0 for all.
  virtual StatusOr<std::vector<Event>> History(std::string_view name, int64_t after, int limit) = 0;
  // Audit rows by descending id below `before` (0 = newest), within the scope.
  virtual StatusOr<std::vector<Audit>> Audits(std::string_view scope, int64_t before,
                                              int limit) = 0;
  // The same of those of one resource that showed it: reads (rows without a revision), and writes
  // that stated a purpose.
  virtual StatusOr<std::vector<Audit>> Reads(std::string_view name, int64_t before, int limit) = 0;

  // Whether the audit after the mark is as it was written, and the mark's own entry as it was
  // noted: at most `limit` entries; from `through` of the answer it goes on. Nothing is missing,
  // changed or added up to a mark that was noted elsewhere and still stands: without one, whoever
  // may write to the database could have cut the end off or computed all links anew.
  // INVALID_ARGUMENT for a mark without a link other than the beginning.
  virtual StatusOr<AuditCheck> CheckAudit(const AuditMark& after, int limit) = 0;

  virtual StatusOr<int64_t> Revision() = 0;
  // A revision that every read sees that begins now; without asking the database, so mostly that of
  // this process's last commit.
  virtual int64_t Seen() const = 0;
  // Events at or below this revision are gone; 0 = all are there.
  virtual StatusOr<int64_t> CompactedThrough() = 0;
  // Drops these events, and the replies whose after-images they were.
  virtual Status Compact(int64_t through) = 0;

  // Queues the write set; `done` is called later. RESOURCE_EXHAUSTED through `done` when the queue
  // is full or moves too slowly.
  virtual void Commit(WriteSet set) = 0;
  // Set once, before the first Commit.
  virtual void Observe(Observer observer) = 0;

  // A fold's saved cells and position. SaveFold writes absolute values, and does nothing (OK) when
  // the stored position is already >= `position`.
  virtual StatusOr<int64_t> LoadFold(
      std::string_view fold,
      const std::function<void(std::string key, std::string body)>& each) = 0;
  virtual Status SaveFold(std::string_view fold, int64_t position,
                          std::span<const std::pair<std::string, std::string>> cells) = 0;

  // Leases (see common/cache/coherence.h). RenewLease takes the revision lock and so is ordered
  // with commits: before the caller uses the lease it must have caught up through `revision`.
  virtual StatusOr<LeaseGrant> RenewLease(std::string_view replica, int64_t ttl_ms) = 0;
  virtual Status DropLease(std::string_view replica) = 0;
  // Makes every entry of the shared cache unreachable once the leases of now are renewed or over.
  virtual Status RaiseCacheGeneration() = 0;

  // OK when the database answers; cheap, for readiness.
  virtual Status Ping() = 0;

  // Whether the database takes writes: not so from a commit that it refuses for reasons of its own
  // (a full disk, a read-only server) until a later one, or a probe, goes well.
  virtual bool Writable() = 0;
  // OK while it takes them, and why not otherwise: for who looks each second. To find out that it
  // does again, it then writes 64 KB, in the place of those of the last probe.
  virtual Status ProbeWrites() = 0;

  // Commits what is queued, then refuses more. Idempotent.
  virtual void Close() = 0;
};

struct Options {
  // "sqlite:/path/file.db" or a libpq connection string ("postgresql://…" or "host=… dbname=…").
  std::string database;
  int readers = 4;                // connections for reads
  int batch_max = 512;            // write sets in one transaction
  int queue_max = 4096;           // write sets that wait
  int64_t wait_max_us = 500'000;  // of the oldest that waits, before more are refused
  int linger_us = 0;  // wait this long for company; 0 = what queued during the last commit
};

// Opens the database, creates or migrates the schema of `service`, and starts the committer.
// FAILED_PRECONDITION (SCHEMA_NEWER) when the database was written by a newer program.
// An SQLite file is locked for this process; a second one gets FAILED_PRECONDITION.
// INVALID_ARGUMENT when Options::database has another form.
StatusOr<std::unique_ptr<Store>> Open(const Options& options, std::string_view service,
                                      std::span<const TableSpec* const> tables);

}  // namespace pingan::store
