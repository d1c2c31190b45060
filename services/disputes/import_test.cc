#include "services/disputes/import.h"

#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "common/testing/matchers.h"
#include "services/disputes/old_case_fixture.h"
#include "services/disputes/registration.h"
#include "services/disputes/rules_fixture.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::At;
using testing::OldCase;
using testing::OldCaseIn;
using testing::Stamp;
using testing::World;
using State = v1::Dispute::State;

TEST(Import, OldCaseKeepsItsPast) {
  const World world;
  const auto decided = DecideImport(OldCase(), world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(decided->events, ::testing::ElementsAre("dispute.imported"));
  v1::DisputeRecord record = decided->after;
  EXPECT_EQ(SequenceOf(record, world.now), "411602-2024");
  Number(&record, 7);
  const v1::Dispute& dispute = record.dispute();
  EXPECT_EQ(dispute.name(), "disputes/411602-2024-000007");
  EXPECT_EQ(dispute.owner().unit().code(), "411602001-GC");
  EXPECT_EQ(dispute.assignment_rule(), "") << "the ledger chose";
  EXPECT_EQ(dispute.ending().unit().code(), "411602001-GC");
  EXPECT_EQ(dispute.resolved_level(), v1::TOWNSHIP);
  EXPECT_EQ(FromProto(dispute.resolve_time()), At("2024-03-10 10:00"));
  EXPECT_EQ(dispute.agreement().version(), 1);
  EXPECT_EQ(dispute.agreement().instalments(0).id(), "1");
  EXPECT_FALSE(dispute.statutory().missed());
  EXPECT_FALSE(dispute.has_next_due_time());
  EXPECT_EQ(dispute.parties(1).id(), "2");
}

TEST(Import, PartiesHaveTheIdsThatSignaturesName) {
  const World world;
  auto request = OldCase();
  auto& parties = *request.mutable_dispute()->mutable_parties();
  for (int i = 0; i < parties.size(); ++i) parties[i].set_id(std::to_string(i + 1));
  EXPECT_OK(DecideImport(request, world.env()));
  parties.SwapElements(0, 1);
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.parties[0].id"));
}

TEST(Import, ANumberOfOldBecomesThatOfToday) {
  const World world;
  auto request = OldCase();
  request.mutable_dispute()->mutable_parties(0)->set_document_type("111");
  request.mutable_dispute()->mutable_parties(0)->set_document_number("110105491231002");
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  EXPECT_EQ(decision.after.dispute().parties(0).document_number(), "11010519491231002X");
}

TEST(Import, LateResolutionIsLate) {
  const World world;
  v1::ImportDisputesRequest request = OldCase();
  request.mutable_dispute()->mutable_agreement()->clear_instalments();
  *request.mutable_dispute()->mutable_agreement()->mutable_effect_time() =
      Stamp("2024-04-01 10:00");
  auto decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_FALSE(decided->after.dispute().statutory().missed());  // day 31, as day 30 is a Sunday
  *request.mutable_dispute()->mutable_agreement()->mutable_effect_time() =
      Stamp("2024-04-02 10:00");
  decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_TRUE(decided->after.dispute().statutory().missed());
}

TEST(Import, EveryStateComesInAndGoesOn) {
  for (int i = v1::Dispute::REGISTERED; i <= v1::Dispute::REOPENED; ++i) {
    SCOPED_TRACE(v1::Dispute::State_Name(static_cast<State>(i)));
    World world;
    const auto decided = DecideImport(OldCaseIn(static_cast<State>(i)), world.env());
    ASSERT_OK(decided);
    v1::DisputeRecord record = decided->after;
    EXPECT_EQ(record.dispute().state(), i);
    // What was open in 2024 is overdue today.
    const bool waits = !StatutoryStep(record.dispute()).empty();
    EXPECT_EQ(record.dispute().has_next_due_time(),
              waits || !ManagementStep(record.dispute()).empty());
    world.Tick(world.now, &record);
    EXPECT_EQ(record.dispute().statutory().missed(), waits);
    EXPECT_THAT(world.Tick(world.now, &record), ::testing::IsEmpty());
  }
}

// A refusal ends the step of acceptance: 5 working days, of which the last is March 8.
TEST(Import, ARefusalIsLateByTheLimitOfAcceptance) {
  const World world;
  for (const bool late : {false, true}) {
    v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::REFUSED);
    *request.mutable_dispute()->mutable_ending()->mutable_end_time() =
        Stamp(late ? "2024-03-09 00:00" : "2024-03-08 23:59");
    ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
    EXPECT_EQ(decision.after.dispute().statutory().missed(), late);
    EXPECT_EQ(decision.after.dispute().statutory().step(), "accept");
  }
}

TEST(Import, AClockMayBeAsLongAsTheRulesLetIt) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::ACCEPTED);
  v1::Clock& clock = *request.mutable_dispute()->mutable_statutory();
  clock.set_step("handle");
  *clock.mutable_start_time() = request.dispute().create_time();
  clock.set_days(30);
  clock.set_extension_days(30);
  const auto decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.dispute().statutory().days(), 30);
  EXPECT_EQ(decided->after.dispute().statutory().extension_days(), 30);
}

TEST(Import, TakesTheFirstDayOfTheRepublic) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::REGISTERED);
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.clear_occur_time();
  dispute.clear_custody();
  *dispute.mutable_create_time() = Stamp("1949-10-01 00:00");
  ASSERT_OK(DecideImport(request, world.env()));
  dispute.mutable_create_time()->set_seconds(dispute.create_time().seconds() - 1);
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.create_time"));
}

