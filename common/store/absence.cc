#include "common/store/absence.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "common/store/records.h"

namespace pingan::store {
namespace {

constexpr size_t kYoungMax = 100'000;  // searches: some ten thousand writes

Searched Hash(const TableSpec& table, std::string_view prefix) {
  return absl::HashOf(AbslView(table.name), AbslView(prefix));
}

}  // namespace

Searched SearchedBy(const Absence& absence) {
  return Hash(*absence.table, absence.prefix);
}

Searched SearchedOf(const TableSpec& table, std::string_view key) {
  return Hash(table, key.substr(0, key.rfind('\n') + 1));
}

bool Recent::Holds(const Absence& absence, int64_t since) const {
  const Searched searched = SearchedBy(absence);
  for (const Revisions* revisions : {&young_, &old_}) {
    const auto it = revisions->find(searched);
    if (it != revisions->end() && it->second > since) return false;
  }
  return true;
}

void Recent::Add(int64_t from, int64_t to, const absl::flat_hash_set<Searched>& written) {
  if (from != last_) {
    old_.clear();
    young_.clear();
    old_since_ = young_since_ = from;
  } else if (young_.size() > kYoungMax) {
    old_ = std::exchange(young_, {});
    old_since_ = std::exchange(young_since_, from);
  }
  for (const Searched searched : written) young_[searched] = to;
  last_ = to;
}

void Search::Add(const WriteSet& set, size_t place) {
  for (const Absence& absence : set.absences) {
    OfTable& of = wanted_[absence.table->name];
    of.prefixes.push_back(absence.prefix);
    of.absences.emplace_back(&absence, place);
    of.found_max = std::max(of.found_max, absence.found.size());
  }
}

// One key more than was found is enough to see that there is another.
std::vector<Statement> Search::Statements() const {
  std::vector<Statement> statements;
  for (const auto& [table, of] : wanted_) {
    statements.push_back(
        Prefixes{std::string(table), of.prefixes, static_cast<int>(of.found_max) + 1});
  }
  return statements;
}

std::set<size_t> Search::Outdated(std::vector<Result> results) const {
  std::set<size_t> places;
  size_t next = 0;
  for (const auto& [table, of] : wanted_) {
    for (auto& row : results[next++].rows) {
      const auto& [absence, place] = of.absences.at(Integer(row[0]));
      const std::string key = String(std::move(row[1]));
      const auto& found = absence->found;
      if (std::find(found.begin(), found.end(), key) == found.end()) places.insert(place);
    }
  }
  return places;
}

}  // namespace pingan::store
