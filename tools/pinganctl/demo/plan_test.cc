#include "tools/pinganctl/demo/plan.h"

#include <set>
#include <string>

#include "common/calendar/working_days.h"
#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "services/disputes/codes.h"
#include "tools/pinganctl/demo/ledger.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

const Period kYears{absl::CivilDay(2024, 11, 1), absl::CivilDay(2026, 10, 31)};
constexpr int kMany = 2000;

class PlanTest : public ::testing::Test {
 protected:
  const area::Tree areas_ = *area::Tree::Load("common/area/data/zhoukou.tsv");
  const Places places_{areas_};
};

std::string Text(const Life& life) {
  std::string text;
  for (const Step& step : life) {
    text += absl::FormatCivilTime(step.day) + " " + step.request->GetDescriptor()->name() + " " +
            step.request->ShortDebugString() + "\n";
  }
  return text;
}

TEST_F(PlanTest, IsTheSameForTheSameSeed) {
  const Planner one(places_, 7, kYears), again(places_, 7, kYears), other(places_, 8, kYears);
  int same = 0;
  for (int i = 1; i <= 200; ++i) {
    EXPECT_EQ(Text(one.LifeOf(i)), Text(again.LifeOf(i)));
    same += Text(one.LifeOf(i)) == Text(other.LifeOf(i));
  }
  EXPECT_EQ(same, 0);
}

TEST_F(PlanTest, LivesGoForwardOnWorkingDays) {
  const Planner planner(places_, 1, kYears);
  for (int i = 1; i <= kMany; ++i) {
    const Life life = planner.LifeOf(i);
    ASSERT_FALSE(life.empty());
    EXPECT_EQ(life.front().request->GetDescriptor(), v1::CreateDisputeRequest::descriptor());
    EXPECT_EQ(life.front().day, planner.DayOf(i));
    absl::CivilDay before = kYears.first;
    for (const Step& step : life) {
      EXPECT_LE(before, step.day);
      if (step.day < kYears.last) {
        EXPECT_TRUE(calendar::Calendar::Embedded().IsWorkingDay(step.day)) << step.day;
      }
      before = step.day;
    }
  }
}

TEST_F(PlanTest, EveryActionComesUp) {
  const Planner planner(places_, 1, kYears);
  std::set<std::string> requests;
  for (int i = 1; i <= kMany; ++i) {
    for (const Step& step : planner.LifeOf(i))
      requests.insert(step.request->GetDescriptor()->name());
  }
  const auto* service = v1::CreateDisputeRequest::descriptor()->file()->service(0);
  for (int i = 0; i < service->method_count(); ++i) {
    const auto* request = service->method(i)->input_type();
    const bool write = request->FindFieldByName("request_id") != nullptr;
    EXPECT_EQ(requests.contains(request->name()), write) << request->name();
  }
}

TEST_F(PlanTest, DisputesAreOfRealPlacesAndCategories) {
  const Planner planner(places_, 1, kYears);
  std::set<std::string> counties;
  for (int i = 1; i <= kMany; ++i) {
    const Life life = planner.LifeOf(i);
    const auto& dispute =
        static_cast<const v1::CreateDisputeRequest&>(*life.front().request).dispute();
    EXPECT_EQ(area::LevelOf(dispute.area()), area::Level::kVillage);
    EXPECT_TRUE(areas_.Contains(dispute.area()));
    EXPECT_TRUE(disputes::IsLeafCategory(dispute.category())) << dispute.category();
    EXPECT_GE(dispute.parties_size(), 2);
    counties.insert(dispute.area().substr(0, 6));
  }
  EXPECT_EQ(counties.size(), areas_.Count(area::Level::kCounty));
}

TEST_F(PlanTest, LedgerEndsWithItsPeriod) {
  const Period old{absl::CivilDay(2023, 1, 1), absl::CivilDay(2024, 10, 31)};
  for (int i = 1; i <= kMany; ++i) {
    const auto row = LedgerRow(places_, 1, i, old);
    EXPECT_EQ(row.row_id(), "ledger-1-" + std::to_string(i));
    EXPECT_EQ(row.SerializeAsString(), LedgerRow(places_, 1, i, old).SerializeAsString());
    EXPECT_LE(row.dispute().ending().end_time().seconds(), absl::ToUnixSeconds(TimeOf(old.last)));
  }
}

TEST(Dice, KeepsToItsWeights) {
  Dice dice(1, 1);
  std::vector<int> counts(3);
  for (int i = 0; i < 10000; ++i) ++counts[dice.Weighted({1, 0, 3})];
  EXPECT_NEAR(counts[0], 2500, 200);
  EXPECT_EQ(counts[1], 0);
}

}  // namespace
}  // namespace pingan::ctl
