// Cube: counts by area, month and dimensions, kept in memory and added up in advance for every
// scope above a village.
//
// A delta is added to the cells of the city, the county, the township and the village of its area.
// An area that is itself a township is counted below it as "411602001000". So the areas one level
// below a scope always add up to the scope.
//
// Kept sums ("grains"): by village all dimensions together; by township the total and each
// dimension (a derived one too) by itself; by county and city these and all dimensions together. A
// question is answered from the first grain that tells enough; the total of a city over all months
// touches one cell a month. Memory: cells x (8 bytes a counter + about 30). A grain has at most
// areas x months x combinations met, and never more cells than deltas were added: 1 M records at
// random over 5,113 villages, 24 months, 80 categories, 5 levels and 20 counters make 1.6 M cells,
// about 380 MB; real records gather in fewer.
//
// Not synchronised: Fold lends it under its lock.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "common/base/status.h"
#include "common/events/axis.h"

namespace pingan::common::v1 {
class Delta;
}

namespace pingan::events {

// What a service counts. Deltas give dimensions and counters in this order. Names are unique, and
// "area" and "month" are taken.
struct Measures {
  // The first `prefix` characters of a dimension, as if it were one: {"group", "category", 2}.
  struct Derived {
    std::string name;
    std::string of;
    size_t prefix = 0;
  };
  std::vector<std::string> dimensions;  // at most 4; values are codes without "/"
  std::vector<std::string> counters;
  std::vector<Derived> derived;  // with the dimensions at most 8
};

struct CubeQuery {
  std::string scope;  // of 2, 4, 6, 9 or 12 digits; taken as written
  // Months as "2026-01", both included; empty = open.
  std::string from_period;
  std::string to_period;
  // "area" = the scopes one level below `scope` (a village stands for itself), "month", or
  // dimensions, of these at most 4.
  std::vector<std::string> group_by;
  std::vector<std::pair<std::string, std::string>> filters;  // dimension, value; all must hold
};

struct CubeRow {
  std::map<std::string, std::string> group;  // by the names of CubeQuery::group_by
  std::vector<int64_t> counts;               // in the order of Measures::counters
};

class Cube {
 public:
  explicit Cube(Measures measures);

  // Counts are added and may be negative: a record that moves is taken out of one cell and put into
  // another. A delta with fewer dimensions or counters than declared has "" and 0 for the rest.
  // INTERNAL (INTERNAL_FAULT), with nothing added, unless the area has 12 digits, the period is a
  // month and the lists are not too long.
  Status Add(const common::v1::Delta& delta);

  // Rows in the order of their groups' values. Without group_by exactly one; else groups in which
  // everything is 0 are left out, so that the answer equals a recount of what there is.
  // INVALID_ARGUMENT naming "area", "from_month", "to_month", "group_by" or the filter.
  StatusOr<std::vector<CubeRow>> Ask(const CubeQuery& query) const;

  // The village cells changed since the last ClearDirty, with key and absolute counts, for
  // Store::SaveFold. The body is a serialised Delta: added to an empty cube it restores the cell.
  std::vector<std::pair<std::string, std::string>> Dirty() const;
  size_t dirty_cells() const { return dirty_.size(); }
  void ClearDirty() { dirty_.clear(); }

  const Measures& measures() const { return measures_; }
  size_t cells() const;

 private:
  static constexpr size_t kSlots = 4;  // dimensions in a key, 16 bits each
  static constexpr size_t kAxesMax = 8;

  struct Key {
    uint64_t place = 0;  // area << 16 | month
    uint64_t dims = 0;   // the first dimension highest
    auto operator<=>(const Key&) const = default;
  };

  // A sum that is kept: for scopes of `digits` digits, by the axes named.
  struct Grain {
    size_t digits = 0;
    std::vector<size_t> axes;
    absl::btree_map<Key, uint32_t> rows;
    std::vector<int64_t> counts;
  };

  struct Point {
    uint64_t area = 0;
    uint16_t month = 0;
    std::array<uint16_t, kAxesMax> ids = {};
  };

  struct Plan;
  struct Scan;

  StatusOr<Point> Locate(const common::v1::Delta& delta);
  uint32_t RowOf(Grain& grain, const Point& point);
  StatusOr<size_t> AxisNamed(std::string_view field, std::string_view name) const;
  Status PlanGroups(const CubeQuery& query, Plan& plan) const;
  StatusOr<Plan> MakePlan(const CubeQuery& query) const;
  const Grain& Pick(const Plan& plan) const;
  bool Tells(const Grain& grain, const Plan& plan) const;
  std::vector<CubeRow> Rows(const CubeQuery& query, const Plan& plan, const Scan& scan) const;

  Measures measures_;
  std::vector<std::string> names_;  // of the axes: the dimensions, then the derived
  std::vector<Axis> axes_;
  std::vector<size_t> base_;  // the dimension that an axis is, or is derived from
  std::vector<std::vector<uint16_t>> from_base_;  // of a derived axis: its value by its base's
  std::vector<Grain> grains_;                     // the cheapest first; the last is the villages
  std::vector<uint32_t> above_;  // of each village cell: the rows of all other grains it is in
  absl::btree_set<Key> dirty_;
};

}  // namespace pingan::events
