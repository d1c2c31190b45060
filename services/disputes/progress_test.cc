#include "services/disputes/progress.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/agreement.h"
#include "services/disputes/custody.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/particulars.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::At;
using testing::World;

TEST(Reopen, UntilDay90AgainstTheClosingUnit) {
  World world;
  auto closed = world.InState(v1::Dispute::CLOSED);  // on 2026-03-02
  closed.mutable_dispute()->mutable_owner()->mutable_unit()->set_code("LATER");
  world.now = At("2026-05-31 23:59");  // day 90
  const auto reopened = world.Do(Action::kReopenDispute, closed);
  const v1::Dispute& dispute = reopened.dispute();
  ASSERT_EQ(dispute.reopenings_size(), 1);
  EXPECT_EQ(dispute.reopenings(0).closing_unit().code(), "411602001001-PMC");
  EXPECT_EQ(FromProto(dispute.reopenings(0).close_time()), testing::Monday());
  EXPECT_FALSE(dispute.has_resolve_time());
  EXPECT_EQ(dispute.resolved_level(), v1::LEVEL_UNSPECIFIED);
  EXPECT_FALSE(dispute.has_ending());
  EXPECT_EQ(FromProto(dispute.statutory().start_time()), world.now);
  world.now = At("2026-06-01 00:00");
  EXPECT_THAT(world.Apply(Action::kReopenDispute, closed),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::WINDOW_CLOSED));
}

TEST(EndMediation, TellsTheRoutesAndWhoRefused) {
  const World world;
  const auto record = world.InState(v1::Dispute::MEDIATING);
  v1::EndMediationRequest request;
  request.set_reason("does not want to");
  request.set_refusing_party("2");
  const auto refused = DecideEndMediation(record, request, world.env());
  ASSERT_OK(refused);
  EXPECT_EQ(refused->after.dispute().ending().reason(), "party-refusal");
  EXPECT_THAT(refused->after.dispute().ending().routes_told(),
              ::testing::ElementsAre("06", "07", "09"));
  request.set_refusing_party("3");
  EXPECT_THAT(DecideEndMediation(record, request, world.env()), NamesField("refusing_party"));
}

TEST(Divert, WantsAKnownRoute) {
  const World world;
  v1::DivertDisputeRequest request;
  request.set_route("court");
  EXPECT_THAT(DecideDivert(world.Registered(), request, world.env()), NamesField("route"));
  EXPECT_EQ(world.InState(v1::Dispute::DIVERTED).dispute().ending().route(), "06");
}

TEST(Breach, IsAnOverdueInstalmentOrABadVisit) {
  World world;
  v1::DisputeRecord record = world.InState(v1::Dispute::PERFORMING);
  EXPECT_FALSE(IsBroken(record.dispute()));
  v1::DisputeRecord visited = world.FindBroken(record);
  EXPECT_TRUE(IsBroken(visited.dispute()));
  visited = world.Do(Action::kRecordFollowUp, visited);
  EXPECT_FALSE(IsBroken(visited.dispute())) << "kept after all";
  v1::Instalment& instalment = *record.mutable_dispute()->mutable_agreement()->add_instalments();
  instalment.set_id("1");
  *instalment.mutable_due_time() = ToProto(At("2026-03-09 10:00"));
  EXPECT_FALSE(IsBroken(record.dispute()));
  world.Tick(At("2026-03-09 10:01"), &record);
  EXPECT_TRUE(IsBroken(record.dispute()));
  EXPECT_FALSE(IsBroken(world.Do(Action::kRecordPerformance, record).dispute()))
      << "late, but done";
}

