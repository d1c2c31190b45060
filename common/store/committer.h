// The one thread that writes: joins the write sets that wait into transactions. See store.h.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "common/store/batch.h"
#include "common/store/connection.h"
#include "common/store/store.h"
#include "common/store/write_state.h"

namespace pingan::store {

class Committer {
 public:
  Committer(Database* database, const Options& options);
  ~Committer() { Close(); }

  void Commit(WriteSet set);
  void Observe(Observer observer) { observer_ = std::move(observer); }
  void Close();
  int64_t seen() const { return seen_; }  // see Store::Seen
  WriteState& writes() { return writes_; }

  // Leases of this name are this process's own and no concern of its observer.
  void Own(std::string_view replica);

 private:
  struct Waiting {
    WriteSet set;
    int64_t since_us;
  };

  void Run();
  bool Full() const;
  std::vector<WriteSet> Take();

  // Each set is answered before these return, except those the observer holds back.
  void Process(std::span<WriteSet> sets);
  void Refuse(std::span<WriteSet> sets, const Status& status);
  Status Attempt(std::span<WriteSet> sets);
  std::optional<Status> AttemptKnown(std::span<WriteSet> sets);
  Status Write(Plan* plan, std::vector<Result>* read);
  void Wrote(int64_t on, Plan* plan);
  void Answer(std::span<WriteSet> sets, Plan plan);

  StatusOr<Ground> FindGround(std::span<const WriteSet> sets);
  Status TakeUpUnlinked(Ground* ground);
  Status FindOutdated(std::span<const WriteSet> sets, Ground* ground);
  Status Connect();

  Database* const database_;
  const Options options_;
  Observer observer_;

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Waiting> queue_;
  std::set<std::string, std::less<>> own_;
  bool closed_ = false;

  std::atomic<int64_t> seen_ = 0;
  WriteState writes_;

  // Of the thread alone.
  Recent recent_;
  Standing standing_;           // after the last commit
  int64_t known_until_us_ = 0;  // until when AttemptKnown relies on it
  int surveys_due_ = 0;         // commits before it does so again
  std::unique_ptr<Connection> connection_;
  int64_t retry_at_us_ = 0;
  int64_t backoff_us_ = 0;

  std::thread thread_;
};

}  // namespace pingan::store
