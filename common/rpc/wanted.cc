#include "common/rpc/wanted.h"

#include <utility>

#include "common/rpc/terms.h"

namespace pingan::rpc {
namespace {

Status ReadAll(Records* records, const Tables& tables, const std::vector<std::string>& names,
               SeenByName* seen) {
  for (const std::string& name : names) {
    const Table* of = tables.OfName(name);
    if (!of) continue;
    const auto [it, fresh] = seen->try_emplace(name);
    if (!fresh) continue;
    ASSIGN_OR_RETURN(auto found, records->Find(*of, name));
    if (found) it->second = {std::move(found->record), found->version, found->key};
  }
  return absl::OkStatus();
}

}  // namespace

Related RelatedOf(const SeenByName& seen) {
  Related related;
  for (const auto& [name, one] : seen) {
    if (one.record) related.Add(name, one.record);
  }
  return related;
}

StatusOr<SeenByName> ReadWanted(Records* records, const Tables& tables, const Table& table,
                                const Wanted& wanted) {
  std::vector<std::string> names = wanted.names;
  for (const Term& term : wanted.terms) {
    ASSIGN_OR_RETURN(auto found,
                     FindByTerm(records->store(), records->keyring(), table, term, wanted.limit));
    names.insert(names.end(), found.begin(), found.end());
  }
  SeenByName seen;
  RETURN_IF_ERROR(ReadAll(records, tables, names, &seen));
  if (wanted.then) RETURN_IF_ERROR(ReadAll(records, tables, wanted.then(RelatedOf(seen)), &seen));
  return seen;
}

}  // namespace pingan::rpc