// Two of a village's three meetings were without success before the agreement.
TEST(Unresolved, CountsMeetingsAnew) {
  const World world;
  v1::DisputeRecord record = world.InState(v1::Dispute::MEDIATING);
  record = world.FailMeeting(world.FailMeeting(record));
  const auto agreed = DecideRecordAgreement(record, testing::Agreement(true), world.env());
  ASSERT_OK(agreed);
  const v1::DisputeRecord broken =
      world.Do(Action::kStartMediation, world.FindBroken(agreed->after));
  const v1::DisputeRecord closed =
      world.Do(Action::kCloseDispute, world.Do(Action::kRecordFollowUp, agreed->after));
  const v1::DisputeRecord reopened =
      world.Do(Action::kStartMediation, world.Do(Action::kReopenDispute, closed));
  for (v1::DisputeRecord again : {broken, reopened}) {
    EXPECT_EQ(again.attempts_at_level(), 0);
    again = world.FailMeeting(world.FailMeeting(again));
    EXPECT_EQ(again.dispute().level(), v1::VILLAGE);
    EXPECT_EQ(world.FailMeeting(again).dispute().level(), v1::TOWNSHIP);
  }
}

TEST(Breach, IsMediatedAnewFromTheBeginning) {
  World world;
  const v1::DisputeRecord broken = world.FindBroken(world.InState(v1::Dispute::PERFORMING));
  world.now = At("2026-06-01 10:00");  // long after the first limits
  v1::DisputeRecord record = world.Do(Action::kStartMediation, broken);
  EXPECT_FALSE(record.dispute().has_resolve_time());
  EXPECT_EQ(record.dispute().resolved_level(), v1::LEVEL_UNSPECIFIED);
  EXPECT_EQ(FromProto(record.dispute().statutory().start_time()), world.now);
  EXPECT_EQ(FromProto(record.dispute().management().start_time()), world.now);
  EXPECT_FALSE(record.dispute().statutory().missed());
  record = world.Do(Action::kRecordAgreement, record);
  EXPECT_EQ(record.dispute().agreement().version(), 2);
  EXPECT_EQ(record.dispute().agreement().earlier_texts_size(), 1);
  EXPECT_FALSE(record.dispute().agreement().has_effect_time());
}

TEST(Breach, GoesToCourtAndToEnforcementIfConfirmed) {
  const World world;
  const v1::DisputeRecord broken = world.FindBroken(world.InState(v1::Dispute::PERFORMING));
  const v1::DisputeRecord confirmed = world.Do(Action::kRequestConfirmation, broken);
  v1::DivertDisputeRequest court, enforcement;
  court.set_route("09");
  enforcement.set_route("11");
  const auto diverted = DecideDivert(broken, court, world.env());
  ASSERT_OK(diverted);
  EXPECT_EQ(diverted->after.dispute().ending().reason(), "breach");
  EXPECT_THAT(diverted->after.dispute().ending().routes_told(), ::testing::ElementsAre("09"));
  EXPECT_FALSE(diverted->after.dispute().has_resolve_time());
  EXPECT_OK(DecideDivert(confirmed, enforcement, world.env()));
  EXPECT_THAT(DecideDivert(broken, enforcement, world.env()), NamesField("route"));
  EXPECT_THAT(DecideDivert(confirmed, court, world.env()), NamesField("route"));
  EXPECT_THAT(DecideDivert(world.Registered(), enforcement, world.env()), NamesField("route"));
}

TEST(Update, ChangesWhatTheMaskNames) {
  const World world;
  const auto record = world.Registered();
  v1::UpdateDisputeRequest request;
  *request.mutable_dispute() = record.dispute();
  request.mutable_dispute()->set_title("new");
  request.mutable_dispute()->set_place("not in the mask");
  request.mutable_dispute()->set_scale(v1::MAJOR_GROUP);
  request.mutable_update_mask()->add_paths("title");
  request.mutable_update_mask()->add_paths("scale");
  const auto decided = DecideUpdate(record, request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.dispute().title(), "new");
  EXPECT_EQ(decided->after.dispute().place(), "");
  EXPECT_TRUE(decided->after.dispute().major());
  for (const char* path : {"area", "state", "owner", "parties.phone", "nothing"}) {
    request.mutable_update_mask()->clear_paths();
    request.mutable_update_mask()->add_paths(path);
    EXPECT_THAT(DecideUpdate(record, request, world.env()),
                Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_UNKNOWN));
  }
}

