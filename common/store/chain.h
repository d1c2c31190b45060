// The audit as a chain: the link of an entry binds it to all that the entries before it say.
//
// A link is the SHA-256 of the link before it, which is empty before the first, and the columns of
// the entry: each text as its length in eight bytes and itself, each integer in eight bytes, all
// big-endian, in the order of AuditColumns().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/store/connection.h"
#include "common/store/row.h"

namespace pingan::store {

std::string LinkOf(std::string_view before, const Audit& audit);

// What the revision row says of the chain.
struct ChainEnd {
  int64_t last = 0;   // entry
  int64_t since = 0;  // see AuditCheck
  // The last entry that was linked. Before the last one only while a program that knows of no links
  // runs beside this one: its entries have none, and are taken up by the next commit.
  AuditMark linked;
};

// Reads a ChainEnd, and entries from `first` on.
Sql ReadChainEnd();
ChainEnd DecodeChainEnd(const std::vector<Value>& values);
Sql ReadEntries(int64_t first, int limit);

// Where the entries begin that Examine wants to see after a mark, of which `since` is as above.
int64_t FirstToExamine(const AuditMark& after, int64_t since);

// Judges `limit` entries after the mark. A change to an entry without a link is told of the first
// of those that stand beside it since the mark, or of the one after them. The rows are those from
// FirstToExamine on, three more than the limit if there are so many. The entry of the mark is bound
// to the one before it; where that has no link either, a change to both is told after the next
// commit.
AuditCheck Examine(const ChainEnd& end, const AuditMark& after, int limit,
                   const std::vector<Audit>& rows);

}  // namespace pingan::store
