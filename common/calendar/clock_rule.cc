#include "common/calendar/clock_rule.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace pingan::calendar {
namespace {

using Kind = Segment::Kind;

// A timer in civil days. Instants are converted once: that costs more than all other arithmetic
// here.
class DayRule {
 public:
  struct PausedDays {
    absl::CivilDay from;
    absl::CivilDay to;
    std::string_view why;
  };

  DayRule(const Timer& timer, const Calendar& calendar)
      : start(DayOf(timer.start)), timer_(timer), calendar_(calendar) {
    for (const Pause& pause : timer.pauses) {
      pauses_.push_back({DayOf(pause.from), DayOf(pause.to), pause.why});
    }
    for (const Change& change : timer.changes) change_days_.push_back(DayOf(change.at));
  }

  const Limit& LimitOn(absl::CivilDay day) const {
    size_t changes = change_days_.size();
    while (changes > 0 && change_days_[changes - 1] > day) --changes;
    return changes == 0 ? timer_.limit : timer_.changes[changes - 1].limit;
  }

  const PausedDays* PauseOn(absl::CivilDay day) const {
    for (const PausedDays& pause : pauses_) {
      if (pause.from <= day && day < pause.to) return &pause;
    }
    return nullptr;
  }

  // Whether `day`, if it is not paused, counts against the limit.
  bool Counts(absl::CivilDay day) const {
    return LimitOn(day).base == Base::kCalendarDays || calendar_.IsWorkingDay(day);
  }

  int LimitDays() const {
    return timer_.changes.empty() ? timer_.limit.days : timer_.changes.back().limit.days;
  }

  int TotalDays() const {
    int64_t total = LimitDays();
    for (const Extension& extension : timer_.extensions) total += extension.days;
    return static_cast<int>(std::min<int64_t>(total, kTotalDaysMax));
  }

  // The extension to which the n-th counted day belongs; null if it belongs to the limit.
  const Extension* ExtensionOf(int n) const {
    int64_t end = LimitDays();
    if (n <= end) return nullptr;
    for (const Extension& extension : timer_.extensions) {
      if (n <= (end += extension.days)) return &extension;
    }
    return nullptr;
  }

  std::string_view NameOfDayOff(absl::CivilDay day) const {
    const std::string_view festival = calendar_.FestivalOf(day);
    return festival.empty() ? "weekend" : festival;
  }

  const absl::CivilDay start;

 private:
  const Timer& timer_;
  const Calendar& calendar_;
  std::vector<PausedDays> pauses_;
  std::vector<absl::CivilDay> change_days_;
};

// Joins the days to the last segment if it is of the same kind and reason.
void Append(std::vector<Segment>& segments, absl::CivilDay from, absl::CivilDay to, Kind kind,
            std::string_view why) {
  const bool counted = kind == Kind::kCounted || kind == Kind::kExtended;
  const int days = counted ? static_cast<int>(to - from) : 0;
  if (!segments.empty() && segments.back().kind == kind && segments.back().why == why) {
    segments.back().to = to;
    segments.back().days += days;
    return;
  }
  segments.push_back({from, to, kind, days, std::string(why)});
}

// Tells `take` of each day, or pause, from the start to the last.
template <class Take>
void Count(const Timer& timer, const Calendar& calendar, Take take) {
  const DayRule rule(timer, calendar);
  const int total = rule.TotalDays();
  absl::CivilDay day = rule.start;
  take(day, day + 1, Kind::kStart, "civil code art. 201");
  int used = 0;
  bool due = total <= 0 && calendar.IsWorkingDay(day);
  while (!due) {
    ++day;
    if (const auto* pause = rule.PauseOn(day)) {
      take(day, pause->to, Kind::kPaused, pause->why);
      if (pause->to == absl::CivilDay::max()) break;
      day = pause->to - 1;
      continue;
    }
    if (used >= total) {
      take(day, day + 1, Kind::kMoved, "civil code art. 203");
    } else if (!rule.Counts(day)) {
      take(day, day + 1, Kind::kDayOff, rule.NameOfDayOff(day));
    } else if (const Extension* extension = rule.ExtensionOf(++used)) {
      take(day, day + 1, Kind::kExtended, extension->source);
    } else {
      take(day, day + 1, Kind::kCounted, rule.LimitOn(day).source);
    }
    due = used >= total && calendar.IsWorkingDay(day);
  }
}

}  // namespace

std::vector<Segment> Explain(const Timer& timer, const Calendar& calendar) {
  std::vector<Segment> segments;
  Count(timer, calendar, [&](auto from, auto to, Kind kind, std::string_view why) {
    Append(segments, from, to, kind, why);
  });
  return segments;
}

absl::Time Deadline(const Timer& timer, const Calendar& calendar) {
  absl::CivilDay end;
  Count(timer, calendar, [&](auto, auto to, Kind, std::string_view) { end = to; });
  return end == absl::CivilDay::max() ? absl::InfiniteFuture() : EndOf(end - 1);
}

}  // namespace pingan::calendar
