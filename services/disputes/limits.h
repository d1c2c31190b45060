// How long a step may take: the limits of both clocks and the tiers of expiry, as data.
#pragma once

#include <array>
#include <string_view>

#include "common/calendar/clock_rule.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// The statutory limit of "accept" or "handle".
calendar::Limit StatutoryLimit(std::string_view step);

// The management limit of "accept", "handle" or "verify": after it the red card.
calendar::Limit ManagementLimit(std::string_view step, v1::Level level, v1::Risk risk);

// The last days of a management limit are behind the yellow card: so many.
int YellowDays(std::string_view step);

// Days after the red card at which a case that still waits goes up by itself, each tier once.
inline constexpr std::array<int, 3> kTierDays = {3, 6, 9};

// Meetings without success at a level after which the case goes up; after the city's it has failed.
int AttemptsMax(v1::Level level);

// Days after the end within which a case may be reopened.
inline constexpr int kReopenDays = 90;

// Days after its effect within which the parties may ask a court to confirm an agreement
// (people's-mediation law art. 33).
inline constexpr int kConfirmationDays = 30;

}  // namespace pingan::disputes
