#include "services/disputes/mediation.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/registration.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::World;

// So many meetings without success end the level.
TEST(Attempts, EndEachLevelAfterItsNumber) {
  const World world;
  v1::CreateDisputeRequest family = World::NewCase();
  family.mutable_dispute()->set_category("0101");
  auto registered = DecideCreate({}, family, world.env());
  ASSERT_OK(registered);
  auto record =
      world.Do(Action::kStartMediation, world.Do(Action::kAcceptDispute, registered->after));
  const struct {
    v1::Level level;
    int meetings;
  } kLevels[] = {
      {v1::HOUSEHOLD, 3}, {v1::VILLAGE, 3}, {v1::TOWNSHIP, 3}, {v1::COUNTY, 1}, {v1::CITY, 1}};
  for (const auto& row : kLevels) {
    for (int i = 0; i < row.meetings; ++i) {
      EXPECT_EQ(record.dispute().level(), row.level);
      EXPECT_EQ(record.dispute().state(), v1::Dispute::MEDIATING);
      record = world.FailMeeting(record);
    }
  }
  EXPECT_EQ(record.dispute().state(), v1::Dispute::FAILED);
  EXPECT_EQ(record.dispute().ending().reason(), "attempts");
  EXPECT_EQ(record.dispute().ending().routes_told_size(), 3);
  EXPECT_EQ(record.dispute().attempts_size(), 11);
  ASSERT_EQ(record.dispute().escalations_size(), 4);
  for (const auto& escalation : record.dispute().escalations()) {
    EXPECT_EQ(escalation.cause(), v1::Escalation::ATTEMPTS);
    EXPECT_EQ(escalation.reason(), "meetings without success");
  }
}

TEST(Attempts, OnlyThoseWithoutSuccessCount) {
  const World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  for (int i = 0; i < 5; ++i) record = world.Do(Action::kRecordAttempt, record);  // adjourned
  EXPECT_EQ(record.attempts_at_level(), 0);
  record = world.FailMeeting(world.FailMeeting(record));
  EXPECT_EQ(record.dispute().level(), v1::VILLAGE);
  EXPECT_EQ(world.FailMeeting(record).dispute().level(), v1::TOWNSHIP);
}

TEST(Attempts, NextLevelHasItsOwnLimitAndTheStatutoryOneRunsOn) {
  World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  world.now = testing::At("2026-03-04 10:00");
  for (int i = 0; i < 3; ++i) record = world.FailMeeting(record);
  EXPECT_EQ(FromProto(record.dispute().management().start_time()), world.now);
  EXPECT_EQ(record.dispute().management().days(), 20);
  EXPECT_EQ(FromProto(record.dispute().statutory().start_time()), testing::Monday());
}

TEST(Attempts, NameWhatIsWrong) {
  const World world;
  const auto record = world.InState(v1::Dispute::MEDIATING);
  v1::RecordAttemptRequest request;
  *request.mutable_attempt()->mutable_meet_time() = ToProto(world.now);
  request.mutable_attempt()->set_method("01");
  request.mutable_attempt()->set_outcome(v1::Attempt::SUCCESSFUL);
  EXPECT_OK(DecideRecordAttempt(record, request, world.env()));
  request.mutable_attempt()->set_method("77");
  EXPECT_THAT(DecideRecordAttempt(record, request, world.env()), NamesField("attempt.method"));
  request.mutable_attempt()->set_method("01");
  const absl::Time registered = FromProto(record.dispute().create_time());
  for (const auto wrong : {world.now + absl::Seconds(1), registered - absl::Seconds(1)}) {
    *request.mutable_attempt()->mutable_meet_time() = ToProto(wrong);
    EXPECT_THAT(DecideRecordAttempt(record, request, world.env()), NamesField("attempt.meet_time"));
  }
}

}  // namespace
}  // namespace pingan::disputes
