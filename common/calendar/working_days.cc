#include "common/calendar/working_days.h"

#include "common/base/tsv.h"

namespace pingan::calendar {
namespace {

constexpr char kEmbedded[] =
#include "common/calendar/holidays.inc"
    ;

}  // namespace

absl::TimeZone Shanghai() {
  static const absl::TimeZone zone = absl::FixedTimeZone(8 * 60 * 60);  // looked up by its name
  return zone;
}

absl::CivilDay DayOf(absl::Time at) {
  return absl::ToCivilDay(at, Shanghai());
}

absl::Time EndOf(absl::CivilDay day) {
  return absl::FromCivil(day + 1, Shanghai()) - absl::Microseconds(1);
}

const Calendar& Calendar::Embedded() {
  static const auto* const kCalendar = new Calendar(Parse(kEmbedded, "holidays.tsv").value());
  return *kCalendar;
}

StatusOr<Calendar> Calendar::Load(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile("calendar file", path));
  return Parse(text, path);
}

StatusOr<Calendar> Calendar::Parse(std::string_view text, std::string_view origin) {
  Tsv tsv = ParseTsv(text, origin);
  Calendar calendar;
  for (const auto& [line, cells] : tsv.rows) {
    const auto malformed = [&, line = line](std::string_view problem) {
      return tsv.Malformed(line, problem);
    };
    absl::CivilDay day;
    if (cells.size() != 3) return malformed("want a day, holiday or workday, and a name");
    if (!absl::ParseCivilTime(cells[0], &day)) return malformed("want a day as 2024-10-01");
    if (cells[1] != "holiday" && cells[1] != "workday") return malformed("want holiday or workday");
    const bool worked = cells[1] == "workday";
    if (!calendar.exceptions_.try_emplace(day, Exception{worked, cells[2]}).second) {
      return malformed("the day comes twice");
    }
    calendar.years_.insert(static_cast<int>(day.year()));
  }
  calendar.version_ = tsv.header["version"];
  if (calendar.version_.empty()) return tsv.Malformed(1, "want the header line version");
  return calendar;
}

bool Calendar::IsWorkingDay(absl::CivilDay day) const {
  if (const auto it = exceptions_.find(day); it != exceptions_.end()) return it->second.worked;
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

std::string_view Calendar::FestivalOf(absl::CivilDay day) const {
  const auto it = exceptions_.find(day);
  return it == exceptions_.end() ? std::string_view() : it->second.festival;
}

absl::CivilDay Calendar::WorkingDayFrom(absl::CivilDay day) const {
  while (!IsWorkingDay(day)) ++day;
  return day;
}

absl::CivilDay Calendar::AddWorkingDays(absl::CivilDay day, int n) const {
  while (n > 0) {
    if (IsWorkingDay(++day)) --n;
  }
  return day;
}

}  // namespace pingan::calendar
