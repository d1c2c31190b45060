// How long things may take and how many there may be. Statutes say where; the rest are a city's own
// defaults.
#pragma once

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

// Zhejiang regulations on the registration of residents, arts 8-11: employers, landlords, in
// working days.
inline constexpr int kReportWorkingDays = 3;
// The same, arts 13 and 19: change of address or workplace, in calendar days.
inline constexpr int kChangeDays = 10;

// Days after which an offered move is gone.
inline constexpr int kMoveDays = 15;

// Days without a look after which a file goes into the verification queue.
inline constexpr int kStaleDaysFloating = 180;
inline constexpr int kStaleDays = 365;
// Days after a visit that did not find the file right.
inline constexpr int kRevisitDays = 30;
// Working days for a visit.
inline constexpr int kTaskWorkingDays = 10;

// Files that ever named one dwelling and are looked at to say who lives there.
inline constexpr int kResidentsMax = 5000;

// Files that share a number and are looked at, of which those that the caller may see are told or
// compared. A write looks at as many as a search does.
inline constexpr int kLookupMax = 500;

// Pairs of one file that are looked at when it is erased.
inline constexpr int kPairsMax = 5000;

// Facts of one list of one file.
inline constexpr int kFactsMax = 200;

// Working days for an answer to a request for a service.
constexpr int ServiceWorkingDays(v1::ServiceItem::Kind kind) {
  switch (kind) {
    case v1::ServiceItem::SETTLEMENT:
    case v1::ServiceItem::SCHOOLING:
      return 20;
    case v1::ServiceItem::HOUSING:
      return 30;
    case v1::ServiceItem::MEDICAL:
      return 5;
    default:
      return 15;
  }
}

}  // namespace pingan::population
