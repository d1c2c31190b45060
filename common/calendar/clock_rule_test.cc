#include "common/calendar/clock_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace pingan::calendar {

std::ostream& operator<<(std::ostream& out, const Segment& s) {
  return out << s.from << ".." << s.to << " kind " << static_cast<int>(s.kind) << " days " << s.days
             << " " << s.why;
}

bool operator==(const Segment& a, const Segment& b) {
  return a.from == b.from && a.to == b.to && a.kind == b.kind && a.days == b.days && a.why == b.why;
}

namespace {

using ::testing::ElementsAre;
using Kind = Segment::Kind;

absl::CivilDay Day(const std::string& text) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
  return day;
}

// "2024-10-01 09:30" in Shanghai.
absl::Time At(const std::string& text) {
  absl::CivilMinute minute;
  EXPECT_TRUE(absl::ParseLenientCivilTime(text.substr(0, 10) + "T" + text.substr(11), &minute))
      << text;
  return absl::FromCivil(minute, Shanghai());
}

Limit CalendarDays(int days) {
  return {Base::kCalendarDays, days, "calendar limit"};
}
Limit WorkingDays(int days) {
  return {Base::kWorkingDays, days, "working limit"};
}

absl::CivilDay DueDay(const Timer& timer) {
  const absl::Time deadline = Deadline(timer, Calendar::Embedded());
  EXPECT_EQ(deadline, EndOf(DayOf(deadline)));
  return DayOf(deadline);
}

