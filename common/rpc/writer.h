// Writer: the second half of a write's life: gather, decide, commit, and again after a conflict.
//
// Used by RPCs, by imports and by the clock's sweep alike, so that nothing is written any other
// way.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/rpc/attempt.h"
#include "common/rpc/worker_pool.h"

namespace pingan::rpc {

// One write to carry out. `wanted` and `decide` are pure and may run several times.
struct WriteJob {
  const Table* table = nullptr;
  std::string name;  // of the record to change; empty = a new one
  std::function<Wanted(const Message& before)> wanted;  // null = nothing else
  std::function<StatusOr<Plan>(const Message& before, const Related&)> decide;
  // Refuses a record that the caller may not see or that has another etag; runs before `decide`.
  std::function<Status(const Message& before)> admit;

  std::string actor;
  std::string method;
  std::string purpose;
  std::string request_id;
  std::string reply_key;    // empty = not idempotent
  std::string fingerprint;  // of the request
  absl::Time now;
  bool validate_only = false;
  bool patient = false;  // an import's or the clock's own: waits however long writes take
};

// What became of it: the record as committed, decided (validate_only), or as it was after the first
// carrying out of the same request. It is for who asked to keep.
struct Written {
  std::shared_ptr<Message> record;
  int64_t revision = 0;  // 0 = nothing was written now
  bool repeated = false;
};

class Writer {
 public:
  using Done = std::function<void(StatusOr<Written>)>;

  // None is owned.
  Writer(Records* records, const Tables* tables, WorkerPool* workers)
      : records_(records), tables_(tables), workers_(workers) {}

  // Whether the request was carried out before. REQUEST_ID_REUSED if another was, under its key.
  StatusOr<bool> Known(const WriteJob& job) const;

  // Blocks for the reads, then returns; `done` runs once: of a commit where the store's observer
  // releases it, else on a worker or on this thread. Errors:
  // those of admit and decide; ABORTED (WRITE_CONFLICT) when others kept writing first;
  // ALREADY_EXISTS (REQUEST_ID_REUSED); UNKNOWN (COMMIT_UNCERTAIN); UNAVAILABLE.
  void Execute(std::shared_ptr<const WriteJob> job, Done done) {
    Try(std::move(job), std::move(done), 0);
  }

  // The same for several new records of one table, with few round trips for all their reads.
  struct Request {
    std::shared_ptr<const WriteJob> job;
    Done done;
  };
  void ExecuteNew(std::vector<Request> requests);

 private:
  void Try(std::shared_ptr<const WriteJob> job, Done done, int tries);
  // What follows from what the attempt decided.
  void Decided(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
               Status decided, Done done, int tries);
  void Commit(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt, Done done,
              int tries);
  void Finish(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
              const store::Outcome& outcome, const Done& done, int tries);
  StatusOr<Written> Repeat(const WriteJob& job, const store::Reply& reply);
  // A refused request may have been carried out before: then its reply is the answer.
  void RefuseOrRepeat(std::shared_ptr<const WriteJob> job, Status refusal, Done done);

  Records* const records_;
  const Tables* const tables_;
  WorkerPool* const workers_;
};

}  // namespace pingan::rpc
