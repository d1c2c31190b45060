#include "services/disputes/sweep.h"

#include <string>
#include <vector>

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/agreement.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using testing::At;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;

// Registered on Monday March 2: yellow on the 5th, red on the 6th, the statutory limit on the 10th,
// the tiers 3, 6 and 9 working days after the red card.
const std::vector<std::pair<const char*, const char*>> kExpiry = {
    {"2026-03-05 00:00", "yellow_card.issued"}, {"2026-03-06 00:00", "red_card.issued"},
    {"2026-03-10 00:00", "deadline.missed"},    {"2026-03-11 00:00", "dispute.escalated"},
    {"2026-03-14 00:00", "dispute.escalated"},  {"2026-03-19 00:00", "dispute.escalated"},
};

TEST(Tick, EachFiresAtItsMomentAndNotBefore) {
  World world;
  auto record = world.Registered();
  for (const auto& [moment, event] : kExpiry) {
    EXPECT_EQ(FromProto(record.dispute().next_due_time()), At(moment));
    EXPECT_THAT(world.Tick(At(moment) - absl::Microseconds(1), &record), IsEmpty()) << moment;
    EXPECT_THAT(world.Tick(At(moment), &record), ElementsAre(event)) << moment;
    EXPECT_EQ(record.dispute().management().missed(), At(moment) >= At("2026-03-06 00:00"));
  }
  EXPECT_FALSE(record.dispute().has_next_due_time());
  EXPECT_THAT(world.Tick(At("2027-03-01 00:00"), &record), IsEmpty());
}

TEST(Tick, JumpPastAllFiresAllInOrderAndNeverAgain) {
  World world;
  auto record = world.Registered();
  std::vector<std::string> all;
  for (const auto& row : kExpiry) all.push_back(row.second);
  EXPECT_EQ(world.Tick(At("2026-06-01 09:00"), &record), all);

  // A restart reads the record back from the store.
  v1::DisputeRecord stored;
  ASSERT_TRUE(stored.ParseFromString(record.SerializeAsString()));
  EXPECT_THAT(world.Tick(At("2026-06-02 09:00"), &stored), IsEmpty());
  EXPECT_EQ(stored.SerializeAsString(), record.SerializeAsString());

  const v1::Dispute& dispute = record.dispute();
  EXPECT_THAT(record.tiers_fired(), ElementsAre(1, 2, 3));
  EXPECT_EQ(dispute.level(), v1::CITY);
  ASSERT_EQ(dispute.escalations_size(), 3);
  const v1::Level kLevels[] = {v1::VILLAGE, v1::TOWNSHIP, v1::COUNTY, v1::CITY};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(dispute.escalations(i).from(), kLevels[i]);
    EXPECT_EQ(dispute.escalations(i).to(), kLevels[i + 1]);
    EXPECT_EQ(dispute.escalations(i).cause(), v1::Escalation::EXPIRY);
    EXPECT_EQ(dispute.escalations(i).reason(), "tier " + std::to_string(i + 1));
  }
  EXPECT_EQ(dispute.state(), v1::Dispute::REGISTERED);
  EXPECT_EQ(dispute.owner().unit().code(), "4116-GC");
  EXPECT_TRUE(dispute.statutory().missed());
}

TEST(Tick, AtTheCityOrAgreedItOnlyTells) {
  World world;
  auto agreed = world.InState(v1::Dispute::AGREED);
  const auto events = world.Tick(At("2026-06-01 09:00"), &agreed);
  EXPECT_THAT(events, ElementsAre("yellow_card.issued", "red_card.issued", "dispute.expired",
                                  "dispute.expired", "dispute.expired", "deadline.missed"));
  EXPECT_EQ(agreed.dispute().level(), v1::VILLAGE);
}

TEST(Tick, EscalationByDecisionStartsTheTiersAnew) {
  World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  world.Tick(At("2026-04-20 09:00"), &record);
  EXPECT_EQ(record.dispute().level(), v1::CITY);

  World fresh;
  record = fresh.InState(v1::Dispute::MEDIATING);
  fresh.Tick(At("2026-03-22 09:00"), &record);  // tier 1
  EXPECT_THAT(record.tiers_fired(), ElementsAre(1));
  record = fresh.Do(Action::kEscalateDispute, record);
  EXPECT_THAT(record.tiers_fired(), IsEmpty());
  EXPECT_EQ(record.dispute().management().card(), v1::Clock::CARD_UNSPECIFIED);
  EXPECT_EQ(FromProto(record.dispute().management().start_time()), fresh.now);
}

TEST(Tick, FailedCaseGoesUpToBeMediatedInWhatIsLeftOfTheLimit) {
  World world;
  auto record = world.InState(v1::Dispute::FAILED);
  world.Tick(At("2026-03-22 09:00"), &record);
  EXPECT_EQ(record.dispute().state(), v1::Dispute::ACCEPTED);
  EXPECT_EQ(record.dispute().level(), v1::TOWNSHIP);
  EXPECT_EQ(FromProto(record.dispute().statutory().start_time()), testing::Monday());
  EXPECT_EQ(FromProto(record.dispute().statutory().due_time()),  // none of the 30 was used
            calendar::EndOf(absl::CivilDay(2026, 4, 20)));
  EXPECT_FALSE(record.dispute().statutory().missed());
}

TEST(Tick, TheYellowCardOfVerificationComesFiveWorkingDaysBeforeTheRedOne) {
  World world;
  auto record = world.InState(v1::Dispute::PERFORMING);  // 30 working days
  const auto after = [&](int days) {
    const absl::CivilDay start(2026, 3, 2);
    return calendar::EndOf(world.calendar.AddWorkingDays(start, days)) + absl::Microseconds(1);
  };
  EXPECT_EQ(FromProto(record.dispute().next_due_time()), after(25));
  EXPECT_THAT(world.Tick(after(25), &record), ElementsAre("yellow_card.issued"));
  EXPECT_EQ(FromProto(record.dispute().next_due_time()), after(30));
  EXPECT_THAT(world.Tick(after(30), &record), ElementsAre("red_card.issued"));
}

TEST(Tick, PausedCaseIsLeftAlone) {
  World world;
  auto record = world.Do(Action::kPauseClock, world.Registered());
  EXPECT_THAT(world.Tick(At("2027-01-01 00:00"), &record), IsEmpty());
}

TEST(Tick, MissedInstalmentIsToldOnce) {
  World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  v1::RecordAgreementRequest request;
  request.mutable_agreement()->set_oral(true);
  request.mutable_agreement()->set_text("two instalments");
  for (const char* due : {"2026-04-01 12:00", "2026-05-01 12:00"}) {
    *request.mutable_agreement()->add_instalments()->mutable_due_time() = ToProto(At(due));
  }
  auto decided = DecideRecordAgreement(record, request, world.env());
  ASSERT_OK(decided);
  record = decided->after;
  EXPECT_THAT(world.Tick(At("2026-04-01 12:00"), &record), IsEmpty());
  EXPECT_THAT(world.Tick(At("2026-04-02 00:00"), &record), ElementsAre("instalment.missed"));
  EXPECT_TRUE(record.dispute().agreement().instalments(0).overdue());
  EXPECT_FALSE(record.dispute().agreement().instalments(1).overdue());
  EXPECT_THAT(world.Tick(At("2026-04-02 00:00"), &record), IsEmpty());
}

}  // namespace
}  // namespace pingan::disputes
