// What another calendar does to a case: the deadlines that it moves.
#pragma once

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/calendar/working_days.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

struct MovedDeadline {
  std::string_view clock;    // "statutory" or "management"
  absl::Time before, after;  // the last instant in time; InfiniteFuture while paused
};

// The running clocks of the case whose due time `calendar` puts on another day than the case says,
// statutory first.
std::vector<MovedDeadline> MovedBy(const v1::Dispute& dispute, const calendar::Calendar& calendar);

}  // namespace pingan::disputes
