#include "services/disputes/custody.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/assignment.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::At;
using testing::World;

void ExpectGapless(const v1::Dispute& dispute) {
  ASSERT_FALSE(dispute.custody().empty());
  EXPECT_EQ(FromProto(dispute.custody(0).from_time()), FromProto(dispute.create_time()));
  for (int i = 1; i < dispute.custody_size(); ++i) {
    EXPECT_EQ(FromProto(dispute.custody(i - 1).to_time()),
              FromProto(dispute.custody(i).from_time()));
  }
  const v1::Custody& last = *dispute.custody().rbegin();
  EXPECT_FALSE(last.has_to_time());
  EXPECT_EQ(last.unit().code(), dispute.owner().unit().code());
  EXPECT_EQ(last.person(), dispute.owner().person());
  EXPECT_EQ(last.level(), dispute.level());
}

TEST(Transfer, RejectedLeavesTheOwner) {
  World world;
  const auto before = world.InState(v1::Dispute::ACCEPTED);
  const auto offered = world.Do(Action::kOfferTransfer, before);
  EXPECT_EQ(offered.dispute().owner().unit().code(), "411602001001-PMC");
  world.now = At("2026-03-03 10:00");
  world.caller.area = testing::kSecondVillage;
  const auto rejected = world.Do(Action::kRejectTransfer, offered);
  EXPECT_FALSE(rejected.dispute().has_transfer());
  EXPECT_EQ(rejected.dispute().owner().SerializeAsString(),
            before.dispute().owner().SerializeAsString());
  EXPECT_EQ(rejected.dispute().custody_size(), before.dispute().custody_size());
  EXPECT_EQ(rejected.messages(0).text(), "because");
  ExpectGapless(rejected.dispute());
}

TEST(Transfer, AcceptedMovesOwnerAreaAndLevel) {
  World world;
  const auto offered = world.Do(Action::kOfferTransfer, world.InState(v1::Dispute::ACCEPTED));
  world.now = At("2026-03-03 10:00");
  world.caller.area = testing::kSecondVillage;
  const auto accepted = world.Do(Action::kAcceptTransfer, offered);
  EXPECT_EQ(accepted.dispute().area(), testing::kSecondVillage);
  EXPECT_EQ(accepted.dispute().owner().unit().code(), "411602001002-PMC");
  EXPECT_EQ(accepted.dispute().custody_size(), 2);
  EXPECT_EQ(FromProto(accepted.dispute().statutory().start_time()), testing::Monday());
  ExpectGapless(accepted.dispute());

  world.caller.area = "4116";
  const auto township =
      world.Do(Action::kAcceptTransfer, world.Do(Action::kOfferTransfer, accepted));
  EXPECT_EQ(township.dispute().level(), v1::TOWNSHIP);
  EXPECT_EQ(township.dispute().area(), "411602001000");
  ExpectGapless(township.dispute());
}

TEST(Transfer, ToAnotherLevelCountsMeetingsAnewAndToTheSameGoesOn) {
  const World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  record = world.FailMeeting(world.FailMeeting(record));
  record = world.Do(Action::kAcceptTransfer, world.Do(Action::kOfferTransfer, record));
  ASSERT_EQ(record.dispute().level(), v1::VILLAGE);
  EXPECT_EQ(record.attempts_at_level(), 2);
  EXPECT_EQ(world.FailMeeting(record).dispute().level(), v1::TOWNSHIP) << "the third";
  record = world.Do(Action::kAcceptTransfer, world.Do(Action::kOfferTransfer, record));
  ASSERT_EQ(record.dispute().level(), v1::TOWNSHIP);
  EXPECT_EQ(record.attempts_at_level(), 0);
  record = world.FailMeeting(world.FailMeeting(record));
  EXPECT_EQ(record.dispute().level(), v1::TOWNSHIP);
  EXPECT_EQ(world.FailMeeting(record).dispute().level(), v1::COUNTY);
}

