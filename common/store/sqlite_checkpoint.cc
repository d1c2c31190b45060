#include "common/store/sqlite_checkpoint.h"

#include <sqlite3.h>

#include "common/base/thread_name.h"

namespace pingan::store {
namespace {

// 128 MB, so that a page that many commits change is carried over once; see ADR 22.
constexpr int kPagesLong = 32'000;
// After a try that a long read has hindered.
constexpr int kPagesAgain = 8'000;

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

// After each commit: `pages` are in the log now. A checkpoint that fails is tried again by a later
// one; nothing is lost with it.
int Checkpointer::Committed(void* self, sqlite3* writer, const char* name, int pages) {
  auto& own = *static_cast<Checkpointer*>(self);
  std::unique_lock lock(own.mutex_);
  if (pages < own.tried_at_) own.tried_at_ = 0;  // the log has begun anew
  if (own.state_ == kIdle && pages >= kPagesLong && pages >= own.tried_at_ + kPagesAgain) {
    own.state_ = kCarrying;
    own.changed_.notify_one();
  } else if (own.state_ == kLeft) {
    own.state_ = kIdle;
    own.tried_at_ = pages;
    lock.unlock();
    sqlite3_wal_checkpoint_v2(writer, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  return SQLITE_OK;
}

void Checkpointer::Run() {
  NameThread("checkpoint");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return state_ == kCarrying || state_ == kStopped; });
    if (state_ == kStopped) return;
    lock.unlock();
    sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    lock.lock();
    if (state_ == kCarrying) state_ = kLeft;
  }
}

}  // namespace pingan::store
