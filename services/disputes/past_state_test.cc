#include "services/disputes/past_state.h"

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::At;
using testing::World;
using State = v1::Dispute::State;

void Set(google::protobuf::Timestamp* time, const char* text) {
  *time = ToProto(At(text));
}

void Fail(v1::Dispute* dispute, const char* time) {
  v1::Attempt& attempt = *dispute->add_attempts();
  Set(attempt.mutable_meet_time(), time);
  attempt.set_outcome(v1::Attempt::UNSUCCESSFUL);
}

void FailThrice(v1::Dispute* dispute) {
  dispute->mutable_agreement()->clear_version();
  for (int i = 0; i < 3; ++i) Fail(dispute, "2026-03-02 10:00");
}

void Mark(v1::Dispute* dispute, v1::Signature::Role role, const char* party) {
  v1::Signature& mark = *dispute->mutable_agreement()->add_signatures();
  mark.set_role(role);
  mark.set_party(party);
}

void Own(v1::Dispute* dispute, v1::Level level, const char* from) {
  v1::Custody& entry = *dispute->add_custody();
  entry.set_level(level);
  Set(entry.mutable_from_time(), from);
}

void Escalate(v1::Dispute* dispute, v1::Level to, const char* time) {
  v1::Escalation& escalation = *dispute->add_escalations();
  escalation.set_from(v1::VILLAGE);
  escalation.set_to(to);
  Set(escalation.mutable_escalate_time(), time);
}

TEST(PastState, WhatACaseOfTodayIsMayComeIn) {
  const World world;
  for (int i = v1::Dispute::REGISTERED; i <= v1::Dispute::REOPENED; ++i) {
    const v1::Dispute dispute = world.InState(static_cast<State>(i)).dispute();
    EXPECT_OK(CheckState(dispute, world.env())) << i;
    EXPECT_OK(CheckLevel(dispute)) << i;
  }
}

struct Case {
  const char* field;
  State state;
  void (*edit)(v1::Dispute*);
};

// What may come in, but for the edit.
void ExpectNamed(const std::vector<Case>& cases) {
  const World world;
  for (const Case& row : cases) {
    v1::Dispute dispute = world.InState(row.state).dispute();
    ASSERT_OK(CheckState(dispute, world.env()));
    row.edit(&dispute);
    const std::string field = "dispute." + std::string(row.field);
    EXPECT_THAT(CheckState(dispute, world.env()), NamesField(field)) << row.state;
  }
}

TEST(PastState, WhatTheRulesCannotLeadToIsNamed) {
  ExpectNamed({
      {"attempts", v1::Dispute::REGISTERED, [](v1::Dispute* d) { d->add_attempts(); }},
      {"attempts", v1::Dispute::REFUSED, [](v1::Dispute* d) { d->add_attempts(); }},
      {"reopenings", v1::Dispute::REGISTERED, [](v1::Dispute* d) { d->add_reopenings(); }},
      {"follow_ups", v1::Dispute::REGISTERED, [](v1::Dispute* d) { d->add_follow_ups(); }},
      {"follow_ups", v1::Dispute::AGREED, [](v1::Dispute* d) { d->add_follow_ups(); }},
      {"satisfaction", v1::Dispute::MEDIATING,
       [](v1::Dispute* d) { d->mutable_satisfaction()->set_score(5); }},
      {"attempts", v1::Dispute::MEDIATING, FailThrice},
      {"agreement.oral", v1::Dispute::AGREED,
       [](v1::Dispute* d) { d->mutable_agreement()->set_oral(true); }},
      {"agreement.signatures", v1::Dispute::AGREED,
       [](v1::Dispute* d) {
         Mark(d, v1::Signature::MEDIATOR, "");
         Mark(d, v1::Signature::COMMITTEE_SEAL, "");
         for (const auto& party : d->parties()) Mark(d, v1::Signature::PARTY, party.id().c_str());
       }},
      {"agreement.confirmation_time", v1::Dispute::PERFORMING,
       [](v1::Dispute* d) {
         Set(d->mutable_agreement()->mutable_confirmation_time(), "2026-04-02 00:00");
       }},
      {"ending.route", v1::Dispute::DIVERTED,
       [](v1::Dispute* d) { d->mutable_ending()->set_route("11"); }},
      {"resolved_level", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->set_resolved_level(v1::COUNTY); }},
  });
}

