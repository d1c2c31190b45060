#include "tools/pinganctl/demo/resident.h"

#include <set>

#include "common/auth/caller.h"
#include "common/calendar/working_days.h"
#include "common/testing/matchers.h"
#include "services/population/import.h"
#include "services/population/limits.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

const absl::CivilDay kToday(2026, 5, 6);
constexpr int kMany = 3000;

class ResidentTest : public ::testing::Test {
 protected:
  v1::ImportPersonsRequest Row(int64_t number) { return Resident(places_, 1, number, kToday); }

  const area::Tree areas_ = *area::Tree::Load("common/area/data/zhoukou.tsv");
  const Places places_{areas_};
  const auth::Caller importer_{.subject = "importer",
                               .roles = {"importer"},
                               .area = "",
                               .purposes = {},
                               .party = "",
                               .expires = absl::InfiniteFuture()};
  const Env env_{importer_, TimeOf(kToday), areas_, calendar::Calendar::Embedded(),
                 population::DefaultLimits()};
};

TEST_F(ResidentTest, IsTakenByTheServiceAsItStands) {
  for (int64_t i = 1; i <= kMany; ++i) {
    const auto decision = population::DecideImport(Row(i), env_);
    ASSERT_OK(decision) << Row(i).ShortDebugString();
    const auto taken = population::DecideImportDwelling(Home(places_, 1, i), env_);
    ASSERT_OK(taken) << Home(places_, 1, i).ShortDebugString();
  }
}

TEST_F(ResidentTest, IsTheSameForTheSameSeedAndNobodyTwice) {
  std::set<std::string> numbers;
  for (int64_t i = 1; i <= kMany; ++i) {
    const auto row = Row(i);
    EXPECT_EQ(row.SerializeAsString(), Row(i).SerializeAsString());
    EXPECT_TRUE(numbers.insert(row.person().documents(0).document_number()).second);
    EXPECT_EQ(row.person().documents(0).document_number().substr(0, 2), "99");
    EXPECT_EQ(NumberOf(row.person()), i);
    EXPECT_EQ(row.person().residences().rbegin()->to_date(), "");
  }
  EXPECT_NE(Row(1).person().display_name() + Row(2).person().display_name(),
            Resident(places_, 2, 1, kToday).person().display_name() +
                Resident(places_, 2, 2, kToday).person().display_name());
  EXPECT_EQ(NumberOf(v1::Person()), 0);
}

TEST_F(ResidentTest, EveryKindOfFactComesUp) {
  int floating = 0, permits = 0, jobs = 0, services = 0, earlier = 0, endorsed = 0, children = 0;
  for (int64_t i = 1; i <= kMany; ++i) {
    const v1::Person person = Row(i).person();
    floating += person.kind() == v1::FLOATING;
    permits += person.has_permit();
    endorsed += person.permit().endorsements_size() > 0;
    jobs += person.employments_size();
    services += person.service_items_size();
    earlier += person.residences_size() - 1;
    children += person.birth_date() > "2011";
  }
  EXPECT_NEAR(floating, kMany * 21 / 100, kMany / 30);
  for (const int count : {permits, endorsed, jobs, services, earlier, children}) {
    EXPECT_GT(count, kMany / 100);
  }
}

}  // namespace
}  // namespace pingan::ctl
