#include "services/disputes/past.h"

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/bounds.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using google::protobuf::Timestamp;
using ::pingan::testing::NamesField;
using testing::At;
using ::testing::Not;

constexpr char kRegistered[] = "2024-03-01 10:00", kEnd[] = "2024-04-05 10:00",
               kEffect[] = "2024-03-10 10:00", kReopened[] = "2024-03-03 10:00",
               kNow[] = "2026-03-02 10:00";

void Set(Timestamp* time, const char* text) {
  *time = ToProto(At(text));
}

// A closed case with one of everything.
v1::Dispute OldCase() {
  v1::Dispute dispute;
  dispute.set_state(v1::Dispute::CLOSED);
  Set(dispute.mutable_create_time(), kRegistered);
  v1::Reopening& reopening = *dispute.add_reopenings();
  Set(reopening.mutable_close_time(), "2024-03-02 10:00");
  Set(reopening.mutable_reopen_time(), kReopened);
  Set(dispute.add_attempts()->mutable_meet_time(), "2024-03-06 10:00");
  dispute.mutable_attempts(0)->set_method("01");
  v1::Escalation& escalation = *dispute.add_escalations();
  escalation.set_from(v1::VILLAGE);
  escalation.set_to(v1::TOWNSHIP);
  Set(escalation.mutable_escalate_time(), "2024-03-07 10:00");
  v1::Agreement& agreement = *dispute.mutable_agreement();
  agreement.set_text("pays");
  Set(agreement.add_signatures()->mutable_sign_time(), kEffect);
  Set(agreement.mutable_effect_time(), kEffect);
  Set(agreement.mutable_confirmation_time(), "2024-03-12 10:00");
  Set(agreement.add_instalments()->mutable_due_time(), "2024-04-01 10:00");
  Set(agreement.mutable_instalments(0)->mutable_perform_time(), "2024-03-30 10:00");
  Set(dispute.add_follow_ups()->mutable_visit_time(), "2024-04-02 10:00");
  Set(dispute.mutable_ending()->mutable_end_time(), kEnd);
  Set(dispute.mutable_satisfaction()->mutable_record_time(), "2024-04-06 10:00");
  return dispute;
}

TEST(Past, EveryTimeLiesBetweenTheRegistrationAndWhatEndsIt) {
  const struct {
    const char* field;
    const char* last;
    Timestamp* (*of)(v1::Dispute*);
  } kTimes[] = {
      {"attempts[0].meet_time", kEnd,
       [](v1::Dispute* d) { return d->mutable_attempts(0)->mutable_meet_time(); }},
      {"agreement.signatures[0].sign_time", kEffect,
       [](v1::Dispute* d) {
         return d->mutable_agreement()->mutable_signatures(0)->mutable_sign_time();
       }},
      {"agreement.instalments[0].perform_time", kEnd,
       [](v1::Dispute* d) {
         return d->mutable_agreement()->mutable_instalments(0)->mutable_perform_time();
       }},
      {"agreement.confirmation_time", kEnd,
       [](v1::Dispute* d) { return d->mutable_agreement()->mutable_confirmation_time(); }},
      {"escalations[0].escalate_time", kEnd,
       [](v1::Dispute* d) { return d->mutable_escalations(0)->mutable_escalate_time(); }},
      {"follow_ups[0].visit_time", kNow,
       [](v1::Dispute* d) { return d->mutable_follow_ups(0)->mutable_visit_time(); }},
      {"reopenings[0].close_time", kReopened,
       [](v1::Dispute* d) { return d->mutable_reopenings(0)->mutable_close_time(); }},
      {"satisfaction.record_time", kNow,
       [](v1::Dispute* d) { return d->mutable_satisfaction()->mutable_record_time(); }},
  };
  for (const auto& [field, last, of] : kTimes) {
    const auto check = [of = of](absl::Time time) {
      v1::Dispute dispute = OldCase();
      *of(&dispute) = ToProto(time);
      return CheckPast(dispute, At(kNow));
    };
    const auto named = NamesField(absl::StrCat("dispute.", field));
    EXPECT_THAT(check(At(kRegistered) - absl::Seconds(1)), named);
    EXPECT_OK(check(At(last))) << field;
    EXPECT_THAT(check(At(last) + absl::Seconds(1)), named);
  }
}

TEST(Past, WhatFollowsIsNotBeforeWhatItFollows) {
  v1::Dispute visits = OldCase(), escalations = OldCase(), confirmed = OldCase();
  Set(visits.add_follow_ups()->mutable_visit_time(), "2024-04-01 10:00");
  EXPECT_THAT(CheckPast(visits, At(kNow)), NamesField("dispute.follow_ups[1].visit_time"));
  *escalations.add_escalations() = escalations.escalations(0);
  Set(escalations.mutable_escalations(1)->mutable_escalate_time(), "2024-03-06 10:00");
  EXPECT_THAT(CheckPast(escalations, At(kNow)), NamesField("dispute.escalations[1].escalate_time"));
  Set(confirmed.mutable_agreement()->mutable_confirmation_time(), "2024-03-09 10:00");
  EXPECT_THAT(CheckPast(confirmed, At(kNow)), NamesField("dispute.agreement.confirmation_time"));
}

