// Which unit is responsible: by category and place, as the table codes/assignment.tsv says.
//
// A row is: rule, category prefix, area scope, level, unit code, unit name; "-" is any. The longest
// category prefix wins, then the longest scope. The unit of a row is the office of that kind in the
// area of the row's level above the place: "411602001001-PMC", 人民调解委员会 of that village.
#pragma once

#include <string>
#include <string_view>

#include "common/area/tree.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

struct Assignment {
  std::string rule;  // "<rule>@<version>"
  v1::Level level;
  common::v1::Unit unit;
};

// The level at which an area handles its cases; a province has LEVEL_UNSPECIFIED.
v1::Level LevelOfArea(std::string_view area);

// The first owner of a case. `area` is in `areas` and no province. A case of a higher area than its
// rule says is handled at that area's level.
Assignment Assign(std::string_view category, std::string_view area, const area::Tree& areas);

// The general office (综治中心; a village's 人民调解委员会) at `level` above `area`, or at the next
// level that the place has. Keeps `rule` empty.
Assignment OfficeAt(v1::Level level, std::string_view area, const area::Tree& areas);

// The one a case of `area` at `level` goes to when it moves up. `level` is below CITY.
Assignment NextAbove(v1::Level level, std::string_view area, const area::Tree& areas);

}  // namespace pingan::disputes
