#include "common/rpc/terms.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/crypto/blind_index.h"

namespace pingan::rpc {

const store::TableSpec kTerms{
    .name = "terms", .short_rows = true, .searched = true, .beside = true};

namespace {

// What the keys of all rows of each term begin with.
std::vector<std::string> Prefixes(const crypto::Keyring& keyring, const Table& table,
                                  std::span<const Term> terms) {
  std::map<std::string, crypto::FieldIndex> blind;
  std::vector<std::string> prefixes;
  prefixes.reserve(terms.size());
  for (const Term& term : terms) {
    const std::string index =
        absl::StrCat(term.table.empty() ? table.spec.name : term.table, ".", term.index);
    if (!term.secret) {
      prefixes.push_back(absl::StrCat(index, "\n", term.value, "\n"));
      continue;
    }
    auto of = blind.find(index);
    if (of == blind.end()) of = blind.emplace(index, crypto::FieldIndex(keyring, index)).first;
    prefixes.push_back(absl::StrCat(index, "\n", of->second.Of(term.value), "\n"));
  }
  return prefixes;
}

}  // namespace

std::set<std::string> TermKeys(const crypto::Keyring& keyring, const Table& table,
                               const Message* record, std::string_view name) {
  std::set<std::string> keys;
  if (!record || !table.terms) return keys;
  for (auto& prefix : Prefixes(keyring, table, table.terms(*record))) {
    keys.insert(absl::StrCat(prefix, AbslView(name)));
  }
  return keys;
}

StatusOr<std::vector<Having>> FindByTerms(store::Store* store, const crypto::Keyring& keyring,
                                          const Table& table, std::span<const Term> terms,
                                          int limit) {
  std::vector<std::string> prefixes = Prefixes(keyring, table, terms);
  ASSIGN_OR_RETURN(auto keys, store->KeysWith(kTerms, prefixes, limit));
  std::vector<Having> found(prefixes.size());
  for (size_t i = 0; i < found.size(); ++i) {
    for (std::string& key : keys[i]) key.erase(0, prefixes[i].size());
    found[i] = {.prefix = std::move(prefixes[i]), .names = std::move(keys[i])};
  }
  return found;
}

}  // namespace pingan::rpc
