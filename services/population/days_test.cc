#include "services/population/days.h"

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::NamesField;

TEST(ParseDay, TakesDaysThatExist) {
  const struct {
    const char* text;
    bool exists;
  } kCases[] = {
      {"2026-03-02", true},  {"2024-02-29", true},  {"2000-02-29", true},  {"1900-02-29", false},
      {"2026-02-29", false}, {"2026-02-30", false}, {"2026-13-01", false}, {"2026-00-10", false},
      {"2026-04-31", false}, {"2026-04-00", false}, {"2026-4-1", false},   {"20260401", false},
      {"2026-04-1x", false}, {"", false},           {"1799-12-31", false}, {"2026/04/01", false},
  };
  for (const auto& row : kCases) {
    const auto day = ParseDay("day", row.text);
    if (row.exists) {
      ASSERT_OK(day);
      EXPECT_EQ(Text(*day), row.text);
    } else {
      EXPECT_THAT(day, NamesField("day")) << row.text;
    }
  }
}

TEST(ParseDay, OfThePastIsInShanghai) {
  testing::World world;
  world.GoTo("2026-03-02 23:59");
  EXPECT_OK(ParsePastDay("day", "2026-03-02", world.env()));
  EXPECT_THAT(ParsePastDay("day", "2026-03-03", world.env()), NamesField("day"));
  world.GoTo("2026-03-03 00:00");
  EXPECT_OK(ParsePastDay("day", "2026-03-03", world.env()));
}

// Civil code art. 202: the corresponding day, or the last of the month.
TEST(AddMonths, KeepsTheDayOrTakesTheLast) {
  const struct {
    const char* day;
    int months;
    const char* then;
  } kCases[] = {
      {"2026-01-15", 6, "2026-07-15"},  {"2025-08-31", 6, "2026-02-28"},
      {"2023-08-31", 6, "2024-02-29"},  {"2026-03-31", -1, "2026-02-28"},
      {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
      {"2026-01-01", -1, "2025-12-01"}, {"2026-12-31", 2, "2027-02-28"},
  };
  for (const auto& row : kCases) EXPECT_EQ(Text(AddMonths(DayOf(row.day), row.months)), row.then);
}

TEST(Age, IsReachedOnTheBirthday) {
  const struct {
    const char* birth;
    const char* day;
    int age;
  } kCases[] = {{"2010-03-02", "2026-03-01", 15},
                {"2010-03-02", "2026-03-02", 16},
                {"2008-02-29", "2026-02-27", 17},
                {"2008-02-29", "2026-02-28", 18},
                {"2026-03-02", "2026-03-02", 0}};
  for (const auto& row : kCases) EXPECT_EQ(AgeOn(DayOf(row.birth), DayOf(row.day)), row.age);
}

}  // namespace
}  // namespace pingan::population