TEST(Update, TakesNothingAwayThatARegistrationHas) {
  const World world;
  const auto record = world.Registered();
  for (const std::string path : {"title", "category", "scale", "people_involved", "parties"}) {
    v1::UpdateDisputeRequest request;
    request.mutable_update_mask()->add_paths(path);
    EXPECT_THAT(DecideUpdate(record, request, world.env()), NamesField("dispute." + path));
    *request.mutable_dispute() = record.dispute();
    EXPECT_OK(DecideUpdate(record, request, world.env()));
  }
}

TEST(Update, WhatHappenedDidSoBeforeItWasRegistered) {
  World world;
  const auto record = world.Registered();
  world.now += absl::Hours(1);
  v1::UpdateDisputeRequest request;
  request.mutable_update_mask()->add_paths("occur_time");
  auto* time = request.mutable_dispute()->mutable_occur_time();
  *time = record.dispute().create_time();
  EXPECT_OK(DecideUpdate(record, request, world.env()));
  time->set_seconds(time->seconds() + 1);
  EXPECT_THAT(DecideUpdate(record, request, world.env()), NamesField("dispute.occur_time"));
}

TEST(Update, PartiesKeepTheirIds) {
  const World world;
  const auto record = world.Registered();
  v1::UpdateDisputeRequest request;
  request.mutable_update_mask()->add_paths("parties");
  *request.mutable_dispute()->add_parties() = record.dispute().parties(1);
  *request.mutable_dispute()->add_parties() = record.dispute().parties(0);
  v1::Party& third = *request.mutable_dispute()->add_parties();
  third.set_kind(v1::Party::ORGANISATION);
  const auto ids = [](const v1::DisputeRecord& r) {
    std::vector<std::string> ids;
    for (const auto& party : r.dispute().parties()) ids.push_back(party.id());
    return ids;
  };
  auto decided = DecideUpdate(record, request, world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(ids(decided->after), ::testing::ElementsAre("2", "1", "3"));

  // Without the id nobody can say who of them is meant.
  request.mutable_dispute()->mutable_parties(0)->clear_id();
  EXPECT_THAT(DecideUpdate(record, request, world.env()), NamesField("dispute.parties"));

  request.mutable_dispute()->mutable_parties()->DeleteSubrange(0, 2);
  request.mutable_dispute()->mutable_parties(0)->set_id("1");
  EXPECT_THAT(DecideUpdate(record, request, world.env()), NamesField("dispute.parties"));
  *request.mutable_dispute()->add_parties() = request.dispute().parties(0);
  EXPECT_THAT(DecideUpdate(record, request, world.env()), NamesField("dispute.parties[1].id"));
}

TEST(CriminalRisk, FlagsAndKeepsTheReason) {
  const World world;
  v1::ReportCriminalRiskRequest request;
  request.set_reason("threats");
  auto decided = DecideReportCriminalRisk(world.Registered(), request, world.env());
  ASSERT_OK(decided);
  EXPECT_TRUE(decided->after.dispute().criminal_risk());
  EXPECT_FALSE(decided->after.dispute().turned_criminal());
  EXPECT_EQ(decided->after.messages(0).text(), "threats");
  request.set_turned_criminal(true);
  decided = DecideReportCriminalRisk(world.Registered(), request, world.env());
  ASSERT_OK(decided);
  EXPECT_TRUE(decided->after.dispute().turned_criminal());
}

TEST(Satisfaction, SaysWhenItWasSaid) {
  const World world;
  const auto record = world.Do(Action::kRecordSatisfaction, world.InState(v1::Dispute::CLOSED));
  EXPECT_EQ(record.dispute().satisfaction().score(), 5);
  EXPECT_EQ(FromProto(record.dispute().satisfaction().record_time()), world.now);
}

}  // namespace
}  // namespace pingan::disputes
