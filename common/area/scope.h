// Area codes and the scopes made of their prefixes.
//
// An area code is the 12-digit statistical code of the National Bureau of Statistics: 2 + 2 + 2 + 3
// + 3 digits for province, city, county, township and village; zeros at the end mean "the whole of
// it". A scope is such a code cut at one of these boundaries and stands for everything below it:
// "411602" is a county with all its villages. Households are no areas. All functions are pure;
// which codes exist is the business of Tree.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "common/base/status.h"

namespace pingan::area {

enum class Level { kProvince, kCity, kCounty, kTownship, kVillage };

inline constexpr size_t kCodeLength = 12;

// The length of a scope of each level, in the order of Level.
inline constexpr std::array<size_t, 5> kScopeLengths = {2, 4, 6, 9, 12};

// True for 2, 4, 6, 9 or 12 ASCII digits.
constexpr bool IsScope(std::string_view s) {
  return std::find(kScopeLengths.begin(), kScopeLengths.end(), s.size()) != kScopeLengths.end() &&
         std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// True for 12 ASCII digits.
constexpr bool IsAreaCode(std::string_view s) {
  return s.size() == kCodeLength && IsScope(s);
}

// Whether `code`, an area code or a narrower or equal scope, lies in `scope`. False if either is
// malformed. A scope is taken as written: "411602000000" covers that one code, ScopeOf of it the
// county.
constexpr bool Covers(std::string_view scope, std::string_view code) {
  return IsScope(scope) && IsScope(code) && code.substr(0, scope.size()) == scope;
}

// The shortest scope of a code: trailing groups of zeros removed, the province kept; "411602000000"
// gives "411602". Takes scopes too. Precondition, here and below: IsScope.
inline std::string ScopeOf(std::string_view code) {
  for (size_t i = kScopeLengths.size() - 1; i > 0; --i) {
    const size_t end = kScopeLengths[i], begin = kScopeLengths[i - 1];
    if (code.size() < end) continue;
    if (code.substr(begin).find_first_not_of('0') != std::string_view::npos) break;
    code = code.substr(0, begin);
  }
  return std::string(code);
}

// The code of the area itself: a scope filled up with zeros to 12 digits.
inline std::string CodeOf(std::string_view scope) {
  std::string code(scope);
  code.resize(kCodeLength, '0');
  return code;
}

// The level of the area that a code or scope names: "411602000000" and "411602" are both a county.
inline Level LevelOf(std::string_view code) {
  const auto* length = std::find(kScopeLengths.begin(), kScopeLengths.end(), ScopeOf(code).size());
  return static_cast<Level>(length - kScopeLengths.begin());
}

// The area next above, in the form given (12 digits for 12 digits, a scope for a scope); empty
// above a province. A level that a place does not have is passed over: the parent of the township
// 441900006000 is the city 441900000000.
inline std::string ParentOf(std::string_view code) {
  const std::string scope = ScopeOf(code);
  const auto level = static_cast<size_t>(LevelOf(scope));
  if (level == 0) return "";
  const std::string parent = ScopeOf(std::string_view(scope).substr(0, kScopeLengths[level - 1]));
  return code.size() == kCodeLength ? CodeOf(parent) : parent;
}

// The exclusive end of a range scan over the codes in `scope`, which is its start: "411602" gives
// "411603". Digits only, so that it holds under every collation; "a", which sorts after all digits,
// if `scope` is all nines.
inline std::string UpperBound(std::string_view scope) {
  std::string bound(scope);
  const size_t last = bound.find_last_not_of('9');
  if (last == std::string::npos) return "a";
  ++bound[last];
  std::fill(bound.begin() + last + 1, bound.end(), '0');
  return bound;
}

// The scope in a request's field. INVALID_ARGUMENT naming `field` unless IsScope.
inline StatusOr<std::string> ParseScope(std::string_view field, std::string_view value) {
  if (!IsScope(value)) return FieldError(field, "want an area scope of 2, 4, 6, 9 or 12 digits");
  return std::string(value);
}

}  // namespace pingan::area