// So what stands was agreed since, and each close lies between two of them.
TEST(Past, AReopeningFollowsACloseAndComesBeforeTheNextAgreement) {
  v1::Dispute dispute = OldCase();
  Set(dispute.mutable_reopenings(0)->mutable_reopen_time(), kEffect);
  EXPECT_OK(CheckPast(dispute, At(kNow)));
  Set(dispute.mutable_agreement()->mutable_effect_time(), "2024-03-10 09:59");
  Set(dispute.mutable_agreement()->mutable_signatures(0)->mutable_sign_time(), "2024-03-10 09:58");
  EXPECT_THAT(CheckPast(dispute, At(kNow)), NamesField("dispute.agreement.effect_time"));
  dispute.set_state(v1::Dispute::MEDIATING);
  dispute.clear_ending();
  EXPECT_OK(CheckPast(dispute, At(kNow))) << "it is the one before";

  v1::Dispute marked = OldCase();
  Set(marked.mutable_reopenings(0)->mutable_reopen_time(), "2024-03-09 10:00");
  Set(marked.mutable_agreement()->mutable_signatures(0)->mutable_sign_time(), "2024-03-09 09:59");
  EXPECT_THAT(CheckPast(marked, At(kNow)), NamesField("dispute.agreement.signatures[0].sign_time"));

  v1::Dispute twice = OldCase();
  v1::Reopening& second = *twice.add_reopenings();
  Set(second.mutable_close_time(), kReopened);
  Set(second.mutable_reopen_time(), "2024-03-04 10:00");
  EXPECT_OK(CheckPast(twice, At(kNow)));
  Set(second.mutable_close_time(), "2024-03-03 09:59");
  EXPECT_THAT(CheckPast(twice, At(kNow)), NamesField("dispute.reopenings[1].close_time"));
  Set(twice.mutable_reopenings(0)->mutable_reopen_time(), "2024-02-29 10:00");
  EXPECT_THAT(CheckPast(twice, At(kNow)), NamesField("dispute.reopenings[0].reopen_time"));
}

TEST(Past, AnEscalationLeadsUp) {
  v1::Dispute dispute = OldCase();
  v1::Escalation& escalation = *dispute.mutable_escalations(0);
  for (const auto to : {v1::LEVEL_UNSPECIFIED, v1::HOUSEHOLD, v1::VILLAGE}) {
    escalation.set_to(to);
    EXPECT_THAT(CheckPast(dispute, At(kNow)), NamesField("dispute.escalations[0].to"));
  }
  escalation.set_to(v1::CITY);
  EXPECT_OK(CheckPast(dispute, At(kNow)));
  escalation.clear_from();
  EXPECT_THAT(CheckPast(dispute, At(kNow)), NamesField("dispute.escalations[0].from"));
}

TEST(Past, AnAgreementThatWasBrokenStaysWithWhatFollows) {
  v1::Dispute dispute = OldCase();
  dispute.clear_ending();
  dispute.clear_reopenings();
  dispute.set_state(v1::Dispute::MEDIATING);
  EXPECT_OK(CheckPast(dispute, At(kNow)));
  dispute.set_state(v1::Dispute::REGISTERED);
  EXPECT_THAT(CheckPast(dispute, At(kNow)), NamesField("dispute.agreement"));
  dispute.set_state(v1::Dispute::MEDIATING);
  dispute.mutable_agreement()->clear_effect_time();
  EXPECT_THAT(CheckPast(dispute, At(kNow)), NamesField("dispute.agreement"));
}

// The last mark may come after the first day to pay.
TEST(Past, AnInstalmentIsDueFromTheFirstMarkOn) {
  v1::Dispute dispute = OldCase();
  v1::Agreement& agreement = *dispute.mutable_agreement();
  Set(agreement.mutable_signatures(0)->mutable_sign_time(), "2024-03-09 10:00");
  Set(agreement.mutable_instalments(0)->mutable_due_time(), "2024-03-09 10:00");
  EXPECT_OK(CheckPast(dispute, At(kNow)));
}

