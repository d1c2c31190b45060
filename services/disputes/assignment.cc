#include "services/disputes/assignment.h"

#include <algorithm>
#include <tuple>

#include "services/disputes/codes.h"

namespace pingan::disputes {
namespace {

enum Column { kRule, kCategory, kScope, kLevel, kKind, kKindName };

bool IsPrefix(std::string_view prefix, std::string_view of) {
  return prefix == "-" || of.starts_with(prefix);
}

size_t Weight(std::string_view prefix) {
  return prefix == "-" ? 0 : prefix.size();
}

// `area` or the one above it in which `level` has its office.
std::string OfficeArea(v1::Level level, std::string_view area) {
  std::string code = area::CodeOf(area::ScopeOf(area));
  while (LevelOfArea(code) < std::max(level, v1::VILLAGE)) code = area::ParentOf(code);
  return code;
}

common::v1::Unit OfficeIn(std::string_view code, std::string_view kind, std::string_view kind_name,
                          const area::Tree& areas) {
  const area::Area* place = areas.Find(code);
  common::v1::Unit unit;
  unit.set_code(area::ScopeOf(code) + "-" + std::string(kind));
  unit.set_name((place == nullptr ? "" : place->name) + std::string(kind_name));
  unit.set_area(std::string(code));
  return unit;
}

}  // namespace

v1::Level LevelOfArea(std::string_view area) {
  switch (area::LevelOf(area)) {
    case area::Level::kVillage:
      return v1::VILLAGE;
    case area::Level::kTownship:
      return v1::TOWNSHIP;
    case area::Level::kCounty:
      return v1::COUNTY;
    case area::Level::kCity:
      return v1::CITY;
    case area::Level::kProvince:
      break;
  }
  return v1::LEVEL_UNSPECIFIED;
}

Assignment Assign(std::string_view category, std::string_view area, const area::Tree& areas) {
  const RuleTable& table = AssignmentTable();
  const std::vector<std::string>* best = nullptr;
  for (const auto& row : table.rows) {
    if (!IsPrefix(row[kCategory], category) || !IsPrefix(row[kScope], area)) continue;
    const auto weight = [](const auto& r) {
      return std::tuple(Weight(r[kCategory]), Weight(r[kScope]));
    };
    if (best == nullptr || weight(row) > weight(*best)) best = &row;
  }
  v1::Level level = v1::LEVEL_UNSPECIFIED;
  v1::Level_Parse((*best)[kLevel], &level);
  const std::string office = OfficeArea(level, area);
  // A household is in its village; anything above has the level of the office.
  if (level != v1::HOUSEHOLD || LevelOfArea(office) != v1::VILLAGE) level = LevelOfArea(office);
  return {.rule = (*best)[kRule] + "@" + table.version,
          .level = level,
          .unit = OfficeIn(office, (*best)[kKind], (*best)[kKindName], areas)};
}

Assignment OfficeAt(v1::Level level, std::string_view area, const area::Tree& areas) {
  const std::string office = OfficeArea(level, area);
  const v1::Level own = LevelOfArea(office);
  const bool village = own == v1::VILLAGE;
  return {.rule = "",
          .level = own,
          .unit = OfficeIn(office, village ? "PMC" : "GC", village ? "人民调解委员会" : "综治中心",
                           areas)};
}

Assignment NextAbove(v1::Level level, std::string_view area, const area::Tree& areas) {
  return OfficeAt(static_cast<v1::Level>(level + 1), area, areas);
}

}  // namespace pingan::disputes