TEST(Deadline, GoldenWeekAndSpringFestival) {
  const struct {
    const char* start;
    Limit limit;
    const char* due;
  } kCases[] = {
      {"2024-09-27 09:00", WorkingDays(5), "2024-10-10"},
      {"2024-09-30 09:00", WorkingDays(5), "2024-10-12"},
      {"2024-10-03 09:00", WorkingDays(1), "2024-10-08"},
      {"2024-09-18 09:00", CalendarDays(15), "2024-10-08"},
      {"2024-09-14 09:00", CalendarDays(15), "2024-09-29"},
      {"2024-10-10 09:00", CalendarDays(3), "2024-10-14"},
      {"2024-08-08 09:00", CalendarDays(60), "2024-10-08"},
      {"2025-01-24 09:00", WorkingDays(5), "2025-02-07"},
      {"2025-01-27 09:00", WorkingDays(5), "2025-02-10"},
      {"2025-01-13 09:00", CalendarDays(15), "2025-02-05"},
      {"2025-09-26 09:00", WorkingDays(3), "2025-09-30"},
      {"2025-09-30 09:00", WorkingDays(3), "2025-10-11"},
      {"2025-09-05 09:00", CalendarDays(30), "2025-10-09"},
      {"2024-06-12 09:00", CalendarDays(0), "2024-06-12"},
      {"2024-10-05 09:00", CalendarDays(0), "2024-10-08"},
      {"2024-10-05 09:00", WorkingDays(0), "2024-10-08"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(DueDay({.start = At(c.start), .limit = c.limit}), Day(c.due)) << c.start;
  }
}

TEST(Deadline, TheHourOfTheStartDoesNotMatter) {
  for (const char* start : {"2024-06-03 00:00", "2024-06-03 12:00", "2024-06-03 23:59"}) {
    EXPECT_EQ(DueDay({.start = At(start), .limit = CalendarDays(2)}), Day("2024-06-05")) << start;
  }
}

TEST(Deadline, APauseTakesOutTheDaysItEnds) {
  const struct {
    const char* from;
    const char* to;
    const char* due;
  } kCases[] = {
      {"2024-03-06 10:00", "2024-03-08 10:00", "2024-03-20"},
      {"2024-03-06 00:00", "2024-03-08 00:00", "2024-03-20"},
      {"2024-03-06 23:59", "2024-03-08 23:59", "2024-03-20"},
      {"2024-03-06 09:00", "2024-03-06 18:00", "2024-03-18"},
      {"2024-03-06 09:00", "2024-03-07 00:00", "2024-03-19"},
      {"2024-03-09 09:00", "2024-03-10 18:00", "2024-03-18"},
      {"2024-03-18 09:00", "2024-03-19 09:00", "2024-03-19"},
      {"2024-03-19 09:00", "2024-03-29 09:00", "2024-03-18"},
      {"2024-03-01 09:00", "2024-03-06 09:00", "2024-03-19"},
      {"2024-03-08 09:00", "2024-03-06 09:00", "2024-03-18"},
  };
  for (const auto& c : kCases) {
    const Timer timer = {.start = At("2024-03-04 09:00"),
                         .limit = WorkingDays(10),
                         .pauses = {{At(c.from), At(c.to), "appraisal"}}};
    EXPECT_EQ(DueDay(timer), Day(c.due)) << c.from << " " << c.to;
  }
}

TEST(Deadline, OverlappingPausesCountOnce) {
  const Timer timer = {.start = At("2024-03-04 09:00"),
                       .limit = CalendarDays(3),
                       .pauses = {{At("2024-03-05 09:00"), At("2024-03-07 09:00"), "appraisal"},
                                  {At("2024-03-06 09:00"), At("2024-03-08 09:00"), "illness"}}};
  EXPECT_EQ(DueDay(timer), Day("2024-03-11"));
}

TEST(Deadline, AnOpenPauseHoldsTheClock) {
  Timer timer = {.start = At("2024-03-04 09:00"),
                 .limit = WorkingDays(2),
                 .pauses = {{.from = At("2024-03-06 10:00"), .why = "appraisal"}}};
  EXPECT_EQ(Deadline(timer, Calendar::Embedded()), absl::InfiniteFuture());
  EXPECT_THAT(
      Explain(timer, Calendar::Embedded()),
      ElementsAre(
          Segment{Day("2024-03-04"), Day("2024-03-05"), Kind::kStart, 0, "civil code art. 201"},
          Segment{Day("2024-03-05"), Day("2024-03-06"), Kind::kCounted, 1, "working limit"},
          Segment{Day("2024-03-06"), absl::CivilDay::max(), Kind::kPaused, 0, "appraisal"}));
  timer.pauses[0].from = At("2024-03-07 10:00");
  EXPECT_EQ(DueDay(timer), Day("2024-03-06"));
}

TEST(Deadline, APauseOverTheMovedDayMovesItOn) {
  const Timer timer = {.start = At("2024-10-02 09:00"),
                       .limit = CalendarDays(3),
                       .pauses = {{At("2024-10-07 09:00"), At("2024-10-10 09:00"), "appraisal"}}};
  EXPECT_EQ(DueDay(timer), Day("2024-10-10"));
}

// Two days of pause, then a higher priority, then one extension.
TEST(Deadline, AChangeKeepsTheDaysUsed) {
  Timer timer = {.start = At("2024-03-04 09:00"),
                 .limit = WorkingDays(10),
                 .pauses = {{At("2024-03-06 10:00"), At("2024-03-08 10:00"), "appraisal"}}};
  EXPECT_EQ(DueDay(timer), Day("2024-03-20"));

  timer.changes = {{At("2024-03-12 15:00"), {Base::kWorkingDays, 5, "priority high"}}};
  EXPECT_EQ(DueDay(timer), Day("2024-03-13"));

  timer.extensions = {{3, "extension by consent"}};
  EXPECT_EQ(DueDay(timer), Day("2024-03-18"));
  EXPECT_THAT(
      Explain(timer, Calendar::Embedded()),
      ElementsAre(
          Segment{Day("2024-03-04"), Day("2024-03-05"), Kind::kStart, 0, "civil code art. 201"},
          Segment{Day("2024-03-05"), Day("2024-03-06"), Kind::kCounted, 1, "working limit"},
          Segment{Day("2024-03-06"), Day("2024-03-08"), Kind::kPaused, 0, "appraisal"},
          Segment{Day("2024-03-08"), Day("2024-03-09"), Kind::kCounted, 1, "working limit"},
          Segment{Day("2024-03-09"), Day("2024-03-11"), Kind::kDayOff, 0, "weekend"},
          Segment{Day("2024-03-11"), Day("2024-03-12"), Kind::kCounted, 1, "working limit"},
          Segment{Day("2024-03-12"), Day("2024-03-14"), Kind::kCounted, 2, "priority high"},
          Segment{Day("2024-03-14"), Day("2024-03-16"), Kind::kExtended, 2, "extension by consent"},
          Segment{Day("2024-03-16"), Day("2024-03-18"), Kind::kDayOff, 0, "weekend"},
          Segment{Day("2024-03-18"), Day("2024-03-19"), Kind::kExtended, 1,
                  "extension by consent"}));
}

TEST(Deadline, ChangesOfBaseAndIntoThePast) {
  const struct {
    Limit limit;
    const char* at;
    Limit changed;
    const char* due;
  } kCases[] = {
      // Tuesday to Thursday counted as calendar days, from Friday the 8th as working days.
      {CalendarDays(30), "2024-03-08 09:00", WorkingDays(10), "2024-03-18"},
      {WorkingDays(10), "2024-03-08 09:00", CalendarDays(10), "2024-03-14"},
      // Ten days are used when the limit becomes three: it was due on the third.
      {CalendarDays(30), "2024-03-14 09:00", CalendarDays(3), "2024-03-07"},
      // Longer again, after the first limit had run out.
      {CalendarDays(3), "2024-03-14 09:00", CalendarDays(15), "2024-03-19"},
  };
  for (const auto& c : kCases) {
    const Timer timer = {
        .start = At("2024-03-04 09:00"), .limit = c.limit, .changes = {{At(c.at), c.changed}}};
    EXPECT_EQ(DueDay(timer), Day(c.due)) << c.at;
  }
}

TEST(Deadline, PetitionSixtyAndThirty) {
  Timer timer = {.start = At("2024-07-01 09:00"), .limit = CalendarDays(60)};
  EXPECT_EQ(DueDay(timer), Day("2024-08-30"));
  timer.extensions = {{30, "petition rules art. 34"}};
  EXPECT_EQ(DueDay(timer), Day("2024-09-29"));
}

TEST(Explain, SaysWhyTheLastDayMoved) {
  const Timer timer = {.start = At("2024-09-18 09:00"), .limit = CalendarDays(15)};
  EXPECT_THAT(
      Explain(timer, Calendar::Embedded()),
      ElementsAre(
          Segment{Day("2024-09-18"), Day("2024-09-19"), Kind::kStart, 0, "civil code art. 201"},
          Segment{Day("2024-09-19"), Day("2024-10-04"), Kind::kCounted, 15, "calendar limit"},
          Segment{Day("2024-10-04"), Day("2024-10-09"), Kind::kMoved, 0, "civil code art. 203"}));
}

TEST(Explain, CountsNoFurtherThanTheMost) {
  for (const int days : {50'000, std::numeric_limits<int>::max()}) {
    for (const Limit& limit : {CalendarDays(days), WorkingDays(days), CalendarDays(1)}) {
      const Timer timer = {.start = At("2024-09-18 09:00"),
                           .limit = limit,
                           .extensions = {{days, "extension"}, {days, "another"}}};
      int sum = 0;
      for (const Segment& s : Explain(timer, Calendar::Embedded())) sum += s.days;
      ASSERT_EQ(sum, kTotalDaysMax) << days;
    }
  }
}

TEST(Explain, NamesTheHolidays) {
  const Timer timer = {.start = At("2024-09-30 09:00"), .limit = WorkingDays(1)};
  EXPECT_THAT(
      Explain(timer, Calendar::Embedded()),
      ElementsAre(
          Segment{Day("2024-09-30"), Day("2024-10-01"), Kind::kStart, 0, "civil code art. 201"},
          Segment{Day("2024-10-01"), Day("2024-10-08"), Kind::kDayOff, 0, "国庆节"},
          Segment{Day("2024-10-08"), Day("2024-10-09"), Kind::kCounted, 1, "working limit"}));
}

Timer RandomTimer(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % n); };
  const auto limit = [&] { return below(2) ? CalendarDays(below(60)) : WorkingDays(below(60)); };
  Timer timer = {.start = At("2024-01-01 00:00") + absl::Minutes(below(700 * 24 * 60)),
                 .limit = limit()};
  const auto later = [&] { return timer.start + absl::Minutes(below(60 * 24 * 60)); };
  for (int i = below(3); i > 0; --i) {
    const absl::Time from = later();
    timer.pauses.push_back({from, from + absl::Minutes(below(10 * 24 * 60)), "pause"});
  }
  if (below(3) == 0) timer.extensions.push_back({below(30), "extension"});
  for (int i = below(3); i > 0; --i) timer.changes.push_back({later(), limit()});
  std::sort(timer.changes.begin(), timer.changes.end(),
            [](const Change& a, const Change& b) { return a.at < b.at; });
  return timer;
}