TEST(Past, NoListIsLongerThanThatOfACaseOfToday) {
  const struct {
    const char* field;
    int most;
    void (*add)(v1::Dispute*);
  } kLists[] = {
      {"custody", kCustodyMax, [](v1::Dispute* d) { d->add_custody(); }},
      {"escalations", kCustodyMax, [](v1::Dispute* d) { d->add_escalations(); }},
      {"attempts", kMeetingsMax, [](v1::Dispute* d) { d->add_attempts(); }},
      {"agreement.earlier_texts", kEarlierTextsMax,
       [](v1::Dispute* d) { d->mutable_agreement()->add_earlier_texts("x"); }},
      {"follow_ups", kVisitsMax, [](v1::Dispute* d) { d->add_follow_ups(); }},
      {"reopenings", kReopeningsMax, [](v1::Dispute* d) { d->add_reopenings(); }},
      {"statutory.pauses", kClockItemsMax,
       [](v1::Dispute* d) { d->mutable_statutory()->add_pauses(); }},
      {"statutory.changes", kClockItemsMax,
       [](v1::Dispute* d) { d->mutable_statutory()->add_changes(); }},
      {"management.pauses", kClockItemsMax,
       [](v1::Dispute* d) { d->mutable_management()->add_pauses(); }},
      {"management.changes", kClockItemsMax,
       [](v1::Dispute* d) { d->mutable_management()->add_changes(); }},
  };
  for (const auto& [field, most, add] : kLists) {
    const auto named = NamesField(absl::StrCat("dispute.", field));
    v1::Dispute dispute;
    for (int i = 0; i < most; ++i) add(&dispute);
    EXPECT_THAT(CheckPast(dispute, At(kNow)), Not(named)) << field;
    add(&dispute);
    EXPECT_THAT(CheckPast(dispute, At(kNow)), named) << field;
  }
}

TEST(Past, WhatContradictsItselfIsNamed) {
  const struct {
    const char* field;
    void (*edit)(v1::Dispute*);
  } kCases[] = {
      {"dispute.statutory.start_time",
       [](v1::Dispute* d) { d->mutable_statutory()->set_days(30); }},
      {"dispute.management.pauses[0].to_time",
       [](v1::Dispute* d) {
         Set(d->mutable_management()->mutable_start_time(), kRegistered);
         Set(d->mutable_management()->add_pauses()->mutable_from_time(), kReopened);
         Set(d->mutable_management()->add_pauses()->mutable_from_time(), kReopened);
       }},
      {"dispute.management.pauses[0].to_time",
       [](v1::Dispute* d) {
         Set(d->mutable_management()->mutable_start_time(), kRegistered);
         v1::Pause& pause = *d->mutable_management()->add_pauses();
         Set(pause.mutable_from_time(), kReopened);
         Set(pause.mutable_to_time(), kRegistered);
       }},
      {"dispute.escalations[1].from",
       [](v1::Dispute* d) { *d->add_escalations() = d->escalations(0); }},
      {"dispute.reopenings[0].reopen_time",
       [](v1::Dispute* d) {
         Set(d->mutable_reopenings(0)->mutable_reopen_time(), "2024-04-06 10:00");
       }},
      {"dispute.reopenings[1].reopen_time",
       [](v1::Dispute* d) { Set(d->add_reopenings()->mutable_reopen_time(), "2024-03-02 10:00"); }},
      {"dispute.custody[1].from_time",
       [](v1::Dispute* d) {
         for (const char* from : {kRegistered, "2024-04-05 10:01"}) {
           v1::Custody& entry = *d->add_custody();
           entry.mutable_unit()->set_code("UNIT");
           Set(entry.mutable_from_time(), from);
         }
         *d->mutable_custody(0)->mutable_to_time() = d->custody(1).from_time();
       }},
      {"dispute.agreement.instalments[0].due_time",
       [](v1::Dispute* d) {
         Set(d->mutable_agreement()->mutable_instalments(0)->mutable_due_time(),
             "2024-03-10 09:59");
       }},
      {"dispute.agreement.instalments[0].perform_time",
       [](v1::Dispute* d) {
         Set(d->mutable_agreement()->mutable_instalments(0)->mutable_perform_time(),
             "2024-03-10 09:59");
       }},
      {"dispute.agreement.confirmation_time",
       [](v1::Dispute* d) {
         d->set_state(v1::Dispute::AGREED);
         d->clear_ending();
         d->mutable_agreement()->clear_effect_time();
         d->mutable_agreement()->mutable_instalments(0)->clear_perform_time();
       }},
      {"dispute.ending.routes_told",
       [](v1::Dispute* d) {
         for (int i = 0; i < 21; ++i) d->mutable_ending()->add_routes_told("10");
       }},
      {"dispute.agreement.signatures",
       [](v1::Dispute* d) {
         for (int i = 0; i < 200; ++i) d->mutable_agreement()->add_signatures();
       }},
  };
  const absl::Time now = At(kNow);
  for (const auto& row : kCases) {
    v1::Dispute dispute = OldCase();
    row.edit(&dispute);
    EXPECT_THAT(CheckPast(dispute, now), NamesField(row.field)) << row.field;
  }
}

}  // namespace
}  // namespace pingan::disputes
