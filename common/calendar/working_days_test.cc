#include "common/calendar/working_days.h"

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace pingan::calendar {
namespace {

using pingan::testing::Fails;
using ::testing::HasSubstr;

absl::CivilDay Day(std::string_view text) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(AbslView(text), &day)) << text;
  return day;
}

TEST(WorkingDays, HolidaysWeekendsAndMakeUpDays) {
  const struct {
    const char* day;
    bool worked;
  } kCases[] = {
      {"2024-09-28", false}, {"2024-09-29", true},  {"2024-09-30", true},  {"2024-10-01", false},
      {"2024-10-04", false}, {"2024-10-07", false}, {"2024-10-08", true},  {"2024-10-12", true},
      {"2024-10-13", false}, {"2025-01-26", true},  {"2025-01-28", false}, {"2025-02-04", false},
      {"2025-02-05", true},  {"2025-02-08", true},  {"2025-09-28", true},  {"2025-10-08", false},
      {"2025-10-11", true},  {"2026-02-16", false}, {"2026-02-28", true},  {"2023-01-23", false},
      {"2024-06-12", true},  {"2024-06-15", false},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Calendar::Embedded().IsWorkingDay(Day(c.day)), c.worked) << c.day;
  }
}

TEST(WorkingDays, YearsWithoutANoticeHaveWeekendsOnly) {
  const Calendar& calendar = Calendar::Embedded();
  for (int year : {2023, 2024, 2025, 2026}) EXPECT_TRUE(calendar.Covers(year)) << year;
  for (int year : {2003, 2040}) EXPECT_FALSE(calendar.Covers(year)) << year;
  EXPECT_TRUE(calendar.IsWorkingDay(Day("2040-10-01")));
  EXPECT_FALSE(calendar.IsWorkingDay(Day("2040-10-06")));
}

TEST(WorkingDays, AddWorkingDays) {
  const struct {
    const char* day;
    int n;
    const char* last;
  } kCases[] = {
      {"2024-09-27", 1, "2024-09-29"}, {"2024-09-27", 5, "2024-10-10"},
      {"2024-09-30", 5, "2024-10-12"}, {"2024-10-03", 1, "2024-10-08"},
      {"2024-10-11", 2, "2024-10-14"}, {"2025-01-24", 5, "2025-02-07"},
      {"2025-01-27", 5, "2025-02-10"}, {"2025-09-26", 3, "2025-09-30"},
      {"2025-09-30", 3, "2025-10-11"}, {"2024-06-12", 0, "2024-06-12"},
      {"2024-10-05", 0, "2024-10-05"}, {"2024-06-12", 3, "2024-06-17"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Calendar::Embedded().AddWorkingDays(Day(c.day), c.n), Day(c.last)) << c.day << c.n;
  }
}

TEST(WorkingDays, AddCalendarDaysMovesAFreeLastDay) {
  const struct {
    const char* day;
    int n;
    const char* last;
  } kCases[] = {
      {"2024-06-03", 15, "2024-06-18"}, {"2024-09-18", 15, "2024-10-08"},
      {"2024-09-14", 15, "2024-09-29"}, {"2024-10-10", 3, "2024-10-14"},
      {"2025-09-05", 30, "2025-10-09"}, {"2025-01-13", 15, "2025-02-05"},
      {"2024-10-05", 0, "2024-10-08"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Calendar::Embedded().AddCalendarDays(Day(c.day), c.n), Day(c.last)) << c.day;
  }
}

TEST(WorkingDays, FestivalsHaveNames) {
  const Calendar& calendar = Calendar::Embedded();
  EXPECT_EQ(calendar.FestivalOf(Day("2024-10-01")), "国庆节");
  EXPECT_EQ(calendar.FestivalOf(Day("2025-01-26")), "春节");
  EXPECT_EQ(calendar.FestivalOf(Day("2024-06-15")), "");
}

TEST(WorkingDays, DaysAreThoseOfShanghai) {
  const absl::Time last = EndOf(Day("2024-10-08"));
  EXPECT_EQ(absl::FormatTime(last, absl::UTCTimeZone()), "2024-10-08T15:59:59.999999+00:00");
  EXPECT_EQ(DayOf(last), Day("2024-10-08"));
  EXPECT_EQ(DayOf(last + absl::Microseconds(1)), Day("2024-10-09"));
}

TEST(Calendar, FileAndEmbeddedAgree) {
  ASSERT_OK_AND_ASSIGN(const Calendar file, Calendar::Load("common/calendar/data/holidays.tsv"));
  EXPECT_EQ(file.version(), Calendar::Embedded().version());
  EXPECT_THAT(file.version(), HasSubstr("chinese-days-"));
  for (absl::CivilDay day(2023, 1, 1); day < absl::CivilDay(2027, 1, 1); ++day) {
    ASSERT_EQ(file.IsWorkingDay(day), Calendar::Embedded().IsWorkingDay(day)) << day;
  }
}

TEST(Calendar, MalformedFilesNameTheLine) {
  const struct {
    const char* body;
    const char* problem;
  } kCases[] = {
      {"2024-10-01\tholiday\n", "days.tsv:2: want a day, holiday or workday, and a name"},
      {"2024-10-32\tholiday\tx\n", "days.tsv:2: want a day as 2024-10-01"},
      {"2024-10-01\tfree\tx\n", "days.tsv:2: want holiday or workday"},
      {"2024-10-01\tholiday\tx\n2024-10-01\tworkday\tx\n", "days.tsv:3: the day comes twice"},
  };
  for (const auto& c : kCases) {
    const auto calendar = Calendar::Parse(absl::StrCat("# version: 1\n", c.body), "days.tsv");
    EXPECT_THAT(calendar, Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
    EXPECT_THAT(std::string(calendar.status().message()), HasSubstr(c.problem));
  }
  EXPECT_THAT(Calendar::Parse("2024-10-01\tholiday\tx\n", "days.tsv"),
              Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
  EXPECT_THAT(Calendar::Load("no/such/file.tsv"),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

}  // namespace
}  // namespace pingan::calendar