TEST(PastState, NoMarkMeetingCloseOrLevelIsTakenThatTheRulesDoNotGive) {
  ExpectNamed({
      {"attempts", v1::Dispute::ACCEPTED, FailThrice},
      {"attempts", v1::Dispute::CLOSED, FailThrice},
      {"attempts", v1::Dispute::FAILED, FailThrice},
      {"attempts[0].level", v1::Dispute::MEDIATING,
       [](v1::Dispute* d) {
         Fail(d, "2026-03-02 10:00");
         d->mutable_attempts(0)->set_level(v1::CITY);
       }},
      {"agreement.signatures[0].party", v1::Dispute::AGREED,
       [](v1::Dispute* d) { Mark(d, v1::Signature::PARTY, "9"); }},
      {"agreement.signatures[0].party", v1::Dispute::AGREED,
       [](v1::Dispute* d) { Mark(d, v1::Signature::MEDIATOR, "1"); }},
      {"agreement.signatures[1].party", v1::Dispute::AGREED,
       [](v1::Dispute* d) {
         for (int i = 0; i < 2; ++i) Mark(d, v1::Signature::PARTY, "1");
       }},
      {"agreement.signatures[1].role", v1::Dispute::AGREED,
       [](v1::Dispute* d) {
         for (int i = 0; i < 2; ++i) Mark(d, v1::Signature::MEDIATOR, "");
       }},
      {"follow_ups[1].performed", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { *d->add_follow_ups()->mutable_visit_time() = d->ending().end_time(); }},
      {"reopenings[0].reopen_time", v1::Dispute::REOPENED,
       [](v1::Dispute* d) {
         Set(d->mutable_reopenings(0)->mutable_reopen_time(), "2026-06-01 00:00");
       }},
      {"escalations[0].to", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) { Escalate(d, v1::CITY, "2026-03-02 10:00"); }},
      {"custody[0].level", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) { d->mutable_custody(0)->set_level(v1::CITY); }},
      {"custody[0].level", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) {
         d->mutable_custody(0)->clear_level();
         d->set_level(v1::CITY);
       }},
      {"turned_criminal", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) { d->set_turned_criminal(true); }},
  });
}

TEST(PastState, ConfirmationIsInTimeOnDay30AndEnforcementWantsIt) {
  const World world;
  v1::Dispute dispute = world.InState(v1::Dispute::PERFORMING).dispute();
  Set(dispute.mutable_agreement()->mutable_confirmation_time(), "2026-04-01 23:59");
  EXPECT_OK(CheckState(dispute, world.env()));
  dispute.set_state(v1::Dispute::DIVERTED);
  dispute.mutable_ending()->set_route("11");
  EXPECT_OK(CheckState(dispute, world.env()));
}

TEST(PastState, WhatIsAtTheEdgeOfTheRulesMayComeIn) {
  const World world;
  v1::Dispute reopened = world.InState(v1::Dispute::REOPENED).dispute();
  Set(reopened.mutable_reopenings(0)->mutable_reopen_time(), "2026-05-31 23:59");
  EXPECT_OK(CheckState(reopened, world.env()));
  v1::Dispute visited = world.InState(v1::Dispute::CLOSED).dispute();
  Set(visited.add_follow_ups()->mutable_visit_time(), "2026-03-02 10:01");
  EXPECT_OK(CheckState(visited, world.env())) << "found broken after the close";
  v1::Dispute silent = world.InState(v1::Dispute::CLOSED).dispute();
  silent.clear_follow_ups();
  EXPECT_OK(CheckState(silent, world.env())) << "no visit is noted";
  v1::Dispute superseded = world.InState(v1::Dispute::CLOSED).dispute();
  FailThrice(&superseded);
  superseded.mutable_agreement()->set_version(2);
  EXPECT_OK(CheckState(superseded, world.env())) << "the first may have been broken since";
  v1::Dispute criminal = world.Registered().dispute();
  criminal.set_criminal_risk(true);
  criminal.set_turned_criminal(true);
  EXPECT_OK(CheckState(criminal, world.env()));
}

