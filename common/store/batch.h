// What one group commit does, apart from doing it: which statements find the ground a batch of
// write sets stands on, and what follows from that ground. Pure; the committer runs the statements.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/store/absence.h"
#include "common/store/store.h"

namespace pingan::store {

using RowKey = std::pair<std::string_view, std::string>;  // table name, key

// Where the numbers stand.
struct Standing {
  int64_t revision = 0;
  int64_t audit_id = 0;
  AuditMark linked;                          // the last audit entry with a link, see chain.h
  std::map<std::string, int64_t> sequences;  // as many as are known
};

// What the database held when the revision row was locked.
struct Ground : Standing {
  std::map<RowKey, int64_t> versions;  // absent rows are absent
  std::map<std::string, Reply> replies;
  std::vector<Lease> leases;
  std::set<size_t> outdated;  // places of sets whose absences do not hold
};

// First of two round trips: begins, locks the revision row and reads everything the sets are judged
// by.
class Survey {
 public:
  Survey(std::span<const WriteSet> sets, const Dialect& dialect);

  std::span<const Statement> statements() const { return statements_; }
  Ground Read(std::vector<Result> results) const;

 private:
  std::vector<Statement> statements_;
  std::vector<const TableSpec*> tables_;  // of the look-ups, in order
};

// In its place, in one round trip with the rest, when it is known where the numbers stand: begins,
// locks the revision row, fails if they stand elsewhere after all, and reads the leases.
std::vector<Statement> Confirm(const Standing& standing, const Dialect& dialect);
std::vector<Lease> ReadLeases(Result result);
// Whether that is enough to judge the set. That its reply is a new one is for the table's index to
// find.
bool JudgedBy(const Standing& standing, const WriteSet& set);

// Second round trip.
struct Plan {
  std::vector<Outcome> outcomes;      // one for each set; kCommitted once `statements` have run
  std::vector<Statement> statements;  // ends with COMMIT; empty when no set is to be written
  Batch batch;
  absl::flat_hash_set<Searched> searched;  // what was written of searched tables
  Standing standing;                       // where the numbers stand after it
};

// Judges the sets in order, on a ground whose entries all have been linked: a stored reply gives
// kReplied; a guard or an absence that no longer holds, a row or a reply that an earlier set of
// this batch writes gives kConflict; an error of `encode`, or changes that break the store's rules,
// gives kFailed and uses no number. The rest is numbered and written.
Plan Decide(std::span<const WriteSet> sets, Ground ground);

}  // namespace pingan::store
