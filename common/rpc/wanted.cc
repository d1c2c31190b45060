#include "common/rpc/wanted.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/rpc/terms.h"

namespace pingan::rpc {
namespace {

using Names = std::vector<std::string>;

// Adds to `seen` what each of the lists names.
Status ReadAll(Records* records, const Tables& tables, std::span<const Names> lists,
               std::span<SeenByName> seen) {
  std::map<const Table*, std::set<std::string>> missing;
  for (size_t i = 0; i < lists.size(); ++i) {
    for (const std::string& name : lists[i]) {
      const Table* of = tables.OfName(name);
      if (of && !seen[i].contains(name)) missing[of].insert(name);
    }
  }
  SeenByName read;
  for (const auto& [table, names] : missing) {
    ASSIGN_OR_RETURN(auto found, records->FindAll(*table, Names(names.begin(), names.end())));
    for (auto& [name, one] : found) {
      read[name] = {std::move(one.record), one.version, one.key};
    }
  }
  for (size_t i = 0; i < lists.size(); ++i) {
    for (const std::string& name : lists[i]) {
      if (!tables.OfName(name)) continue;
      const auto found = read.find(name);
      seen[i].try_emplace(name, found == read.end() ? Seen() : found->second);
    }
  }
  return absl::OkStatus();
}

// What the terms of each find, beside the names that it has.
StatusOr<std::vector<Names>> NamesOf(Records* records, const Table& table,
                                     std::span<const Wanted> wanted) {
  std::vector<Term> terms;
  int limit = 0;
  for (const Wanted& one : wanted) {
    terms.insert(terms.end(), one.terms.begin(), one.terms.end());
    limit = std::max(limit, one.limit);
  }
  ASSIGN_OR_RETURN(auto found,
                   FindByTerms(records->store(), records->keyring(), table, terms, limit));
  std::vector<Names> lists;
  size_t next = 0;
  for (const Wanted& one : wanted) {
    Names& names = lists.emplace_back(one.names);
    for (size_t i = 0; i < one.terms.size(); ++i, ++next) {
      const size_t count = std::min(found[next].size(), static_cast<size_t>(one.limit));
      names.insert(names.end(), found[next].begin(), found[next].begin() + count);
    }
  }
  return lists;
}

}  // namespace

Related RelatedOf(const SeenByName& seen) {
  Related related;
  for (const auto& [name, one] : seen) {
    if (one.record) related.Add(name, one.record);
  }
  return related;
}

StatusOr<std::vector<SeenByName>> ReadWanted(Records* records, const Tables& tables,
                                             const Table& table, std::span<const Wanted> wanted) {
  ASSIGN_OR_RETURN(std::vector<Names> lists, NamesOf(records, table, wanted));
  std::vector<SeenByName> seen(wanted.size());
  RETURN_IF_ERROR(ReadAll(records, tables, lists, seen));
  for (size_t i = 0; i < wanted.size(); ++i) {
    lists[i] = wanted[i].then ? wanted[i].then(RelatedOf(seen[i])) : Names();
  }
  RETURN_IF_ERROR(ReadAll(records, tables, lists, seen));
  return seen;
}

}  // namespace pingan::rpc
