#include "common/area/tree.h"

#include <algorithm>

#include "common/base/tsv.h"

namespace pingan::area {
namespace {

bool ParseDate(const std::string& text, absl::CivilDay& day) {
  return text.empty() || (text.size() == 10 && absl::ParseCivilTime(text, &day));
}

// The area on a line, or what is wrong with it.
StatusOr<Area> ParseArea(const std::vector<std::string>& cells) {
  Area area;
  if (!IsAreaCode(cells[0])) return absl::InvalidArgumentError("want a code of 12 digits");
  if (cells.size() < 2 || cells[1].empty()) return absl::InvalidArgumentError("want a name");
  if (cells.size() > 4) return absl::InvalidArgumentError("want at most 4 columns");
  area.code = cells[0];
  area.name = cells[1];
  const bool dates_read = (cells.size() < 3 || ParseDate(cells[2], area.valid_from)) &&
                          (cells.size() < 4 || ParseDate(cells[3], area.valid_to));
  if (!dates_read || area.valid_from >= area.valid_to) {
    return absl::InvalidArgumentError("want dates as 2019-12-20, from before to");
  }
  return area;
}

}  // namespace

StatusOr<Tree> Tree::Load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile("area file", path));
  return Parse(text, path);
}

StatusOr<Tree> Tree::Parse(std::string_view text, std::string_view origin) {
  Tsv tsv = ParseTsv(text, origin);
  std::vector<std::pair<Area, size_t>> rows;
  for (const Tsv::Row& row : tsv.rows) {
    StatusOr<Area> area = ParseArea(row.cells);
    if (!area.ok()) return tsv.Malformed(row.line, StdView(area.status().message()));
    rows.emplace_back(*std::move(area), row.line);
  }
  Tree tree;
  tree.source_ = tsv.header["source"];
  tree.date_ = tsv.header["date"];
  if (tree.source_.empty() || tree.date_.empty()) {
    return tsv.Malformed(1, "want the header lines source and date");
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first.code < b.first.code; });
  // The topmost areas are those of the highest level in the file; parents sort before their
  // children.
  auto top = Level::kVillage;
  for (const auto& [area, line] : rows) top = std::min(top, LevelOf(area.code));
  for (auto& [area, line] : rows) {
    if (tree.Contains(area.code)) return tsv.Malformed(line, "the code comes twice");
    if (LevelOf(area.code) != top && !tree.Contains(ParentOf(area.code))) {
      return tsv.Malformed(line, "the parent of the area is missing");
    }
    tree.areas_.push_back(std::move(area));
  }
  return tree;
}

std::vector<Area>::const_iterator Tree::LowerBound(std::string_view code) const {
  return std::lower_bound(areas_.begin(), areas_.end(), code,
                          [](const Area& area, std::string_view key) { return area.code < key; });
}

const Area* Tree::Find(std::string_view code) const {
  if (!IsScope(code)) return nullptr;
  const std::string key = CodeOf(code);
  const auto it = LowerBound(key);
  return it != areas_.end() && it->code == key ? &*it : nullptr;
}

bool Tree::Meets(std::string_view scope) const {
  const auto it = LowerBound(scope);
  return it != areas_.end() && it->code.starts_with(scope);
}

std::vector<const Area*> Tree::Children(std::string_view code) const {
  std::vector<const Area*> children;
  if (!code.empty() && !Contains(code)) return children;
  const std::string scope = code.empty() ? "" : ScopeOf(code);
  auto it = code.empty() ? areas_.begin() : LowerBound(CodeOf(scope)) + 1;
  while (it != areas_.end() && it->code.compare(0, scope.size(), scope) == 0) {
    children.push_back(&*it);
    it = LowerBound(UpperBound(ScopeOf(it->code)));
  }
  return children;
}

std::string Tree::Home() const {
  std::string home;
  for (auto children = Children(home); children.size() == 1; children = Children(home)) {
    home = ScopeOf(children.front()->code);
  }
  return home;
}

size_t Tree::Count(Level level, std::string_view scope) const {
  const auto begin = LowerBound(scope);
  const auto end = scope.empty() ? areas_.end() : LowerBound(UpperBound(scope));
  return std::count_if(begin, end, [&](const Area& area) { return LevelOf(area.code) == level; });
}

}  // namespace pingan::area
