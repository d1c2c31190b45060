#include "common/store/sqlite_wal.h"

#include <sqlite3.h>

#include <new>
#include <string>

namespace pingan::store {
namespace {

constexpr size_t kGatheredMax = (1 << 17) - 1;  // what SQLite's own file system takes at once
constexpr char kName[] = "wal-gathering";

sqlite3_vfs* Base() {
  static sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
  return base;
}

// The log of one connection. The real file follows it in memory.
struct LogFile {
  sqlite3_file file;
  std::string gathered;  // not yet written; begins at `at`
  sqlite3_int64 at;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

LogFile* Log(sqlite3_file* file) {
  return reinterpret_cast<LogFile*>(file);
}

// What could not be written is forgotten: SQLite fails the commit and begins again at its start.
int Flush(LogFile* log) {
  if (log->gathered.empty()) return SQLITE_OK;
  const int code = log->real()->pMethods->xWrite(log->real(), log->gathered.data(),
                                                 static_cast<int>(log->gathered.size()), log->at);
  log->gathered.clear();  // and keeps its memory
  return code;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  LogFile* log = Log(file);
  const auto end = log->at + static_cast<sqlite3_int64>(log->gathered.size());
  if (offset != end || log->gathered.size() + size > kGatheredMax) {
    if (const int code = Flush(log); code != SQLITE_OK) return code;
  }
  if (log->gathered.empty()) log->at = offset;
  log->gathered.append(static_cast<const char*>(data), size);
  return SQLITE_OK;
}

// What was committed was synced, so what is left is of no commit.
int Close(sqlite3_file* file) {
  LogFile* log = Log(file);
  const int code = log->real()->pMethods->xClose(log->real());
  log->~LogFile();
  return code;
}

int SectorSize(sqlite3_file* file) {
  sqlite3_file* real = Log(file)->real();
  return real->pMethods->xSectorSize(real);
}

int DeviceCharacteristics(sqlite3_file* file) {
  sqlite3_file* real = Log(file)->real();
  return real->pMethods->xDeviceCharacteristics(real);
}

// Every other call sees what was gathered as written.
template <auto kMethod, class... Args>
int Through(sqlite3_file* file, Args... args) {
  LogFile* log = Log(file);
  if (const int code = Flush(log); code != SQLITE_OK) return code;
  return (log->real()->pMethods->*kMethod)(log->real(), args...);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Through<&sqlite3_io_methods::xRead>,
    .xWrite = Write,
    .xTruncate = Through<&sqlite3_io_methods::xTruncate>,
    .xSync = Through<&sqlite3_io_methods::xSync>,
    .xFileSize = Through<&sqlite3_io_methods::xFileSize>,
    .xLock = Through<&sqlite3_io_methods::xLock>,
    .xUnlock = Through<&sqlite3_io_methods::xUnlock>,
    .xCheckReservedLock = Through<&sqlite3_io_methods::xCheckReservedLock>,
    .xFileControl = Through<&sqlite3_io_methods::xFileControl>,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
};

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) == 0) return Base()->xOpen(Base(), name, file, flags, out_flags);
  LogFile* log = new (file) LogFile{};
  const int code = Base()->xOpen(Base(), name, log->real(), flags, out_flags);
  if (code == SQLITE_OK) {
    log->file.pMethods = &kMethods;
  } else {
    log->~LogFile();
    file->pMethods = nullptr;
  }
  return code;
}

}  // namespace

const char* WalGatheringVfs() {
  static sqlite3_vfs* const vfs = [] {
    auto* made = new sqlite3_vfs(*Base());
    made->zName = kName;
    made->szOsFile += sizeof(LogFile);
    made->xOpen = Open;
    sqlite3_vfs_register(made, /*makeDflt=*/0);
    return made;
  }();
  return vfs->zName;
}

void ForgetGathered(sqlite3* db) {
  sqlite3_file* file = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (file != nullptr && file->pMethods == &kMethods) Log(file)->gathered.clear();
}

}  // namespace pingan::store
