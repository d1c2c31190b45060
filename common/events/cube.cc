#include "common/events/cube.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "common/area/scope.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::events {
namespace v1 = common::v1;
namespace {

constexpr size_t kVillage = area::kCodeLength;

uint64_t Number(std::string_view digits) {
  return std::accumulate(digits.begin(), digits.end(), uint64_t{0},
                         [](uint64_t n, char c) { return n * 10 + (c - '0'); });
}

std::string CodeText(uint64_t area) {
  char text[24];
  std::snprintf(text, sizeof text, "%012llu", static_cast<unsigned long long>(area));
  return text;
}

Status Malformed(std::string_view what) {
  return Error(absl::StatusCode::kInternal, v1::INTERNAL_FAULT, what);
}

}  // namespace

Cube::Cube(Measures measures) : measures_(std::move(measures)), names_(measures_.dimensions) {
  std::vector<size_t> all(names_.size());
  std::iota(all.begin(), all.end(), 0);
  base_ = all;
  for (const auto& derived : measures_.derived) {
    base_.push_back(std::find(names_.begin(), names_.begin() + all.size(), derived.of) -
                    names_.begin());
    names_.push_back(derived.name);
  }
  axes_.resize(names_.size());
  from_base_.resize(names_.size());
  for (size_t digits : {4, 6, 9}) {
    grains_.push_back({.digits = digits});
    for (size_t axis = 0; axis < axes_.size(); ++axis) grains_.push_back({digits, {axis}});
    if (digits < 9 && all.size() > 1) grains_.push_back({digits, all});
  }
  grains_.push_back({kVillage, all});
}

Status Cube::Add(const v1::Delta& delta) {
  ASSIGN_OR_RETURN(const Point point, Locate(delta));
  const size_t others = grains_.size() - 1;
  const size_t village = RowOf(grains_.back(), point);
  if (village * others == above_.size()) {
    for (size_t g = 0; g < others; ++g) above_.push_back(RowOf(grains_[g], point));
  }
  const auto add = [&](Grain& grain, size_t row) {
    int64_t* sums = grain.counts.data() + row * measures_.counters.size();
    for (int i = 0; i < delta.counts_size(); ++i) sums[i] += delta.counts(i);
  };
  add(grains_.back(), village);
  for (size_t g = 0; g < others; ++g) add(grains_[g], above_[village * others + g]);
  return absl::OkStatus();
}

StatusOr<Cube::Point> Cube::Locate(const v1::Delta& delta) {
  const auto month = ParseMonth(delta.period());
  if (!month) return Malformed("a delta's period is no month");
  if (!area::IsAreaCode(delta.area())) return Malformed("a delta's area is no area code");
  if (static_cast<size_t>(delta.dimensions_size()) > measures_.dimensions.size() ||
      static_cast<size_t>(delta.counts_size()) > measures_.counters.size()) {
    return Malformed("a delta has more dimensions or counters than declared");
  }
  Point point{.area = Number(delta.area()), .month = *month};
  for (size_t axis = 0; axis < axes_.size(); ++axis) {
    const size_t base = base_[axis];
    std::string_view value;
    if (base < static_cast<size_t>(delta.dimensions_size())) value = delta.dimensions(base);
    if (value.find('/') != std::string_view::npos)
      return Malformed("a delta's dimension has a slash");
    if (axis != base)
      value = value.substr(0, measures_.derived[axis - measures_.dimensions.size()].prefix);
    ASSIGN_OR_RETURN(point.ids[axis], axes_[axis].Intern(value));
    if (axis == base) continue;
    auto& from_base = from_base_[axis];
    from_base.resize(std::max<size_t>(from_base.size(), point.ids[base] + 1));
    from_base[point.ids[base]] = point.ids[axis];
  }
  return point;
}

uint32_t Cube::RowOf(Grain& grain, const Point& point) {
  uint64_t area = point.area;
  for (size_t i = grain.digits; i < kVillage; ++i) area /= 10;
  Key key{.place = area << 16 | point.month};
  for (size_t slot = 0; slot < grain.axes.size(); ++slot) {
    key.dims |= uint64_t{point.ids[grain.axes[slot]]} << 16 * (kSlots - 1 - slot);
  }
  const auto [it, added] = grain.rows.try_emplace(key, grain.rows.size());
  if (added) grain.counts.resize(grain.counts.size() + measures_.counters.size());
  if (grain.digits == kVillage) dirty_.insert(key);
  return it->second;
}

std::vector<std::pair<std::string, std::string>> Cube::Dirty() const {
  const Grain& villages = grains_.back();
  const size_t width = measures_.counters.size();
  std::vector<std::pair<std::string, std::string>> cells;
  cells.reserve(dirty_.size());
  for (const Key& key : dirty_) {
    v1::Delta cell;
    cell.set_area(CodeText(key.place >> 16));
    cell.set_period(MonthText(key.place & 0xffff));
    std::string name = cell.area() + "/" + cell.period();
    for (size_t slot = 0; slot < villages.axes.size(); ++slot) {
      const uint16_t id = key.dims >> 16 * (kSlots - 1 - slot) & 0xffff;
      const std::string& value = axes_[villages.axes[slot]].Value(id);
      cell.add_dimensions(value);
      name += "/" + value;
    }
    const int64_t* counts = villages.counts.data() + villages.rows.at(key) * width;
    cell.mutable_counts()->Add(counts, counts + width);
    cells.emplace_back(std::move(name), cell.SerializeAsString());
  }
  return cells;
}

size_t Cube::cells() const {
  return std::accumulate(grains_.begin(), grains_.end(), size_t{0},
                         [](size_t n, const Grain& grain) { return n + grain.rows.size(); });
}

}  // namespace pingan::events
