#include "services/disputes/limits.h"

#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using testing::World;

void Set(const std::string& row, World* world) {
  ASSERT_OK_AND_ASSIGN(world->limits, DefaultLimits().With("# version: 2\n" + row, "city.tsv"));
}

TEST(Limits, EachDefaultIsThere) {
  const Limits& limits = DefaultLimits();
  EXPECT_OK(CheckLimits(limits));
  for (int l = v1::HOUSEHOLD; l <= v1::CITY; ++l) {
    const auto level = static_cast<v1::Level>(l);
    EXPECT_GT(AttemptsMax(level, limits), 0) << l;
    for (const char* step : {"accept", "handle", "verify"}) {
      for (int risk = v1::BLUE; risk <= v1::RED; ++risk) {
        const int days = ManagementLimit(step, level, static_cast<v1::Risk>(risk), limits).days;
        EXPECT_GT(days, 0) << step << l << risk;
      }
    }
  }
  for (int tier = 1; tier <= kTiers; ++tier) EXPECT_GT(TierDays(tier, limits), 0);
  EXPECT_EQ(ReopenDays(limits), 90);
}

TEST(Limits, MustMakeSenseTogether) {
  World world;
  for (const auto& [row, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"accept.village\t6\t5\t2\t1\n", "accept.village"},
           {"handle.city\t31\t28\t25\t15\n", "handle.city"},
           {"verify.county\t30\t30\t20\t21\n", "verify.county"},
           {"yellow.accept\t2\n", "yellow.accept"},
           {"tiers\t3\t3\t9\n", "tiers"},
           {"attempts.city\t300\n", "attempts.city"},
           {"attempts.county\t191\n", "attempts.city"}}) {
    Set(row, &world);
    EXPECT_THAT(CheckLimits(world.limits), pingan::testing::NamesField(name));
  }
  Set("accept.village\t5\t5\t5\t1\ntiers\t1\t2\t3\nattempts.county\t190\n", &world);
  EXPECT_OK(CheckLimits(world.limits));
}

TEST(Limits, DecisionsGoByThoseOfTheCity) {
  World world;
  Set("accept.village\t1\t2\t1\t1\nattempts.village\t1\n", &world);
  const auto record = world.Registered();
  EXPECT_EQ(record.dispute().management().days(), 2);
  const auto failed = world.FailMeeting(world.InState(v1::Dispute::MEDIATING));
  EXPECT_EQ(failed.dispute().level(), v1::TOWNSHIP);

  auto closed = world.InState(v1::Dispute::CLOSED);
  world.now += absl::Hours(24 * 30);
  EXPECT_OK(world.Apply(Action::kReopenDispute, closed));
  Set("reopen.days\t29\n", &world);
  const auto refused = world.Apply(Action::kReopenDispute, closed);
  EXPECT_THAT(refused, pingan::testing::Fails(absl::StatusCode::kFailedPrecondition,
                                              common::v1::WINDOW_CLOSED));
  EXPECT_THAT(refused.status().message(), ::testing::HasSubstr("29 days"));
}

}  // namespace
}  // namespace pingan::disputes
