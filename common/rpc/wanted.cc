#include "common/rpc/wanted.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/rpc/terms.h"

namespace pingan::rpc {
namespace {

using Names = std::vector<std::string>;

constexpr size_t kGuardedMax = 20;

// Adds to the readings what each of the lists names.
Status ReadAll(Records* records, const Tables& tables, std::span<const Names> lists,
               std::span<Reading> readings) {
  std::map<const Table*, std::set<std::string>> missing;
  for (size_t i = 0; i < lists.size(); ++i) {
    for (const std::string& name : lists[i]) {
      const Table* of = tables.OfName(name);
      if (of && !readings[i].seen.contains(name)) missing[of].insert(name);
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
      readings[i].seen.try_emplace(name, found == read.end() ? Seen() : found->second);
    }
  }
  return absl::OkStatus();
}

store::Absence AbsenceOf(Having having) {
  for (std::string& name : having.names) name.insert(0, having.prefix);
  return {&kTerms, std::move(having.prefix), std::move(having.names)};
}

// What the terms of each find, beside the names that it has.
StatusOr<std::vector<Names>> NamesOf(Records* records, const Table& table,
                                     std::span<const Wanted> wanted, std::span<Reading> readings) {
  std::vector<Term> terms;
  int limit = 0;
  for (const Wanted& one : wanted) {
    terms.insert(terms.end(), one.terms.begin(), one.terms.end());
    limit = std::max(limit, one.limit);
  }
  std::vector<Having> found;
  if (!terms.empty()) {
    ASSIGN_OR_RETURN(found, FindByTerms(records->store(), records->keyring(), table, terms, limit));
  }
  std::vector<Names> lists;
  size_t next = 0;
  for (size_t at = 0; at < wanted.size(); ++at) {
    const size_t most = static_cast<size_t>(wanted[at].limit);
    Names& names = lists.emplace_back(wanted[at].names);
    for (size_t i = 0; i < wanted[at].terms.size(); ++i, ++next) {
      const Names& having = found[next].names;
      const auto end = having.begin() + static_cast<ptrdiff_t>(std::min(having.size(), most));
      names.insert(names.end(), having.begin(), end);
      if (having.size() >= std::min(most, kGuardedMax)) continue;
      readings[at].absences.push_back(AbsenceOf(std::move(found[next])));
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

StatusOr<std::vector<Reading>> ReadWanted(Records* records, const Tables& tables,
                                          const Table& table, std::span<const Wanted> wanted) {
  std::vector<Reading> readings(wanted.size());
  for (Reading& reading : readings) reading.since = records->store()->Seen();
  std::vector<Wanted> next(wanted.begin(), wanted.end());
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(std::vector<Names> lists, NamesOf(records, table, next, readings));
    RETURN_IF_ERROR(ReadAll(records, tables, lists, readings));
    more = false;
    for (size_t i = 0; i < next.size(); ++i) {
      more = more || next[i].then;
      next[i] = next[i].then ? next[i].then(RelatedOf(readings[i].seen)) : Wanted();
    }
  }
  return readings;
}

}  // namespace pingan::rpc
