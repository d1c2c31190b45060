// What one dispute counts. A pure function of the dispute: the sum over all of them is the
// statistics, whether folded from the feed (minus the old, plus the new) or recounted.
#pragma once

#include <array>
#include <string_view>

#include "pingan/common/v1/resource.pb.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// The order of Delta.dimensions; level is that of handling, by its enum name.
inline constexpr std::array<std::string_view, 2> kDimensions = {"category", "level"};

// The order of Delta.counts. resolved: an agreement took effect. on_time: resolved, and no
// statutory limit missed; late: one was missed, resolved or not. major_*, group_incidents (scale 02
// and 03), turned_criminal: such cases. refused, diverted, failed, closed: in that state. reopened:
// reopenings.
inline constexpr std::array<std::string_view, 20> kCounters = {"registered",
                                                               "resolved",
                                                               "major_registered",
                                                               "major_resolved",
                                                               "on_time",
                                                               "late",
                                                               "resolved_household",
                                                               "resolved_village",
                                                               "resolved_township",
                                                               "resolved_county",
                                                               "resolved_city",
                                                               "closed",
                                                               "refused",
                                                               "diverted",
                                                               "failed",
                                                               "reopened",
                                                               "turned_criminal",
                                                               "group_incidents",
                                                               "satisfaction_count",
                                                               "satisfaction_sum"};

// Adds `sign` (1 or -1) times the dispute's counts, in its area and the month of its registration
// in Shanghai ("2026-11"). A dispute without a name counts nothing.
void Measure(const v1::Dispute& dispute, int sign, common::v1::Deltas* deltas);

}  // namespace pingan::disputes
