#include "common/rpc/terms.h"

#include "absl/strings/str_cat.h"
#include "common/crypto/blind_index.h"

namespace pingan::rpc {

const store::TableSpec kTerms{.name = "terms"};

namespace {

// What the keys of all rows of the term begin with.
std::string Prefix(const crypto::Keyring& keyring, const Table& table, const Term& term) {
  const std::string index = absl::StrCat(table.spec.name, ".", term.index);
  return absl::StrCat(
      index, "\n", term.secret ? crypto::BlindIndex(keyring, index, term.value) : term.value, "\n");
}

}  // namespace

std::set<std::string> TermKeys(const crypto::Keyring& keyring, const Table& table,
                               const Message* record, std::string_view name) {
  std::set<std::string> keys;
  if (!record || !table.terms) return keys;
  for (const Term& term : table.terms(*record)) {
    keys.insert(absl::StrCat(Prefix(keyring, table, term), AbslView(name)));
  }
  return keys;
}

StatusOr<std::vector<std::string>> FindByTerm(store::Store* store, const crypto::Keyring& keyring,
                                              const Table& table, const Term& term, int limit) {
  const std::string prefix = Prefix(keyring, table, term);
  std::string beyond = prefix;
  ++beyond.back();
  store::Query query{.table = &kTerms, .order_by = "key", .limit = limit};
  query.conditions = {{"key", store::Condition::kGe, prefix},
                      {"key", store::Condition::kLt, beyond}};
  ASSIGN_OR_RETURN(const auto rows, store->Select(query));
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.key.substr(prefix.size()));
  return names;
}

}  // namespace pingan::rpc
