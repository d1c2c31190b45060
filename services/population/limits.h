// How long things may take and how many there may be: what statutes say, what a city sets itself
// (common/base/limits.h), what the program bears.
#pragma once

#include "common/base/limits.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// 居住证暂行条例 art. 2: half a year of residence.
inline constexpr int kEligibleMonths = 6;
// Art. 9: issue within 15 days of acceptance, extended at most to 30.
inline constexpr int kIssueDays = 15;
inline constexpr int kIssueDaysExtended = 30;
// Art. 9: for whom is younger, a guardian or near relative may apply; below 8 nobody acts alone
// (civil code art. 20).
inline constexpr int kGuardianAge = 16;
inline constexpr int kIncapableAge = 8;

// What a city sets itself: codes/limits.tsv has the defaults and says what each is.
const Limits& DefaultLimits();

int ReportWorkingDays(const Limits& limits);
int ChangeDays(const Limits& limits);
int MoveDays(const Limits& limits);
int StaleDays(v1::PersonKind kind, const Limits& limits);
int StaleDaysOfDwelling(const Limits& limits);
int RevisitDays(const Limits& limits);
int TaskWorkingDays(const Limits& limits);
int ServiceWorkingDays(v1::ServiceItem::Kind kind, const Limits& limits);

// Files that ever named one dwelling and are looked at to say who lives there.
inline constexpr int kResidentsMax = 5000;

// Files that share a number and are looked at, of which those that the caller may see are told or
// compared. A write looks at as many as a search does.
inline constexpr int kLookupMax = 500;

// Pairs of one file that are looked at when it is erased.
inline constexpr int kPairsMax = 5000;

// Facts of one list of one file.
inline constexpr int kFactsMax = 200;

// Versions of residences that a file remembers beside those that are known, before it takes no more
// corrections: far more than a life has, and no more than is read and written at once.
inline constexpr int kVersionsMax = 1000;

}  // namespace pingan::population
