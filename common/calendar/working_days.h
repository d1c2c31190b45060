// The calendar of the State Council: which days are worked, in China's one time zone.
//
// Weekends are free and other days are worked, save for the holidays and the make-up workdays of
// the yearly notices. The notice for a year comes in the November before; a year without one (see
// Covers) has weekends only, so deadlines reaching into it must be computed again when it comes.
//
// A calendar file is UTF-8: a header line "# version: ...", then one day a line, separated by tabs:
//
//   2024-10-01   holiday | workday   name
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/status.h"

namespace pingan::calendar {

// Asia/Shanghai, taken as +08:00 at all times: it has had no summer time since 1991.
absl::TimeZone Shanghai();

// The civil day in Shanghai on which `at` falls.
absl::CivilDay DayOf(absl::Time at);

// The last instant of a day in Shanghai, to the microsecond that our clock resolves: an act at
// `now` was done by that day exactly if now <= EndOf(day).
absl::Time EndOf(absl::CivilDay day);

// Immutable; safe to read from several threads.
class Calendar {
 public:
  // The calendar built into the program.
  static const Calendar& Embedded();

  // NOT_FOUND if the file cannot be read; else the errors of Parse.
  static StatusOr<Calendar> Load(const std::string& path);

  // INVALID_ARGUMENT naming `origin` and the line: malformed, a day twice, or no version.
  static StatusOr<Calendar> Parse(std::string_view text, std::string_view origin);

  // Tells calendars apart, as in "chinese-days-1.5.7".
  const std::string& version() const { return version_; }

  // Whether the holidays of `year` are known.
  bool Covers(int year) const { return years_.contains(year); }

  bool IsWorkingDay(absl::CivilDay day) const;

  // The festival for which `day` is a holiday or a make-up workday; empty for other days.
  std::string_view FestivalOf(absl::CivilDay day) const;

  // `day` if it is worked, else the first working day after it.
  absl::CivilDay WorkingDayFrom(absl::CivilDay day) const;

  // The n-th working day after `day`, which itself is not counted; n >= 0, and 0 gives `day`.
  absl::CivilDay AddWorkingDays(absl::CivilDay day, int n) const;

  // The last day of a period of n >= 0 calendar days. The day of the start is not counted (civil
  // code art. 201), and a last day that is not worked moves to the next working day (art. 203).
  absl::CivilDay AddCalendarDays(absl::CivilDay day, int n) const {
    return WorkingDayFrom(day + n);
  }

 private:
  struct Exception {
    bool worked;
    std::string festival;
  };

  std::string version_;
  absl::flat_hash_map<absl::CivilDay, Exception> exceptions_;
  std::set<int> years_;
};

}  // namespace pingan::calendar
