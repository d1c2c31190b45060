// How a cube answers: a plan says which sums are wanted, the cheapest grain that tells them is
// scanned once, and its cells are added up by group.
#include <algorithm>
#include <optional>
#include <unordered_map>

#include "common/area/scope.h"
#include "common/events/cube.h"

namespace pingan::events {

struct Cube::Plan {
  size_t digits = 0;                      // of the scopes that must be told apart
  uint64_t first_area = 0, end_area = 0;  // scopes of `digits` digits asked for
  uint16_t first_month = 0, last_month = 0xffff;
  bool by_area = false, by_month = false;
  std::vector<size_t> group_axes;                    // in the order of group_by
  std::vector<std::pair<size_t, uint16_t>> filters;  // axis, value
  bool nothing = false;                              // a filter names a value never met
};

// The sums by group while they are added up.
struct Cube::Scan {
  struct Hash {
    size_t operator()(const Key& key) const {
      return (key.place * 0x9e3779b97f4a7c15 ^ key.dims) * 0xbf58476d1ce4e5b9 >> 16;
    }
  };

  explicit Scan(size_t width) : width(width) {}

  int64_t* SumOf(const Key& group) {
    if (groups.empty() || group != last) {
      row = groups.try_emplace(group, groups.size()).first->second;
      last = group;
      sums.resize(groups.size() * width);
    }
    return sums.data() + row * width;
  }

  const size_t width;
  std::unordered_map<Key, size_t, Hash> groups;
  std::vector<int64_t> sums;
  Key last;
  size_t row = 0;
};

namespace {

// Where a cell's key tells an axis, by itself or through the value it is derived from.
struct AxisReader {
  int shift = 0;
  const uint16_t* from_base = nullptr;

  uint16_t Of(uint64_t dims) const {
    const uint16_t id = dims >> shift & 0xffff;
    return from_base == nullptr ? id : from_base[id];
  }
};

StatusOr<uint16_t> MonthBound(std::string_view field, std::string_view text, uint16_t open) {
  if (text.empty()) return open;
  const auto month = ParseMonth(text);
  if (!month) return FieldError(field, "want a month as 2026-01");
  return *month;
}

size_t LevelBelow(size_t digits) {
  const auto next =
      std::upper_bound(area::kScopeLengths.begin(), area::kScopeLengths.end(), digits);
  return next == area::kScopeLengths.end() ? digits : *next;
}

uint64_t PowerOfTen(size_t n) {
  return n == 0 ? 1 : 10 * PowerOfTen(n - 1);
}

std::string Digits(uint64_t number, size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - text.size(), '0') + text;
}

}  // namespace

StatusOr<size_t> Cube::AxisNamed(std::string_view field, std::string_view name) const {
  const auto it = std::find(names_.begin(), names_.end(), name);
  if (it != names_.end()) return it - names_.begin();
  std::string want = "want one of area, month";
  for (const auto& known : names_) want += ", " + known;
  return FieldError(field, want);
}

Status Cube::PlanGroups(const CubeQuery& query, Plan& plan) const {
  for (size_t i = 0; i < query.group_by.size(); ++i) {
    const std::string& name = query.group_by[i];
    if (name == "area") {
      plan.by_area = true;
    } else if (name == "month") {
      plan.by_month = true;
    } else {
      const std::string field = "group_by[" + std::to_string(i) + "]";
      ASSIGN_OR_RETURN(const size_t axis, AxisNamed(field, name));
      plan.group_axes.push_back(axis);
    }
  }
  if (plan.group_axes.size() > kSlots) return FieldError("group_by", "want at most 4 dimensions");
  return absl::OkStatus();
}

StatusOr<Cube::Plan> Cube::MakePlan(const CubeQuery& query) const {
  Plan plan;
  RETURN_IF_ERROR(PlanGroups(query, plan));
  ASSIGN_OR_RETURN(const std::string scope, area::ParseScope("area", query.scope));
  ASSIGN_OR_RETURN(plan.first_month, MonthBound("from_month", query.from_period, 0));
  ASSIGN_OR_RETURN(plan.last_month, MonthBound("to_month", query.to_period, 0xffff));
  plan.digits = plan.by_area ? LevelBelow(scope.size()) : scope.size();
  const uint64_t below = PowerOfTen(plan.digits - scope.size());
  plan.first_area = std::stoull(scope) * below;
  plan.end_area = plan.first_area + below;
  for (const auto& [name, value] : query.filters) {
    ASSIGN_OR_RETURN(const size_t axis, AxisNamed(name, name));
    const auto id = axes_[axis].Find(value);
    plan.nothing |= !id;
    plan.filters.emplace_back(axis, id.value_or(0));
  }
  return plan;
}

