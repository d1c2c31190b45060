// What a caller's area reaches.
#pragma once

#include <string_view>

#include "common/area/scope.h"
#include "common/auth/caller.h"

namespace pingan::auth {

// Whether the caller, by the area it is responsible for, may see or act in `area` (a code or a
// scope): everywhere if its token names no area. Never a caller bound to a party, whatever its
// area: that one has a file of its own and no area. False if `area` is malformed and the caller's
// is not empty.
inline bool AreaReaches(const Caller& caller, std::string_view area) {
  if (!caller.party.empty()) return false;
  return caller.area.empty() || area::Covers(caller.area, area);
}

}  // namespace pingan::auth