TEST(Transfer, OnlyTheOtherSideAnswersAndOnlyTheOwnerRevokes) {
  World world;
  const auto offered = world.Do(Action::kOfferTransfer, world.InState(v1::Dispute::ACCEPTED));
  const auto not_found = Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT);
  world.caller.area = testing::kVillage;
  EXPECT_THAT(world.Apply(Action::kAcceptTransfer, offered), not_found);
  EXPECT_THAT(world.Apply(Action::kRejectTransfer, offered), not_found);
  const auto revoked = world.Do(Action::kRevokeTransfer, offered);
  EXPECT_FALSE(revoked.dispute().has_transfer());
  EXPECT_EQ(revoked.dispute().owner().unit().code(), "411602001001-PMC");
  EXPECT_EQ(revoked.dispute().area(), testing::kVillage);
  ExpectGapless(revoked.dispute());
  world.caller.area = testing::kSecondVillage;
  EXPECT_THAT(world.Apply(Action::kRevokeTransfer, offered), not_found);
  EXPECT_OK(world.Apply(Action::kAcceptTransfer, offered));
  world.caller.area = "";  // everywhere
  EXPECT_OK(world.Apply(Action::kAcceptTransfer, offered));
}

TEST(Transfer, OfferNamesWhatIsWrong) {
  const World world;
  const auto record = world.InState(v1::Dispute::ACCEPTED);
  v1::OfferTransferRequest request;
  request.mutable_to()->set_code("X");
  request.mutable_to()->set_area("411602001999");
  EXPECT_THAT(DecideOfferTransfer(record, request, world.env()), NamesField("to.area"));
  request.mutable_to()->set_area("410000000000");
  EXPECT_THAT(DecideOfferTransfer(record, request, world.env()), NamesField("to.area"));
  *request.mutable_to() = record.dispute().owner().unit();
  EXPECT_THAT(DecideOfferTransfer(record, request, world.env()), NamesField("to"));
}

TEST(Transfer, OfferEndsWithTheCaseAndWithTheLevel) {
  const World world;
  const auto offered = world.Do(Action::kOfferTransfer, world.InState(v1::Dispute::FAILED));
  EXPECT_FALSE(world.Do(Action::kDivertDispute, offered).dispute().has_transfer());
  EXPECT_FALSE(world.Do(Action::kEscalateDispute, offered).dispute().has_transfer());
}

TEST(Assign, PersonIsInTheCustody) {
  const World world;
  const auto record = world.Do(Action::kAssignPerson, world.Registered());
  EXPECT_EQ(record.dispute().owner().person(), "officer-2");
  EXPECT_EQ(record.dispute().custody_size(), 2);
  ExpectGapless(record.dispute());
}

TEST(Escalate, ThroughEveryLevelUpToTheCity) {
  const World world;
  auto record = world.InState(v1::Dispute::MEDIATING);
  const struct {
    v1::Level level;
    const char* unit;
    const char* name;
  } kSteps[] = {{v1::TOWNSHIP, "411602001-GC", "甲街道综治中心"},
                {v1::COUNTY, "411602-GC", "川汇区综治中心"},
                {v1::CITY, "4116-GC", "周口市综治中心"}};
  for (const auto& step : kSteps) {
    record = world.Do(Action::kEscalateDispute, record);
    EXPECT_EQ(record.dispute().level(), step.level);
    EXPECT_EQ(record.dispute().owner().unit().code(), step.unit);
    EXPECT_EQ(record.dispute().owner().unit().name(), step.name);
    EXPECT_EQ(record.dispute().area(), testing::kVillage);
    EXPECT_EQ(record.dispute().escalations().rbegin()->cause(), v1::Escalation::DECISION);
    EXPECT_EQ(record.dispute().escalations().rbegin()->reason(), "because");
  }
  EXPECT_THAT(world.Apply(Action::kEscalateDispute, record),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
  ExpectGapless(record.dispute());
}

}  // namespace
}  // namespace pingan::disputes
