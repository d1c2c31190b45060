#include "common/store/sqlite_checkpoint.h"

#include <sqlite3.h>

#include "common/base/thread_name.h"

namespace pingan::store {
namespace {

// 128 MB, so that a page that many commits change is carried over once; see ADR 22.
constexpr int kPagesLong = 32'000;
// More than comes until a commit has carried over the rest: then a long read has held it up, and
// there is work for the thread again.
constexpr int kPagesAgain = 16'000;
constexpr int kPagesLeft = 2'000;  // for the commits
constexpr int kPasses = 8;         // of the thread at most, should commits be as quick as it is

// What is in the log by now, then what came meanwhile, which is less each time: until it is what a
// commit or two can carry over. Synced, so that they have little to sync. What fails here fails
// there again.
void Carry(sqlite3* db) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  int in_log = 0, came = kPagesLong;
  for (int pass = 0; pass < kPasses && came > kPagesLeft; ++pass) {
    const int before = in_log;
    sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, nullptr);
    if (file != nullptr && file->pMethods != nullptr)
      file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    came = in_log - before;
  }
}

}  // namespace

Checkpointer::Checkpointer(sqlite3* db) : db_(db), thread_([this] { Run(); }) {}

Checkpointer::~Checkpointer() {
  {
    std::lock_guard lock(mutex_);
    state_ = kStopped;
  }
  changed_.notify_one();
  thread_.join();
  sqlite3_close(db_);
}

void Checkpointer::Follow(sqlite3* writer) {
  sqlite3_wal_hook(writer, &Checkpointer::Committed, this);
}

int Checkpointer::Committed(void* self, sqlite3* writer, const char* name, int pages) {
  auto& own = *static_cast<Checkpointer*>(self);
  // What fails is tried again by the next commit; nothing is lost with it.
  if (own.Take(pages))
    sqlite3_wal_checkpoint_v2(writer, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  return SQLITE_OK;
}

// After a commit: `pages` are in the log now. Whether the commit is to carry over the rest.
bool Checkpointer::Take(int pages) {
  std::lock_guard lock(mutex_);
  const bool anew = pages < pages_;
  pages_ = pages;
  if (anew && state_ == kLeft) state_ = kIdle;
  const int begin = state_ == kLeft ? left_at_ + kPagesAgain : kPagesLong;
  if ((state_ == kIdle || state_ == kLeft) && pages >= begin) {
    state_ = kCarrying;
    changed_.notify_one();
  }
  return state_ == kLeft;
}

void Checkpointer::Run() {
  NameThread("checkpoint");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return state_ == kCarrying || state_ == kStopped; });
    if (state_ == kStopped) return;
    lock.unlock();
    Carry(db_);
    lock.lock();
    if (state_ != kCarrying) continue;
    state_ = kLeft;
    left_at_ = pages_;
  }
}

}  // namespace pingan::store
