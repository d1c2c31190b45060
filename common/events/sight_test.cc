#include "common/events/sight.h"

#include <gtest/gtest.h>

namespace pingan::events {
namespace {

constexpr char kA[] = "411602001002", kB[] = "411603001001", kC[] = "411621001001";

struct Told {
  const char* scope;
  Sight::Kind kind;
  const char* from = "";
};

TEST(Sight, IsOfThoseThatMaySeeItAndOnceOfThoseThatNoLongerMay) {
  constexpr auto kNone = Sight::kNone, kWhole = Sight::kWhole, kLeft = Sight::kLeft;
  const struct {
    const char* what;
    Seen before, after;
    std::vector<Told> told;
  } rows[] = {
      {"registered", {}, {kA, ""}, {{"411602", kWhole}, {"411603", kNone}, {"", kWhole}}},
      {"changed", {kA, ""}, {kA, ""}, {{kA, kWhole}, {kB, kNone}}},
      {"offered", {kA, ""}, {kA, kB}, {{"411602", kWhole}, {"411603", kWhole}, {kC, kNone}}},
      {"changed while offered", {kA, kB}, {kA, kB}, {{kA, kWhole}, {kB, kWhole}}},
      {"accepted", {kA, kB}, {kB, ""}, {{"411602", kLeft, kA}, {kB, kWhole}, {kC, kNone}}},
      {"rejected", {kA, kB}, {kA, ""}, {{kA, kWhole}, {"411603001", kLeft, kB}, {"4116", kWhole}}},
      {"offered elsewhere", {kA, kB}, {kA, kC}, {{kA, kWhole}, {kB, kLeft, kB}, {kC, kWhole}}},
      {"to a third", {kA, kB}, {kC, ""}, {{kA, kLeft, kA}, {kB, kLeft, kB}, {kC, kWhole}}},
      {"offered within", {kA, ""}, {kA, kA}, {{kA, kWhole}, {kB, kNone}}},
      {"moved within a county",
       {kA, ""},
       {"411602001003", ""},
       {{"411602", kWhole}, {kA, kLeft, kA}, {"411602001003", kWhole}}},
  };
  for (const auto& row : rows) {
    const store::Event event{.area = row.after.area, .also = Also(row.before, row.after)};
    for (const Told& told : row.told) {
      const Sight sight = SightOf(event, told.scope);
      EXPECT_EQ(sight.kind, told.kind) << row.what << " told to " << told.scope;
      EXPECT_EQ(sight.from, told.from) << row.what << " told to " << told.scope;
    }
  }
}

TEST(Sight, SaysNothingMoreOfWhatStays) {
  EXPECT_EQ(Also({}, {kA, ""}), "");
  EXPECT_EQ(Also({kA, ""}, {kA, ""}), "");
  EXPECT_EQ(Also({kA, kB}, {kA, kB}), std::string("+") + kB);
}

}  // namespace
}  // namespace pingan::events
