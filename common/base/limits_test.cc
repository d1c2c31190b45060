#include "common/base/limits.h"

#include "common/testing/matchers.h"

namespace pingan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDefaults[] = "# version: 1\nmove.days\t15\n\ntiers\t3\t6\t9\n";

TEST(Limits, ACityChangesWhatItNames) {
  ASSERT_OK_AND_ASSIGN(const Limits defaults, Limits::Parse(kDefaults, "limits.tsv"));
  EXPECT_THAT(defaults.names(), ElementsAre("move.days", "tiers"));
  EXPECT_EQ(defaults.Of("move.days"), 15);
  EXPECT_EQ(defaults.Of("tiers", 2), 9);
  EXPECT_EQ(defaults.Of("tiers", 3), 0);
  EXPECT_EQ(defaults.Of("move"), 0);
  ASSERT_OK_AND_ASSIGN(const Limits city,
                       defaults.With("# version: city-2\r\nmove.days\t10\r\n", "city.tsv"));
  EXPECT_EQ(city.version(), "city-2");
  EXPECT_EQ(city.Of("move.days"), 10);
  EXPECT_EQ(city.Of("tiers", 0), 3);
}

TEST(Limits, ABadFileIsRefusedInOneLineThatNamesLineAndLimit) {
  ASSERT_OK_AND_ASSIGN(const Limits defaults, Limits::Parse(kDefaults, "limits.tsv"));
  const struct {
    const char *rows, *says;
  } kCases[] = {
      {"move.days\tten\n", "city.tsv:2: move.days: want a number from 1 to 3650 in column 2"},
      {"move.days\t0\n", "city.tsv:2: move.days: want a number"},
      {"move.days\t3651\n", "city.tsv:2: move.days: want a number"},
      {"move.days\t\n", "city.tsv:2: move.days: want a number"},
      {"move.days 10\n", "city.tsv:2: move.days 10: want a tab"},
      {"move.days\t9\t9\n", "city.tsv:2: move.days: has 2 numbers, want 1"},
      {"tiers\t3\t6\n", "city.tsv:2: tiers: has 2 numbers, want 3"},
      {"move.days\t9\n#\nmove.days\t9\n", "city.tsv:4: move.days: stands in the file twice"},
      {"\nmoves.days\t9\n", "city.tsv:3: moves.days: no such limit"},
  };
  for (const auto& row : kCases) {
    const auto city = defaults.With(std::string("# version: 1\n") + row.rows, "city.tsv");
    ASSERT_THAT(city,
                testing::Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
    const std::string message(city.status().message());
    EXPECT_THAT(message, HasSubstr(row.says));
    EXPECT_THAT(message, Not(HasSubstr("\n")));
  }
  EXPECT_THAT(defaults.With("move.days\t9\n", "city.tsv").status().message(),
              HasSubstr("city.tsv:1: want a header"));
  EXPECT_THAT(defaults.With("# version: 1\nmove.days\t9\n", "city.tsv").status().message(),
              HasSubstr("city.tsv:1: version 1 is that of the defaults"));
  EXPECT_OK(defaults.With("# version: 1\nmove.days\t15\n", "city.tsv")) << "says the same";
  for (const char* nothing : {"", "\n\n", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(defaults.With(nothing, "city.tsv").status().message(),
                HasSubstr("city.tsv:1: is empty"));
  }
}

}  // namespace
}  // namespace pingan
