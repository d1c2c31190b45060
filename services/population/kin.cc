#include "services/population/kin.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "services/population/settle.h"

namespace pingan::population {
namespace {

// How many halves there are of each id: two of a relation between files that are one.
std::map<std::string, int> CountIds(const Relations& relations) {
  std::map<std::string, int> counts;
  for (const auto& relation : relations) ++counts[relation.id()];
  return counts;
}

}  // namespace

const Relations& AllRelations(const v1::PersonRecord& record) {
  return record.all_relations().empty() ? record.person().relations() : record.all_relations();
}

void SetRelations(Relations all, v1::PersonRecord* record) {
  v1::Person& person = *record->mutable_person();
  std::set<std::pair<std::string, int>> said;
  person.clear_relations();
  for (const auto& relation : all) {
    if (relation.other() == person.name()) continue;
    if (!said.emplace(relation.other(), relation.type()).second) continue;
    *person.add_relations() = relation;
  }
  record->clear_all_relations();
  if (person.relations_size() < all.size()) record->mutable_all_relations()->Swap(&all);
}

void JoinRelations(const v1::PersonRecord& absorbed, v1::PersonRecord* survivor) {
  const std::string& gone = absorbed.person().name();
  Relations all = AllRelations(*survivor);
  for (v1::Relation theirs : AllRelations(absorbed)) {
    theirs.mutable_origin()->set_person(gone);
    *all.Add() = std::move(theirs);
  }
  for (auto& relation : all) {
    if (relation.other() == gone) relation.set_other(survivor->person().name());
  }
  SetRelations(std::move(all), survivor);
}

void PartRelations(v1::PersonRecord* survivor, v1::PersonRecord* other) {
  const std::string& one = survivor->person().name();
  const std::string& two = other->person().name();
  Relations stay, back, own;
  for (const auto& relation : AllRelations(*survivor)) {
    *(relation.origin().person() == two ? back : stay).Add() = relation;
  }
  // A half that names the survivor itself names from now on whoever has the other half.
  auto went = CountIds(back);
  for (auto& relation : stay) {
    if (relation.other() == one && went.contains(relation.id())) relation.set_other(two);
  }
  for (auto& relation : back) {
    if (relation.other() == one && went[relation.id()] == 2) relation.set_other(two);
  }
  for (const auto& known : AllRelations(*other)) {
    const auto now = std::find_if(back.begin(), back.end(), [&](const auto& relation) {
      return relation.id() == known.id();
    });
    if (now == back.end()) continue;
    v1::Relation& half = *own.Add();
    half = *now;
    half.clear_origin();
    if (known.has_origin()) *half.mutable_origin() = known.origin();
    back.erase(now);
  }
  SetRelations(std::move(stay), survivor);
  SetRelations(std::move(own), other);
}

std::optional<Decision<v1::PersonRecord>> Follow(const v1::PersonRecord& relative,
                                                 const Relations& relations,
                                                 const std::string& from, const std::string& to,
                                                 const Env& env) {
  const auto ids = CountIds(relations);
  Relations all = AllRelations(relative);
  bool follows = false;
  for (auto& relation : all) {
    if (relation.other() != from || !ids.contains(relation.id())) continue;
    relation.set_other(to);
    follows = true;
  }
  if (!follows) return std::nullopt;
  v1::PersonRecord after = relative;
  SetRelations(std::move(all), &after);
  return Settle(std::move(after), {"relation.followed"}, env);
}

}  // namespace pingan::population