TEST(Explain, RandomTimersAddUp) {
  constexpr int kSeed = 20241001;
  std::mt19937 random(kSeed);
  for (int i = 0; i < 3000; ++i) {
    const Timer timer = RandomTimer(random);
    const auto segments = Explain(timer, Calendar::Embedded());
    const absl::CivilDay due = DueDay(timer);
    int total = timer.changes.empty() ? timer.limit.days : timer.changes.back().limit.days;
    for (const auto& extension : timer.extensions) total += extension.days;

    int sum = 0;
    absl::CivilDay day = DayOf(timer.start);
    for (const Segment& s : segments) {
      ASSERT_EQ(s.from, day) << "seed " << kSeed << " timer " << i;
      ASSERT_LT(s.from, s.to);
      sum += s.days;
      day = s.to;
    }
    ASSERT_EQ(day, due + 1) << "seed " << kSeed << " timer " << i;
    ASSERT_EQ(sum, total) << "seed " << kSeed << " timer " << i;
    ASSERT_TRUE(Calendar::Embedded().IsWorkingDay(due));
    for (const Pause& pause : timer.pauses) {
      ASSERT_FALSE(due > DayOf(timer.start) && pause.from <= EndOf(due) && EndOf(due) < pause.to)
          << "due while paused; seed " << kSeed << " timer " << i;
    }
  }
}

}  // namespace
}  // namespace pingan::calendar
