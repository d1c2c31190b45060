// The days of a residence permit, as the Provisional Regulations on Residence Permits
// (居住证暂行条例, in force since 2016-01-01) count them. Pure arithmetic on civil days in
// Shanghai.
//
// - Half a year (art. 2) counts from the day of the residence registration, through moves within
//   the city as long as one spell follows the other without a gap; one that was registered only
//   after it had ended was never a registered one and counts for nothing. It is six months by the
//   corresponding day (civil code art. 202): registered on 15 January, eligible from 15 July; on 31
//   August, from the last day of February.
// - Issue within 15 days of acceptance, extended at most to 30 (art. 9): calendar days, the day of
//   acceptance not counted (civil code art. 201). It binds the authority, and 30 is "at most": no
//   last day moves from a day off, as one would for somebody who has to come.
// - Endorsement once a year, within the month before each full year (art. 10). A full year is a
//   date, not the end of a period: it does not move from a holiday. The month before it begins on
//   the corresponding day; both its ends are in time. The year goes on from the full year's day,
//   not from that of the endorsement. It is of who has lived here without a gap for that year; who
//   was away has not lived here a full year, and makes it up late.
// - Missed, the permit is suspended from the day after. A late endorsement restores it, and the
//   years of residence count anew from that day (art. 10).
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "common/calendar/working_days.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// The first day of the registered residence in this city that goes on without a gap into the open
// MAIN spell; none without one.
std::optional<absl::CivilDay> ResidentSince(const v1::Person& person);

// The same on a day of the past, of the MAIN spell lived in then.
std::optional<absl::CivilDay> ResidentSince(const v1::Person& person, absl::CivilDay day);

// The first day on which who has been resident since that day is eligible.
absl::CivilDay EligibleFrom(absl::CivilDay resident_since);

// The last day of issue in time.
absl::CivilDay IssueDue(absl::CivilDay accepted, bool extended);

// The days of the next endorsement in time, both included; `by` is the day of the full year.
struct EndorseWindow {
  absl::CivilDay from;
  absl::CivilDay by;
};

// `years` were endorsed since `count_from`.
EndorseWindow NextEndorsement(absl::CivilDay count_from, int years);

// Puts the next endorsement's days on the permit.
void SetWindow(v1::ResidencePermit* permit);

}  // namespace pingan::population
