#include "common/area/scope.h"

#include "common/testing/matchers.h"

namespace pingan::area {
namespace {

using pingan::testing::Fails;
using pingan::testing::NamesField;

TEST(Scope, IsCutAtTheFiveBoundaries) {
  for (const char* good : {"41", "4116", "411602", "411602001", "411602001001"})
    EXPECT_TRUE(IsScope(good)) << good;
  for (const char* bad : {"", "4", "411", "41160", "4116021", "41160200", "4116020010",
                          "41160200100", "4116020010011", "41160a", " 41160", "4116-2", "４１"}) {
    EXPECT_FALSE(IsScope(bad)) << bad;
  }
}

TEST(Scope, AreaCodeHasTwelveDigits) {
  EXPECT_TRUE(IsAreaCode("411602001001"));
  for (const char* bad : {"411602", "41160200100", "4116020010011", "41160200100x"})
    EXPECT_FALSE(IsAreaCode(bad));
}

TEST(Scope, Covers) {
  const struct {
    const char* scope;
    const char* code;
    bool covers;
  } kCases[] = {
      {"411602", "411602001001", true},
      {"411602", "411602", true},
      {"4116", "411602", true},
      {"41", "411602000000", true},
      {"411602001001", "411602001001", true},
      {"411602", "4116", false},
      {"411602", "411603001001", false},
      {"411602", "411612001001", false},
      {"411602001", "411602010001", false},
      {"4116021", "411602100001", false},
      {"411602", "41160200100", false},
      {"411602", "4116021", false},
      {"411602", "41160200100x", false},
      {"411602000000", "411602001001", false},
      {"", "411602001001", false},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(Covers(c.scope, c.code), c.covers) << c.scope << " " << c.code;
}

TEST(Scope, ScopeLevelAndParent) {
  const struct {
    const char* code;
    const char* scope;
    Level level;
    const char* parent;
  } kCases[] = {
      {"410000000000", "41", Level::kProvince, ""},
      {"411600000000", "4116", Level::kCity, "410000000000"},
      {"411602000000", "411602", Level::kCounty, "411600000000"},
      {"411602001000", "411602001", Level::kTownship, "411602000000"},
      {"411602001001", "411602001001", Level::kVillage, "411602001000"},
      {"411620000000", "411620", Level::kCounty, "411600000000"},
      {"411602100000", "411602100", Level::kTownship, "411602000000"},
      {"441900006000", "441900006", Level::kTownship, "441900000000"},
      {"41", "41", Level::kProvince, ""},
      {"4116", "4116", Level::kCity, "41"},
      {"411602", "411602", Level::kCounty, "4116"},
      {"411602001", "411602001", Level::kTownship, "411602"},
      {"411602000", "411602", Level::kCounty, "4116"},
      {"441900006", "441900006", Level::kTownship, "4419"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ScopeOf(c.code), c.scope);
    EXPECT_EQ(LevelOf(c.code), c.level) << c.code;
    EXPECT_EQ(ParentOf(c.code), c.parent) << c.code;
  }
  EXPECT_EQ(CodeOf("411602"), "411602000000");
}

TEST(Scope, UpperBoundEndsTheRange) {
  EXPECT_EQ(UpperBound("411602"), "411603");
  EXPECT_EQ(UpperBound("411609"), "411610");
  EXPECT_EQ(UpperBound("41"), "42");
  EXPECT_EQ(UpperBound("411699"), "411700");
  EXPECT_EQ(UpperBound("99"), "a");
  for (const char* scope : {"41", "4116", "411609", "411602199", "411602001001"}) {
    const std::string last = std::string(scope) + std::string(12 - strlen(scope), '9');
    EXPECT_LT(last, UpperBound(scope));
    EXPECT_GE(CodeOf(scope), scope);
    EXPECT_FALSE(Covers(scope, CodeOf(UpperBound(scope))));
  }
}

TEST(Scope, ParseNamesTheField) {
  ASSERT_OK_AND_ASSIGN(const std::string scope, ParseScope("area", "411602"));
  EXPECT_EQ(scope, "411602");
  EXPECT_THAT(ParseScope("parent.area", "4116021"), NamesField("parent.area"));
  EXPECT_THAT(ParseScope("area", ""),
              Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
}

}  // namespace
}  // namespace pingan::area
