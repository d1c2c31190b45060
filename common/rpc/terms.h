// Terms of records as rows: what finds a record by a value that is none of its columns.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/rpc/table.h"
#include "common/store/store.h"

namespace pingan::rpc {

// A row per term and record: its key is index, value and name. Derived from the record, written and
// dropped with it.
extern const store::TableSpec kTerms;

// The keys of the rows of `record`; none for null, or a table without terms.
std::set<std::string> TermKeys(const crypto::Keyring& keyring, const Table& table,
                               const Message* record, std::string_view name);

// The names of the records that have a term, at most `limit`, in their order.
struct Having {
  std::string prefix;  // of the keys of the term's rows: key = prefix and name
  std::vector<std::string> names;
};

// Those of each term, among the records of the table. One round trip.
StatusOr<std::vector<Having>> FindByTerms(store::Store* store, const crypto::Keyring& keyring,
                                          const Table& table, std::span<const Term> terms,
                                          int limit);

}  // namespace pingan::rpc
