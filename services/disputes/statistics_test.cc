#include "services/disputes/statistics.h"

#include <algorithm>
#include <map>
#include <string>

#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using testing::World;
using Counts = std::map<std::string, int64_t>;

// The counters that are not zero.
Counts CountsOf(const v1::Dispute& dispute) {
  common::v1::Deltas deltas;
  Measure(dispute, 1, &deltas);
  Counts counts;
  for (const auto& delta : deltas.deltas()) {
    for (size_t i = 0; i < kCounters.size(); ++i) {
      if (const auto count = delta.counts(i)) counts[std::string(kCounters[i])] += count;
    }
  }
  return counts;
}

TEST(Measure, EachState) {
  const World world;
  const Counts registered = {{"registered", 1}};
  const auto with = [&](Counts more) {
    more.insert(registered.begin(), registered.end());
    return more;
  };
  const Counts resolved = with({{"resolved", 1}, {"on_time", 1}, {"resolved_village", 1}});
  auto closed = resolved;
  closed["closed"] = 1;
  const std::map<v1::Dispute::State, Counts> expected = {
      {v1::Dispute::REGISTERED, registered},
      {v1::Dispute::MEDIATING, registered},
      {v1::Dispute::AGREED, registered},
      {v1::Dispute::PERFORMING, resolved},
      {v1::Dispute::CLOSED, closed},
      {v1::Dispute::FAILED, with({{"failed", 1}})},
      {v1::Dispute::REFUSED, with({{"refused", 1}})},
      {v1::Dispute::DIVERTED, with({{"diverted", 1}})},
      {v1::Dispute::REOPENED, with({{"reopened", 1}})},
  };
  for (const auto& [state, counts] : expected) {
    EXPECT_EQ(CountsOf(world.InState(state).dispute()), counts) << v1::Dispute::State_Name(state);
  }
}

TEST(Measure, MajorLateCriminalGroupAndSatisfaction) {
  const World world;
  v1::Dispute dispute = world.InState(v1::Dispute::PERFORMING).dispute();
  dispute.set_major(true);
  dispute.set_scale(v1::ORDINARY_GROUP);
  dispute.set_turned_criminal(true);
  dispute.mutable_statutory()->set_missed(true);
  dispute.mutable_satisfaction()->set_score(4);
  dispute.set_resolved_level(v1::CITY);
  const Counts expected = {{"registered", 1},
                           {"resolved", 1},
                           {"major_registered", 1},
                           {"major_resolved", 1},
                           {"late", 1},
                           {"resolved_city", 1},
                           {"turned_criminal", 1},
                           {"group_incidents", 1},
                           {"satisfaction_count", 1},
                           {"satisfaction_sum", 4}};
  EXPECT_EQ(CountsOf(dispute), expected);
}

TEST(Measure, IsInTheMonthOfRegistrationInShanghai) {
  World world;
  world.now = testing::At("2026-03-01 00:30");
  common::v1::Deltas deltas;
  Measure(world.Registered().dispute(), 1, &deltas);
  Measure(world.Registered().dispute(), -1, &deltas);
  const auto& delta = deltas.deltas(0);
  EXPECT_EQ(delta.area(), testing::kVillage);
  EXPECT_EQ(delta.period(), "2026-03");
  EXPECT_THAT(delta.dimensions(), ::testing::ElementsAre("0201", "VILLAGE"));
  for (int i = 0; i < delta.counts_size(); ++i) {
    EXPECT_EQ(delta.counts(i), -deltas.deltas(1).counts(i));
  }
}

TEST(Measure, NothingBeforeThereIsACase) {
  common::v1::Deltas deltas;
  Measure({}, -1, &deltas);
  EXPECT_TRUE(deltas.deltas().empty());
}

TEST(Measure, ReopeningCountsAgainstTheClosingUnitWhereverTheCaseIs) {
  const World world;
  v1::Dispute dispute = world.InState(v1::Dispute::REOPENED).dispute();
  const std::string closing = dispute.reopenings(0).closing_unit().area();
  ASSERT_FALSE(closing.empty());
  dispute.set_area("411603100200");
  common::v1::Deltas deltas;
  Measure(dispute, 1, &deltas);
  std::map<std::string, int64_t> reopened;
  for (const auto& delta : deltas.deltas()) reopened[delta.area()] += delta.counts(15);
  EXPECT_EQ(reopened[closing], 1);
  EXPECT_EQ(reopened["411603100200"], 0);
}

}  // namespace
}  // namespace pingan::disputes
