// Whether what a write set has looked for and not found is still not there when it is committed.
//
// Mostly the commits of the last moments are this process's own and remembered, so that nothing is
// read again; only where another replica has committed in between the index is searched once more.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/store/connection.h"
#include "common/store/store.h"

namespace pingan::store {

// What a search is for, in few bytes. That two are taken for one costs a conflict more.
using Searched = uint64_t;
Searched SearchedBy(const Absence& absence);
Searched SearchedOf(const TableSpec& table, std::string_view key);

// What of searched tables this process has written lately. Not thread safe.
class Recent {
 public:
  // Whether every commit above `since` and up to `revision` is remembered.
  bool Covers(int64_t since, int64_t revision) const {
    return revision == last_ && since >= old_since_;
  }
  // Of a set that it covers.
  bool Holds(const Absence& absence, int64_t since) const;

  // What was committed from a revision to the next one.
  void Add(int64_t from, int64_t to, const absl::flat_hash_set<Searched>& written);

 private:
  using Revisions = absl::flat_hash_map<Searched, int64_t>;
  int64_t last_ = -1;
  int64_t old_since_ = 0, young_since_ = 0;  // commits above these are in the maps
  Revisions old_, young_;                    // the last of each; `old_` is what is forgotten next
};

// The search of the database, for those sets that memory does not cover.
class Search {
 public:
  void Add(const WriteSet& set, size_t place);

  bool empty() const { return wanted_.empty(); }
  std::vector<Statement> Statements() const;
  // The places of the sets that are out of date.
  std::set<size_t> Outdated(std::vector<Result> results) const;

 private:
  struct OfTable {
    std::vector<std::string> prefixes;
    std::vector<std::pair<const Absence*, size_t>> absences;  // of each prefix, and whose
    size_t found_max = 0;
  };
  std::map<std::string_view, OfTable> wanted_;
};

}  // namespace pingan::store
