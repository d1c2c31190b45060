// Days as the protos write them: "2026-03-02", in Shanghai.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/decision.h"
#include "common/base/instants.h"
#include "common/base/status.h"
#include "common/calendar/working_days.h"

namespace pingan::population {

// INVALID_ARGUMENT naming `field`: not written so, or a day that no calendar has (30 February).
StatusOr<absl::CivilDay> ParseDay(std::string_view field, std::string_view text);

// As ParseDay, and not after today.
StatusOr<absl::CivilDay> ParsePastDay(std::string_view field, std::string_view text,
                                      const Env& env);

// The day of a text that was parsed before it was stored.
absl::CivilDay DayOf(std::string_view text);

std::string Text(absl::CivilDay day);

inline absl::CivilDay Today(const Env& env) {
  return calendar::DayOf(env.now);
}

// The day `months` later or, if negative, earlier: the corresponding day, or the last of a month
// that has none (civil code art. 202). 31 August and 6 months give 28 or 29 February.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// Full years of age on a day: one is 16 from the day of the sixteenth birthday on.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

// The instant after the last one of a day: what was to be done by that day is late from then on.
inline absl::Time After(absl::CivilDay day) {
  return calendar::EndOf(day) + absl::Microseconds(1);
}

}  // namespace pingan::population
