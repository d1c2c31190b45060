#include "tools/pinganctl/demo/city_plan.h"

#include <set>

#include "common/testing/matchers.h"
#include "pingan/population/v1/population.pb.h"
#include "tools/pinganctl/demo/city_script.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

const Period kPeriod{absl::CivilDay(2026, 5, 6), absl::CivilDay(2026, 10, 20)};
constexpr int kMany = 6000, kImported = 5900;

class CityPlanTest : public ::testing::Test {
 protected:
  const area::Tree areas_ = *area::Tree::Load("common/area/data/zhoukou.tsv");
  const Places places_{areas_};
  const CityPlanner planner_{places_, 1, kImported, kPeriod};
};

std::string Text(const Life& life) {
  std::string text;
  for (const Step& step : life) {
    text += absl::FormatCivilTime(step.day) + " " + step.area + " " +
            step.request->GetDescriptor()->name() + " " + step.request->ShortDebugString() + "\n";
  }
  return text;
}

TEST_F(CityPlanTest, IsTheSameForTheSameSeed) {
  const CityPlanner again(places_, 1, kImported, kPeriod), other(places_, 2, kImported, kPeriod);
  std::string here, there;
  for (int i = 1; i <= kMany; i += 5) {
    EXPECT_EQ(Text(planner_.LifeOf(i)), Text(again.LifeOf(i)));
    here += Text(planner_.LifeOf(i));
    there += Text(other.LifeOf(i));
  }
  EXPECT_NE(here, there);
}

TEST_F(CityPlanTest, LivesGoForwardAfterTheFirstDay) {
  int lives = 0;
  for (int i = 1; i <= kMany; ++i) {
    absl::CivilDay before = kPeriod.first + 1;
    const Life life = planner_.LifeOf(i);
    lives += !life.empty();
    for (const Step& step : life) {
      EXPECT_LE(before, step.day) << Text(life);
      before = step.day;
    }
    const bool arrives = !life.empty() && life.front().request->GetDescriptor() ==
                                              v1::CreatePersonRequest::descriptor();
    EXPECT_EQ(arrives, i > kImported);
    if (arrives) {
      EXPECT_LE(life.front().day, kPeriod.last) << "each number is somebody";
    }
  }
  EXPECT_NEAR(lives, kMany * 20 / 100, kMany * 8 / 100);
}

TEST_F(CityPlanTest, EveryActionComesUp) {
  std::set<std::string> made;
  for (int i = 1; i <= kMany; ++i) {
    for (const Step& step : planner_.LifeOf(i)) made.insert(step.request->GetDescriptor()->name());
  }
  for (const char* action :
       {"AcceptMove", "AcceptService", "ApplyForPermit", "ClaimMove", "CreatePerson",
        "DeliverService", "DenyService", "EndResidence", "EndorsePermit", "ExtendPermitIssue",
        "IssuePermit", "OfferMove", "RecordDeath", "RecordReport", "RejectMove", "RequestService",
        "RevokeMove", "SupplyPapers", "VerifyPerson"}) {
    EXPECT_TRUE(made.contains(std::string(action) + "Request")) << action;
  }
}

TEST(Names, AreKeptOnce) {
  Names names(3);
  EXPECT_TRUE(names.Set(1, "persons/411602-00000017"));
  EXPECT_EQ(names.Of(1), "persons/411602-00000017");
  EXPECT_EQ(names.Of(2), "");
  EXPECT_FALSE(names.Set(1, "persons/411602-00000018"));
  EXPECT_FALSE(names.Set(0, "persons/411602-00000018"));
  EXPECT_FALSE(names.Set(4, "persons/411602-00000018"));
  EXPECT_FALSE(names.Set(2, "nonsense"));
}

}  // namespace
}  // namespace pingan::ctl
