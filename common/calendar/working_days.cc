#include "common/calendar/working_days.h"

#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace pingan::calendar {
namespace {

constexpr char kEmbedded[] =
#include "common/calendar/holidays.inc"
    ;

}  // namespace

absl::TimeZone Shanghai() {
  return absl::FixedTimeZone(8 * 60 * 60);
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
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!(text << file.rdbuf())) {
    return Error(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT,
                 absl::StrCat("cannot read the calendar file ", path));
  }
  return Parse(text.str(), path);
}

StatusOr<Calendar> Calendar::Parse(std::string_view text, std::string_view origin) {
  Calendar calendar;
  size_t number = 0;
  const auto malformed = [&](absl::string_view problem) {
    return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
                 absl::StrCat(AbslView(origin), ":", number, ": ", problem));
  };
  for (absl::string_view line : absl::StrSplit(AbslView(text), '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    if (absl::ConsumePrefix(&line, "# version: ")) {
      calendar.version_ = std::string(line);
      continue;
    }
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
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
  if (calendar.version_.empty()) return malformed("want the header line version");
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
