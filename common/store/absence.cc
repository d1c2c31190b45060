#include "common/store/absence.h"

#include <algorithm>

#include "common/store/records.h"

namespace pingan::store {
namespace {

constexpr size_t kYoungMax = 20'000;  // keys: some thousand writes

bool Found(const Absence& absence, const std::string& key) {
  return std::find(absence.found.begin(), absence.found.end(), key) != absence.found.end();
}

}  // namespace

bool Holds(const Absence& absence, const RowKeys& keys) {
  const std::string_view table = absence.table->name;
  for (auto it = keys.lower_bound({table, absence.prefix});
       it != keys.end() && it->first == table && it->second.starts_with(absence.prefix); ++it) {
    if (!Found(absence, it->second)) return false;
  }
  return true;
}

void Recent::Add(int64_t on, const Batch& batch) {
  if (on != last_) {
    old_.clear();
    young_.clear();
    old_since_ = young_since_ = on;
  } else if (young_.size() > kYoungMax) {
    old_ = std::exchange(young_, {});
    old_since_ = std::exchange(young_since_, on);
  }
  for (const auto& [table, key] : batch.keys) {
    if (table->searched) young_.emplace(table->name, key);
  }
  last_ = batch.revision;
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
      if (!Found(*absence, String(std::move(row[1])))) places.insert(place);
    }
  }
  return places;
}

}  // namespace pingan::store
