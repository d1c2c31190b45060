#include "services/population/days.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace pingan::population {
namespace {

constexpr size_t kLength = 10;

int Number(std::string_view text, size_t begin, size_t length) {
  int number = -1;
  const auto digits = text.substr(begin, length);
  const bool only =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return only && absl::SimpleAtoi(AbslView(digits), &number) ? number : -1;
}

}  // namespace

StatusOr<absl::CivilDay> ParseDay(std::string_view field, std::string_view text) {
  if (text.size() != kLength || text[4] != '-' || text[7] != '-') {
    return FieldError(field, "want a day as 2026-03-02");
  }
  const int year = Number(text, 0, 4), month = Number(text, 5, 2), day = Number(text, 8, 2);
  const absl::CivilDay parsed(year, month, day);
  // CivilDay makes a day that does not exist one of another month.
  if (year < 1800 || parsed.month() != month || parsed.day() != day) {
    return FieldError(field, "the day does not exist");
  }
  return parsed;
}

StatusOr<absl::CivilDay> ParsePastDay(std::string_view field, std::string_view text,
                                      const Env& env) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDay(field, text));
  if (day > Today(env)) return FieldError(field, "must not be in the future");
  return day;
}

absl::CivilDay DayOf(std::string_view text) {
  return absl::CivilDay(Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
}

std::string Text(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  const auto years = static_cast<int>(day.year() - birth.year());
  return AddMonths(birth, 12 * years) <= day ? years : years - 1;
}

}  // namespace pingan::population
