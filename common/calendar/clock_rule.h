// Deadlines as pure arithmetic on civil days in Shanghai. Every service counts with these
// functions.
//
// How days are counted:
// - The day of the start is not counted; day one is the day after (civil code art. 201).
// - A limit in calendar days counts every day, one in working days those the calendar has worked.
// - A day in whose last instant the clock is paused is not counted: a pause from Monday to
//   Wednesday, whatever the hours, takes out Monday and Tuesday; one within a day takes out
//   nothing.
// - An extension adds days to the limit.
// - A change of the limit keeps the days used so far: they count against the new limit, and days
//   from that of the change on are counted as the new limit says. So a limit below what is already
//   used was due in the past, and the timer is overdue at once.
// - The last day counted is the due day; if it is not worked, the next working day is, weekends
//   included (art. 203). A pause that covers it moves it behind the pause. The period ends with the
//   due day, at 24:00 (art. 203).
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/calendar/working_days.h"

namespace pingan::calendar {

// The longest limit and the longest extension that a statute or a setting may name.
inline constexpr int kDaysMax = 3660;

// A limit and its extensions are counted up to so many days together, whatever they say: the days
// are walked one by one.
inline constexpr int kTotalDaysMax = 10'000;

enum class Base { kCalendarDays, kWorkingDays };

struct Limit {
  Base base = Base::kCalendarDays;
  int days = 0;        // 0 to kDaysMax
  std::string source;  // statute and article, or the setting it comes from
};

struct Extension {
  int days = 0;        // 0 to kDaysMax, counted on the base of the limit
  std::string source;  // the article that allows it, or the decision
};

// The clock stands from <= t < to; `to` is the infinite future while the pause lasts. Pauses may
// overlap.
struct Pause {
  absl::Time from;
  absl::Time to = absl::InfiniteFuture();
  std::string why;
};

struct Change {
  absl::Time at;
  Limit limit;
};

// Everything a deadline depends on, beside the calendar. Changes stand in order of time.
struct Timer {
  absl::Time start;
  Limit limit;
  std::vector<Extension> extensions;
  std::vector<Pause> pauses;
  std::vector<Change> changes;
};

// A stretch of days that the clock treats alike: from <= day < to.
struct Segment {
  enum class Kind {
    kStart,     // the day of the start, not counted
    kCounted,   // counted against the limit
    kExtended,  // counted against an extension
    kDayOff,    // weekend or holiday under a limit in working days
    kPaused,    // the clock stands
    kMoved,     // all is used, and the due day moves on to the next working day
  };
  absl::CivilDay from;
  absl::CivilDay to;
  Kind kind;
  int days;         // counted in this segment: to - from for kCounted and kExtended, else 0
  std::string why;  // source of the limit or extension, reason of the pause, name of the holiday
};

// The last instant of the due day, EndOf(day): in time means now <= Deadline. The infinite future
// while a pause without an end holds the clock before the due day.
absl::Time Deadline(const Timer& timer, const Calendar& calendar);

// The days from the start to the due day, without gaps. The `days` sum up to the limit in force at
// the end plus all extensions, or to kTotalDaysMax if that is less; the last segment ends with the
// due day. Where the clock stands without end, the last segment is that pause, its `to` is
// CivilDay::max() and the sum is smaller.
std::vector<Segment> Explain(const Timer& timer, const Calendar& calendar);

}  // namespace pingan::calendar
