// What merge.cc and unmerge.cc share, and who looks for the pairs that they lead to: which fields
// go over, and how one field is copied.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/person.pb.h"
#include "services/population/merge.h"

namespace pingan::population {

// Fields of Person of which one file's word is chosen; beside them "residences" can be taken.
inline constexpr std::string_view kMergeFields[] = {
    "kind",           "display_name",      "sex",   "birth_date", "ethnicity", "education",
    "household_area", "household_address", "phone", "permit",     "death_date"};

template <class List, class Value>
bool Contains(const List& list, const Value& value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

bool HasField(const v1::Person& person, std::string_view field);

// `to` says of the field what `from` says, also nothing.
void CopyField(const v1::Person& from, std::string_view field, v1::Person* to);

bool SameField(const v1::Person& one, const v1::Person& other, std::string_view field);

// Who the survivor is with the other's word: fields, names, external ids and documents. What it was
// goes into `merge`.
void JoinParticulars(const v1::MergePersonsRequest& request, const v1::Person& absorbed,
                     v1::Person* survivor, v1::Merge* merge);

// Who the survivor is without it. What was changed since stays.
void PartParticulars(const v1::Merge& merge, const v1::Person& absorbed, v1::Person* survivor);

// NOT_FOUND unless both files are the caller's.
Status CheckScope(const MergeFiles& files, const Env& env);

}  // namespace pingan::population
