// The areas that exist: codes and names of one deployment, read once from a file and never changed.
//
// The file is UTF-8. Header lines "# key: value" come first, of which `source` and `date` are
// demanded; then one area a line, separated by tabs:
//
//   code (12 digits)   name   [valid from   [valid to]]      dates as 2019-12-20, or empty
//
// Every area but the topmost has its parent in the file. Names repeat: key by code, never by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/area/scope.h"

namespace pingan::area {

struct Area {
  std::string code;
  std::string name;
  // Valid on the days from <= day < to. Areas that were merged or split stay in the file, with
  // dates.
  absl::CivilDay valid_from = absl::CivilDay::min();
  absl::CivilDay valid_to = absl::CivilDay::max();

  bool ValidOn(absl::CivilDay day) const { return valid_from <= day && day < valid_to; }
};

// Safe to read from several threads. Pointers to areas live as long as the tree, also when it
// moves.
class Tree {
 public:
  // NOT_FOUND if the file cannot be read; else the errors of Parse.
  static StatusOr<Tree> Load(const std::string& path);

  // INVALID_ARGUMENT naming `origin` and the line: a malformed code, name or date, a code that
  // comes twice, an area without its parent, a header without source or date.
  static StatusOr<Tree> Parse(std::string_view text, std::string_view origin);

  // The area of a code or scope, whatever its dates; null if there is none. Logarithmic.
  const Area* Find(std::string_view code) const;
  bool Contains(std::string_view code) const { return Find(code) != nullptr; }

  // Whether any area lies in `scope`: also what is above all areas of the file meets them.
  bool Meets(std::string_view scope) const;

  // The areas next below `code`, in the order of codes; of "" the topmost areas.
  std::vector<const Area*> Children(std::string_view code) const;

  // How many areas of `level` lie in `scope`, the area of the scope included; "" is everywhere.
  // Linear in the areas of the scope.
  size_t Count(Level level, std::string_view scope = "") const;

  // The smallest scope that holds all areas; empty where there is no such area.
  std::string Home() const;

  // All areas in the order of codes.
  const std::vector<Area>& areas() const { return areas_; }

  const std::string& source() const { return source_; }
  const std::string& date() const { return date_; }

 private:
  std::vector<Area>::const_iterator LowerBound(std::string_view code) const;

  std::vector<Area> areas_;
  std::string source_;
  std::string date_;
};

}  // namespace pingan::area
