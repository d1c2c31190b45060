// Reads the records that a decision or a search wants besides the one that its request names.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/rpc/records.h"
#include "common/rpc/tables.h"

namespace pingan::rpc {

// A record as it was read; version 0 and null = there is none of that name.
struct Seen {
  std::shared_ptr<const Message> record;
  int64_t version = 0;
  std::optional<crypto::SubjectKey> key;
};
using SeenByName = std::map<std::string, Seen, std::less<>>;

// Those that there are.
Related RelatedOf(const SeenByName& seen);

// What one has read. A write that was decided on it guards the searches that it rests on, but none
// that found twenty or as many as it may (ADR 23).
struct Reading {
  SeenByName seen;
  std::vector<store::Absence> absences;
  int64_t since = 0;  // Store::Seen() before
};

// What each wants, in few round trips for all. `table` is the one whose terms are meant. A name
// that no table keeps is left out.
StatusOr<std::vector<Reading>> ReadWanted(Records* records, const Tables& tables,
                                          const Table& table, std::span<const Wanted> wanted);

}  // namespace pingan::rpc
