#include "common/calendar/clock_rule.h"

#include <algorithm>
#include <string_view>

namespace pingan::calendar {
namespace {

using Kind = Segment::Kind;

const Limit& LimitOn(const Timer& timer, absl::CivilDay day) {
  const Limit* limit = &timer.limit;
  for (const Change& change : timer.changes) {
    if (DayOf(change.at) <= day) limit = &change.limit;
  }
  return *limit;
}

const Limit& LastLimit(const Timer& timer) {
  return timer.changes.empty() ? timer.limit : timer.changes.back().limit;
}

const Pause* PauseOn(const Timer& timer, absl::CivilDay day) {
  for (const Pause& pause : timer.pauses) {
    if (DayOf(pause.from) <= day && day < DayOf(pause.to)) return &pause;
  }
  return nullptr;
}

bool CountsUnpaused(const Timer& timer, const Calendar& calendar, absl::CivilDay day) {
  return LimitOn(timer, day).base == Base::kCalendarDays || calendar.IsWorkingDay(day);
}

int TotalDays(const Timer& timer) {
  int total = LastLimit(timer).days;
  for (const Extension& extension : timer.extensions) total += extension.days;
  return total;
}

// The extension to which the n-th counted day belongs; null if it belongs to the limit.
const Extension* ExtensionOf(const Timer& timer, int n) {
  int end = LastLimit(timer).days;
  if (n <= end) return nullptr;
  for (const Extension& extension : timer.extensions) {
    if (n <= (end += extension.days)) return &extension;
  }
  return nullptr;
}

std::string_view NameOfDayOff(const Calendar& calendar, absl::CivilDay day) {
  const std::string_view festival = calendar.FestivalOf(day);
  return festival.empty() ? "weekend" : festival;
}

// Joins the days to the last segment if it is of the same kind and reason.
void Append(std::vector<Segment>& segments, absl::CivilDay from, absl::CivilDay to, Kind kind,
            std::string_view why) {
  const int days =
      kind == Kind::kCounted || kind == Kind::kExtended ? static_cast<int>(to - from) : 0;
  if (!segments.empty() && segments.back().kind == kind && segments.back().why == why) {
    segments.back().to = to;
    segments.back().days += days;
    return;
  }
  segments.push_back({from, to, kind, days, std::string(why)});
}

}  // namespace

std::vector<Segment> Explain(const Timer& timer, const Calendar& calendar) {
  const int total = TotalDays(timer);
  absl::CivilDay day = DayOf(timer.start);
  std::vector<Segment> segments;
  Append(segments, day, day + 1, Kind::kStart, "civil code art. 201");
  int used = 0;
  bool due = total <= 0 && calendar.IsWorkingDay(day);
  while (!due) {
    ++day;
    if (const Pause* pause = PauseOn(timer, day)) {
      const absl::CivilDay end = DayOf(pause->to);
      Append(segments, day, end, Kind::kPaused, pause->why);
      if (end == absl::CivilDay::max()) break;
      day = end - 1;
      continue;
    }
    if (used >= total) {
      Append(segments, day, day + 1, Kind::kMoved, "civil code art. 203");
    } else if (!CountsUnpaused(timer, calendar, day)) {
      Append(segments, day, day + 1, Kind::kDayOff, NameOfDayOff(calendar, day));
    } else if (const Extension* extension = ExtensionOf(timer, ++used)) {
      Append(segments, day, day + 1, Kind::kExtended, extension->source);
    } else {
      Append(segments, day, day + 1, Kind::kCounted, LimitOn(timer, day).source);
    }
    due = used >= total && calendar.IsWorkingDay(day);
  }
  return segments;
}

absl::Time Deadline(const Timer& timer, const Calendar& calendar) {
  const absl::CivilDay end = Explain(timer, calendar).back().to;
  return end == absl::CivilDay::max() ? absl::InfiniteFuture() : EndOf(end - 1);
}

int Elapsed(const Timer& timer, const Calendar& calendar, absl::Time at) {
  const absl::CivilDay last = DayOf(at);
  int used = 0;
  for (absl::CivilDay day = DayOf(timer.start) + 1; day <= last; ++day) {
    if (PauseOn(timer, day) == nullptr && CountsUnpaused(timer, calendar, day)) ++used;
  }
  return used;
}

}  // namespace pingan::calendar