TEST(PastState, TheCitysLastMeetingEndsTheMediation) {
  const World world;
  v1::Dispute failed = world.InState(v1::Dispute::FAILED).dispute();
  failed.set_level(v1::CITY);
  failed.clear_custody();
  Fail(&failed, "2026-03-02 10:00");
  EXPECT_OK(CheckState(failed, world.env()));
  failed.set_state(v1::Dispute::MEDIATING);
  EXPECT_THAT(CheckState(failed, world.env()), NamesField("dispute.attempts"));
}

TEST(PastState, MeetingsCountSinceTheLastEscalationReopeningOrChangeOfLevel) {
  v1::Dispute dispute;
  Set(dispute.mutable_create_time(), "2026-03-01 00:00");
  for (const char* time : {"2026-03-01 00:00", "2026-03-02 00:00", "2026-03-03 00:00"}) {
    Fail(&dispute, time);
  }
  dispute.add_attempts()->set_outcome(v1::Attempt::ADJOURNED);
  EXPECT_EQ(FailedAtLevel(dispute), 3);
  v1::Dispute reopened = dispute, escalated = dispute, transferred = dispute, broken = dispute;
  Set(reopened.add_reopenings()->mutable_reopen_time(), "2026-03-01 00:00");
  EXPECT_EQ(FailedAtLevel(reopened), 2);
  Set(broken.mutable_agreement()->mutable_effect_time(), "2026-03-02 00:00");
  broken.set_state(v1::Dispute::PERFORMING);
  EXPECT_EQ(FailedAtLevel(broken), 3);
  broken.set_state(v1::Dispute::MEDIATING);
  EXPECT_EQ(FailedAtLevel(broken), 1) << "of the mediation anew";
  Escalate(&escalated, v1::TOWNSHIP, "2026-03-02 00:00");
  EXPECT_EQ(FailedAtLevel(escalated), 1)
      << "the one that made it go up belongs to the level before";
  Own(&transferred, v1::VILLAGE, "2026-03-01 00:00");
  Own(&transferred, v1::VILLAGE, "2026-03-02 00:00");
  EXPECT_EQ(FailedAtLevel(transferred), 3) << "another owner at the level";
  Own(&transferred, v1::TOWNSHIP, "2026-03-02 12:00");
  Own(&transferred, v1::TOWNSHIP, "2026-03-03 12:00");
  EXPECT_EQ(FailedAtLevel(transferred), 1);
}

TEST(PastState, TheLevelIsThatOfTheLastOwnerAndEscalation) {
  v1::Dispute dispute;
  EXPECT_EQ(LastLevel(dispute), v1::LEVEL_UNSPECIFIED);
  Escalate(&dispute, v1::TOWNSHIP, "2026-03-02 00:00");
  EXPECT_EQ(LastLevel(dispute), v1::TOWNSHIP);
  EXPECT_OK(CheckLevel(dispute));
  dispute.set_level(v1::VILLAGE);
  EXPECT_THAT(CheckLevel(dispute), NamesField("dispute.level"));
  // Who took it since may be of another level.
  Own(&dispute, v1::LEVEL_UNSPECIFIED, "2026-03-03 00:00");
  EXPECT_OK(CheckLevel(dispute));
  dispute.mutable_custody(0)->set_level(v1::COUNTY);
  EXPECT_THAT(CheckLevel(dispute), NamesField("dispute.level"));
  // An escalation that nobody took over contradicts the owner.
  dispute.clear_level();
  EXPECT_OK(CheckLevel(dispute));
  Set(dispute.mutable_escalations(0)->mutable_escalate_time(), "2026-03-03 00:00");
  EXPECT_THAT(CheckLevel(dispute), NamesField("dispute.level"));
}

}  // namespace
}  // namespace pingan::disputes
