#include "services/disputes/statistics.h"

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/calendar/working_days.h"

namespace pingan::disputes {
namespace {

constexpr int kReopened = 15;
static_assert(kCounters[kReopened] == "reopened");

// Each counts against the unit that had closed the case, wherever the case is now.
void AddReopenings(const v1::Dispute& dispute, int sign, common::v1::Deltas* deltas) {
  const common::v1::Delta own = deltas->deltas(deltas->deltas_size() - 1);
  for (const v1::Reopening& reopening : dispute.reopenings()) {
    common::v1::Delta& delta = *deltas->add_deltas();
    delta = own;
    if (!reopening.closing_unit().area().empty()) {
      delta.set_area(reopening.closing_unit().area());
    }
    for (int64_t& count : *delta.mutable_counts()) count = 0;
    delta.set_counts(kReopened, sign);
  }
}

}  // namespace

void Measure(const v1::Dispute& dispute, int sign, common::v1::Deltas* deltas) {
  if (dispute.name().empty()) return;
  const absl::CivilDay day = calendar::DayOf(FromProto(dispute.create_time()));
  common::v1::Delta& delta = *deltas->add_deltas();
  delta.set_area(dispute.area());
  delta.set_period(absl::StrCat(absl::Dec(day.year(), absl::kZeroPad4), "-",
                                absl::Dec(day.month(), absl::kZeroPad2)));
  delta.add_dimensions(dispute.category());
  delta.add_dimensions(v1::Level_Name(dispute.level()));

  const bool resolved = dispute.has_resolve_time();
  const bool missed = dispute.statutory().missed();
  const auto resolved_at = [&](v1::Level level) {
    return resolved && dispute.resolved_level() == level;
  };
  const int64_t counts[kCounters.size()] = {
      1,
      resolved,
      dispute.major(),
      dispute.major() && resolved,
      resolved && !missed,
      missed,
      resolved_at(v1::HOUSEHOLD),
      resolved_at(v1::VILLAGE),
      resolved_at(v1::TOWNSHIP),
      resolved_at(v1::COUNTY),
      resolved_at(v1::CITY),
      dispute.state() == v1::Dispute::CLOSED,
      dispute.state() == v1::Dispute::REFUSED,
      dispute.state() == v1::Dispute::DIVERTED,
      dispute.state() == v1::Dispute::FAILED,
      0,  // reopened: below
      dispute.turned_criminal(),
      dispute.scale() == v1::ORDINARY_GROUP || dispute.scale() == v1::MAJOR_GROUP,
      dispute.has_satisfaction(),
      dispute.satisfaction().score(),
  };
  for (const int64_t count : counts) delta.add_counts(sign * count);
  AddReopenings(dispute, sign, deltas);
}

}  // namespace pingan::disputes
