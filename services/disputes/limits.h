// How long a step may take: the limits of both clocks and the tiers of expiry. What statutes say is
// here, what a city sets itself is data (common/base/limits.h).
#pragma once

#include <string_view>

#include "common/base/limits.h"
#include "common/calendar/clock_rule.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// The statutory limit of "accept" or "handle".
calendar::Limit StatutoryLimit(std::string_view step);

// Days after its effect within which the parties may ask a court to confirm an agreement
// (people's-mediation law art. 33).
inline constexpr int kConfirmationDays = 30;

// Days by which the parties may let the limit of handling be extended, once:
// ExtendDeadlineRequest.days.
inline constexpr int kExtensionDaysMax = 30;

// What a city sets itself: codes/limits.tsv has the defaults and says what each is.
const Limits& DefaultLimits();

// INVALID_ARGUMENT naming the row: a limit beyond the statutory one or longer for a more pressing
// case, a yellow card before the limit has begun, tiers that do not follow each other, or more
// meetings in all than a case may have.
Status CheckLimits(const Limits& limits);

// The management limit of "accept", "handle" or "verify": after it the red card.
calendar::Limit ManagementLimit(std::string_view step, v1::Level level, v1::Risk risk,
                                const Limits& limits);

// The last days of a management limit are behind the yellow card: so many.
int YellowDays(std::string_view step, const Limits& limits);

// Days after the red card at which a case that still waits goes up by itself, tiers 1 to 3, each
// once.
inline constexpr int kTiers = 3;
int TierDays(int tier, const Limits& limits);

// Meetings without success at a level after which the case goes up; after the city's it has failed.
int AttemptsMax(v1::Level level, const Limits& limits);

// Days after the end within which a case may be reopened.
int ReopenDays(const Limits& limits);

}  // namespace pingan::disputes
