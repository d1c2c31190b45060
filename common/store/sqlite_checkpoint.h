// Carries SQLite's log into the database beside the commits, not within them.
//
// SQLite does it within the commit that makes the log too long, and all writes wait. Here a thread
// of its own carries over what is in the log by then and what is committed meanwhile, until little
// is left; the next commits carry that over, until one finds no reader in the way and the log
// begins anew. A log that a thread alone empties would grow without a bound while commits keep
// coming.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

struct sqlite3;

namespace pingan::store {

class Checkpointer {
 public:
  // `db` is of this object alone from now on, and closed by it. It has read something: SQLite opens
  // the log with the first read, and carries over nothing of one that is not open.
  explicit Checkpointer(sqlite3* db);
  ~Checkpointer();

  // Follows the commits of `writer`, in place of SQLite's own checkpoints. Outlives it.
  void Follow(sqlite3* writer);

 private:
  // Idle until the log is long; Carrying by the thread; then the rest is Left to the commits.
  enum State { kIdle, kCarrying, kLeft, kStopped };

  static int Committed(void* self, sqlite3* writer, const char* name, int pages);
  bool Take(int pages);
  void Run();

  sqlite3* const db_;
  std::mutex mutex_;
  std::condition_variable changed_;
  State state_ = kIdle;
  int pages_ = 0;    // in the log, after the last commit
  int left_at_ = 0;  // pages in the log when the thread was done
  std::thread thread_;
};

}  // namespace pingan::store
