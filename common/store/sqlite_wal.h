// An SQLite file system that writes the write-ahead log in large pieces, of up to 128 KB.
//
// SQLite writes a commit's pages one by one, each with two calls of the kernel, which cost more
// than the writing. Here they are gathered until SQLite wants them on the disk (or reads of them),
// so a group commit takes a few writes and one sync. Nothing is weaker: SQLite shows a commit to
// others, and answers it, only after the sync (synchronous=FULL).
#pragma once

struct sqlite3;

namespace pingan::store {

// Name of the file system, for sqlite3_open_v2; registered by the first call. Only for connections
// that set synchronous=FULL, or write nothing.
const char* WalGatheringVfs();

// After a failed statement: what `db` has gathered is of a transaction that is over, and may not be
// written later, where the commit of another connection stands by then.
void ForgetGathered(sqlite3* db);

}  // namespace pingan::store