bool Cube::Tells(const Grain& grain, const Plan& plan) const {
  const auto tells = [&](size_t axis) {
    return std::any_of(grain.axes.begin(), grain.axes.end(),
                       [&](size_t kept) { return kept == axis || kept == base_[axis]; });
  };
  return grain.digits >= plan.digits &&
         std::all_of(plan.group_axes.begin(), plan.group_axes.end(), tells) &&
         std::all_of(plan.filters.begin(), plan.filters.end(),
                     [&](const auto& filter) { return tells(filter.first); });
}

const Cube::Grain& Cube::Pick(const Plan& plan) const {
  return *std::find_if(grains_.begin(), grains_.end() - 1,
                       [&](const Grain& grain) { return Tells(grain, plan); });
}

StatusOr<std::vector<CubeRow>> Cube::Ask(const CubeQuery& query) const {
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(query));
  const Grain& grain = Pick(plan);
  const auto reader = [&](size_t axis) {
    const auto same = std::find(grain.axes.begin(), grain.axes.end(), axis);
    const auto kept = same != grain.axes.end()
                          ? same
                          : std::find(grain.axes.begin(), grain.axes.end(), base_[axis]);
    const int slot = kept - grain.axes.begin();
    return AxisReader{16 * (static_cast<int>(kSlots) - 1 - slot),
                      same != grain.axes.end() ? nullptr : from_base_[axis].data()};
  };
  std::vector<AxisReader> groups;
  for (size_t axis : plan.group_axes) groups.push_back(reader(axis));
  std::vector<std::pair<AxisReader, uint16_t>> filters;
  for (const auto& [axis, id] : plan.filters) filters.emplace_back(reader(axis), id);

  const size_t width = measures_.counters.size();
  const uint64_t below = PowerOfTen(grain.digits - plan.digits);
  const Key end{.place = plan.end_area * below << 16};
  Scan scan(width);
  if (query.group_by.empty()) scan.SumOf({});
  for (auto it = grain.rows.lower_bound(Key{.place = plan.first_area * below << 16});
       !plan.nothing && it != grain.rows.end() && it->first < end; ++it) {
    const auto place = it->first.place;
    const auto& dims = it->first.dims;
    const uint16_t month = place & 0xffff;
    if (month < plan.first_month || month > plan.last_month) continue;
    if (std::any_of(filters.begin(), filters.end(),
                    [&](const auto& filter) { return filter.first.Of(dims) != filter.second; })) {
      continue;
    }
    Key group;
    if (plan.by_area) group.place = (place >> 16) / below << 16;
    if (plan.by_month) group.place |= month;
    for (const AxisReader& axis : groups) group.dims = group.dims << 16 | axis.Of(dims);
    int64_t* sum = scan.SumOf(group);
    const int64_t* counts = grain.counts.data() + it->second * width;
    for (size_t i = 0; i < width; ++i) sum[i] += counts[i];
  }
  return Rows(query, plan, scan);
}

std::vector<CubeRow> Cube::Rows(const CubeQuery& query, const Plan& plan, const Scan& scan) const {
  std::vector<std::pair<std::vector<std::string>, const int64_t*>> sorted;
  for (const auto& [group, row] : scan.groups) {
    const int64_t* sums = scan.sums.data() + row * scan.width;
    const bool empty = std::all_of(sums, sums + scan.width, [](int64_t n) { return n == 0; });
    if (empty && !query.group_by.empty()) continue;
    std::vector<std::string> values;
    size_t axis = 0;
    for (const std::string& name : query.group_by) {
      if (name == "area") {
        values.push_back(Digits(group.place >> 16, plan.digits));
      } else if (name == "month") {
        values.push_back(MonthText(group.place & 0xffff));
      } else {
        const size_t shift = 16 * (plan.group_axes.size() - 1 - axis);
        values.push_back(axes_[plan.group_axes[axis++]].Value(group.dims >> shift & 0xffff));
      }
    }
    sorted.emplace_back(std::move(values), sums);
  }
  std::sort(sorted.begin(), sorted.end());
  std::vector<CubeRow> rows;
  for (auto& [values, sums] : sorted) {
    CubeRow row{.counts = {sums, sums + scan.width}};
    for (size_t i = 0; i < values.size(); ++i) row.group[query.group_by[i]] = std::move(values[i]);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pingan::events