TEST(Import, AReopenedCaseCountsFromItsLastReopening) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::REOPENED);
  *request.mutable_dispute()->add_reopenings()->mutable_reopen_time() = Stamp("2026-02-20 10:00");
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  for (const auto& clock :
       {decision.after.dispute().statutory(), decision.after.dispute().management()}) {
    EXPECT_EQ(clock.step(), "handle");
    EXPECT_EQ(FromProto(clock.start_time()), At("2026-02-20 10:00"));
    EXPECT_FALSE(clock.missed());
  }
}

TEST(Import, AnOfferOfTheOldSystemIsNobodysToAnswer) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::ACCEPTED);
  request.mutable_dispute()->mutable_transfer()->mutable_to()->set_code("OTHER");
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  EXPECT_FALSE(decision.after.dispute().has_transfer());
  EXPECT_OK(world.Apply(Action::kOfferTransfer, decision.after));
}

TEST(Import, MeetingsOfThePastCountAtTheLevel) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::MEDIATING);
  ASSERT_OK_AND_ASSIGN(const auto one, DecideImport(request, world.env()));
  EXPECT_EQ(one.after.attempts_at_level(), 1);
  const v1::Attempt attempt = request.dispute().attempts(0);
  *request.mutable_dispute()->add_attempts() = attempt;
  ASSERT_OK_AND_ASSIGN(const auto two, DecideImport(request, world.env()));
  EXPECT_EQ(two.after.attempts_at_level(), 2);
  EXPECT_EQ(world.FailMeeting(two.after).dispute().level(), v1::COUNTY) << "the third";
  *request.mutable_dispute()->add_attempts() = attempt;
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.attempts"));
}

TEST(Import, TheLevelIsThatOfTheLastOwnerIfNoneIsSaid) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::ACCEPTED);
  request.mutable_dispute()->clear_attempts();
  request.mutable_dispute()->clear_level();
  request.mutable_dispute()->mutable_custody(1)->set_level(v1::COUNTY);
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  EXPECT_EQ(decision.after.dispute().level(), v1::COUNTY);
  request.mutable_dispute()->set_level(v1::TOWNSHIP);
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.level"));
}

TEST(Import, ACaseOfALevelAndNoOwnerIsWithTheOfficeOfTheLevel) {
  World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::ACCEPTED);
  request.mutable_dispute()->clear_custody();
  request.mutable_dispute()->clear_attempts();
  const struct {
    v1::Level level;
    const char *owner, *rule;
  } kOwners[] = {{v1::LEVEL_UNSPECIFIED, "411602001001-PMC", "default@2026-01-01"},
                 {v1::HOUSEHOLD, "411602001001-PMC", ""},
                 {v1::VILLAGE, "411602001001-PMC", "default@2026-01-01"},
                 {v1::TOWNSHIP, "411602001-GC", ""},
                 {v1::CITY, "4116-GC", ""}};
  for (const auto& [level, owner, rule] : kOwners) {
    request.mutable_dispute()->set_level(level);
    ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
    const v1::Dispute& dispute = decision.after.dispute();
    EXPECT_EQ(dispute.owner().unit().code(), owner);
    EXPECT_EQ(dispute.assignment_rule(), rule);
    EXPECT_EQ(dispute.level(), level == v1::LEVEL_UNSPECIFIED ? v1::VILLAGE : level);
    EXPECT_EQ(dispute.custody(0).level(), dispute.level());
  }
  world.caller.area = "411602";
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.level"));
}

TEST(Import, WhereACaseWasResolvedTheLedgerMaySay) {
  const World world;
  v1::ImportDisputesRequest request = OldCase();
  request.mutable_dispute()->mutable_custody(0)->set_level(v1::VILLAGE);
  request.mutable_dispute()->set_resolved_level(v1::VILLAGE);
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  EXPECT_EQ(decision.after.dispute().resolved_level(), v1::VILLAGE);
  request.mutable_dispute()->set_resolved_level(v1::CITY);
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.resolved_level"));
}

TEST(Import, ABrokenAgreementComesWithTheCaseAndTheNextIsTheSecond) {
  const World world;
  v1::ImportDisputesRequest request = OldCase();
  request.mutable_dispute()->set_state(v1::Dispute::MEDIATING);
  request.mutable_dispute()->clear_ending();
  ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
  EXPECT_FALSE(decision.after.dispute().has_resolve_time());
  const auto agreed = world.Do(Action::kRecordAgreement, decision.after);
  EXPECT_EQ(agreed.dispute().agreement().version(), 2);
  EXPECT_THAT(agreed.dispute().agreement().earlier_texts(), ::testing::ElementsAre("pays"));
}

TEST(Import, ACaseIsResolvedByItsAgreementAlone) {
  const World world;
  for (const auto state : {v1::Dispute::REGISTERED, v1::Dispute::FAILED}) {
    v1::ImportDisputesRequest request = OldCaseIn(state);
    *request.mutable_dispute()->mutable_resolve_time() = Stamp("2024-03-10 10:00");
    request.mutable_dispute()->set_resolved_level(v1::CITY);
    ASSERT_OK_AND_ASSIGN(const auto decision, DecideImport(request, world.env()));
    EXPECT_FALSE(decision.after.dispute().has_resolve_time());
    EXPECT_EQ(decision.after.dispute().resolved_level(), v1::LEVEL_UNSPECIFIED);
  }
}

TEST(Import, ACaseIsOfTheImportersOwnArea) {
  World world;
  world.caller.area = "411603";
  EXPECT_THAT(DecideImport(OldCaseIn(v1::Dispute::CLOSED), world.env()),
              NamesField("dispute.area"));
}

}  // namespace
}  // namespace pingan::disputes
