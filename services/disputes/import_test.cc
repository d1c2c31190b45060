#include "services/disputes/import.h"

#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "common/testing/matchers.h"
#include "services/disputes/registration.h"
#include "services/disputes/rules_fixture.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::At;
using testing::World;
using State = v1::Dispute::State;

google::protobuf::Timestamp Stamp(const char* text) {
  return ToProto(At(text));
}

// A case of 2024 that the ledger has as closed, with two owners.
v1::ImportDisputesRequest OldCase() {
  v1::ImportDisputesRequest request;
  request.set_row_id("1");
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute = World::NewCase().dispute();
  *dispute.mutable_occur_time() = Stamp("2024-02-28 10:00");
  *dispute.mutable_create_time() = Stamp("2024-03-01 10:00");
  dispute.set_state(v1::Dispute::CLOSED);
  dispute.set_level(v1::TOWNSHIP);
  for (const char* unit : {"411602001001-PMC", "411602001-GC"}) {
    dispute.add_custody()->mutable_unit()->set_code(unit);
  }
  *dispute.mutable_custody(0)->mutable_from_time() = dispute.create_time();
  *dispute.mutable_custody(0)->mutable_to_time() = Stamp("2024-03-05 10:00");
  *dispute.mutable_custody(1)->mutable_from_time() = Stamp("2024-03-05 10:00");
  for (const char* day : {"2024-03-06 10:00", "2024-03-08 10:00"}) {
    v1::Attempt& attempt = *dispute.add_attempts();
    *attempt.mutable_meet_time() = Stamp(day);
    attempt.set_outcome(v1::Attempt::UNSUCCESSFUL);
    attempt.set_method("01");
  }
  dispute.mutable_agreement()->set_text("pays");
  *dispute.mutable_agreement()->mutable_effect_time() = Stamp("2024-03-10 10:00");
  v1::Instalment& instalment = *dispute.mutable_agreement()->add_instalments();
  *instalment.mutable_due_time() = Stamp("2024-04-01 10:00");
  *instalment.mutable_perform_time() = Stamp("2024-03-30 10:00");
  *dispute.mutable_ending()->mutable_end_time() = Stamp("2024-04-05 10:00");
  return request;
}

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

TEST(Import, LateResolutionIsLate) {
  const World world;
  v1::ImportDisputesRequest request = OldCase();
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

// Each state with the content it wants, out of the old case.
v1::ImportDisputesRequest OldCaseIn(State state) {
  v1::ImportDisputesRequest request = OldCase();
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_state(state);
  if (state != v1::Dispute::CLOSED && state != v1::Dispute::PERFORMING) {
    dispute.mutable_agreement()->clear_effect_time();
    if (state != v1::Dispute::AGREED) dispute.clear_agreement();
    dispute.mutable_attempts()->RemoveLast();  // it was after this end
    *dispute.mutable_ending()->mutable_end_time() = Stamp("2024-03-07 10:00");
  }
  if (IsOpen(state) && state != v1::Dispute::FAILED) dispute.clear_ending();
  if (state == v1::Dispute::DIVERTED) dispute.mutable_ending()->set_route("09");
  if (state == v1::Dispute::REOPENED) {
    *dispute.add_reopenings()->mutable_reopen_time() = Stamp("2024-05-01 10:00");
  }
  return request;
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

TEST(Import, AClockMayBeAsLongAsARuleCanNameIt) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::ACCEPTED);
  v1::Clock& clock = *request.mutable_dispute()->mutable_statutory();
  clock.set_step("handle");
  *clock.mutable_start_time() = request.dispute().create_time();
  clock.set_days(calendar::kDaysMax);
  const auto decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.dispute().statutory().days(), calendar::kDaysMax);
}

TEST(Import, TakesTheFirstDayOfTheRepublic) {
  const World world;
  v1::ImportDisputesRequest request = OldCaseIn(v1::Dispute::REGISTERED);
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.clear_occur_time();
  dispute.clear_attempts();
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

// It lies in the open.
TEST(Import, RowIdIsNobodysNumber) {
  const World world;
  v1::ImportDisputesRequest request = OldCase();
  for (const char* id : {"11010519491231002X", "110105491231002", "13800000001"}) {
    request.set_row_id(id);
    EXPECT_THAT(DecideImport(request, world.env()), NamesField("row_id"));
  }
  request.set_row_id("2024-0001");
  EXPECT_OK(DecideImport(request, world.env()));
}

// What a past counts or gives a right to is of the importer's own area.
TEST(Import, AUnitThatIsCountedOrHasRightsIsOfTheImportersArea) {
  World world;
  world.caller.area = "411602";
  const struct {
    const char* field;
    State state;
    common::v1::Unit* (*of)(v1::Dispute*);
    bool own;
  } kUnits[] = {
      {"custody[0].unit", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { return d->mutable_custody(0)->mutable_unit(); }, false},
      {"custody[1].unit", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { return d->mutable_custody(1)->mutable_unit(); }, true},
      {"reopenings[0].closing_unit", v1::Dispute::REOPENED,
       [](v1::Dispute* d) { return d->mutable_reopenings(0)->mutable_closing_unit(); }, true},
      {"ending.unit", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { return d->mutable_ending()->mutable_unit(); }, true},
      {"ending.unit", v1::Dispute::FAILED,
       [](v1::Dispute* d) { return d->mutable_ending()->mutable_unit(); }, false},
  };
  for (const auto& [field, state, of, own] : kUnits) {
    SCOPED_TRACE(field);
    const auto import = [&, state = state, of = of](const char* area) {
      v1::ImportDisputesRequest request = OldCaseIn(state);
      common::v1::Unit& unit = *of(request.mutable_dispute());
      unit.set_code("UNIT");
      unit.set_area(area);
      return DecideImport(request, world.env());
    };
    const auto named = NamesField("dispute." + std::string(field) + ".area");
    EXPECT_OK(import("411602001000"));
    EXPECT_THAT(import("999999999999"), named);
    EXPECT_THAT(import("411602001999"), named);
    if (own) {
      EXPECT_THAT(import(testing::kOtherVillage), named);
    } else {
      EXPECT_OK(import(testing::kOtherVillage));
    }
  }
}

TEST(Import, NamesWhatDoesNotAgree) {
  using Edit = void (*)(v1::Dispute*);
  const struct {
    const char* field;
    State state;
    Edit edit;
  } kCases[] = {
      {"dispute.area", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->set_area("411602001999"); }},
      {"dispute.category", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->set_category("02"); }},
      {"dispute.state", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->clear_state(); }},
      {"dispute.create_time", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->clear_create_time(); }},
      {"dispute.create_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { *d->mutable_create_time() = Stamp("2026-03-02 10:01"); }},
      {"dispute.occur_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { *d->mutable_occur_time() = Stamp("2024-03-01 10:01"); }},
      {"dispute.custody[0].from_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_custody(0)->mutable_from_time() = Stamp("2024-03-01 10:01");
       }},
      {"dispute.custody[1].from_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_custody(1)->mutable_from_time() = Stamp("2024-03-06 10:00");
       }},
      {"dispute.custody[1].to_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_custody(1)->mutable_to_time() = Stamp("2024-03-07 10:00");
       }},
      {"dispute.custody[0].unit", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_custody(0)->clear_unit(); }},
      {"dispute.attempts[1].meet_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_attempts(1)->mutable_meet_time() = Stamp("2024-03-06 09:00");
       }},
      {"dispute.attempts[0].meet_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_attempts(0)->mutable_meet_time() = Stamp("2024-02-29 09:00");
       }},
      {"dispute.attempts[0].method", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_attempts(0)->set_method("x"); }},
      {"dispute.agreement.text", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->clear_agreement(); }},
      {"dispute.agreement.version", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_agreement()->set_version(INT32_MAX); }},
      {"dispute.agreement.version", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_agreement()->set_version(-5); }},
      {"dispute.agreement.effect_time", v1::Dispute::PERFORMING,
       [](v1::Dispute* d) { d->mutable_agreement()->clear_effect_time(); }},
      {"dispute.agreement.effect_time", v1::Dispute::AGREED,
       [](v1::Dispute* d) {
         *d->mutable_agreement()->mutable_effect_time() = Stamp("2024-03-10 10:00");
       }},
      {"dispute.agreement", v1::Dispute::MEDIATING,
       [](v1::Dispute* d) { d->mutable_agreement()->set_text("too early"); }},
      {"dispute.agreement.instalments[0].perform_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         d->mutable_agreement()->mutable_instalments(0)->clear_perform_time();
       }},
      {"dispute.agreement.instalments[0].due_time", v1::Dispute::PERFORMING,
       [](v1::Dispute* d) { d->mutable_agreement()->mutable_instalments(0)->clear_due_time(); }},
      {"dispute.ending", v1::Dispute::CLOSED, [](v1::Dispute* d) { d->clear_ending(); }},
      {"dispute.ending", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) { d->mutable_ending()->set_reason("settled"); }},
      {"dispute.ending.end_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_ending()->mutable_end_time() = Stamp("2024-03-09 10:00");
       }},
      {"dispute.ending.end_time", v1::Dispute::REFUSED,
       [](v1::Dispute* d) {
         *d->mutable_ending()->mutable_end_time() = Stamp("2024-02-09 10:00");
       }},
      {"dispute.ending.route", v1::Dispute::DIVERTED,
       [](v1::Dispute* d) { d->mutable_ending()->set_route("x"); }},
      {"dispute.reopenings", v1::Dispute::REOPENED, [](v1::Dispute* d) { d->clear_reopenings(); }},
      {"dispute.reopenings[0].reopen_time", v1::Dispute::REOPENED,
       [](v1::Dispute* d) {
         *d->mutable_reopenings(0)->mutable_reopen_time() = Stamp("2027-02-09 10:00");
       }},
      {"dispute.create_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { *d->mutable_create_time() = Stamp("1949-09-30 23:59"); }},
      {"dispute.statutory.days", v1::Dispute::ACCEPTED,
       [](v1::Dispute* d) {
         *d->mutable_statutory()->mutable_start_time() = d->create_time();
         d->mutable_statutory()->set_days(calendar::kDaysMax + 1);
       }},
      {"dispute.statutory.days", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_statutory()->set_days(-1); }},
      {"dispute.management.extension_days", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_management()->set_extension_days(calendar::kDaysMax + 1); }},
      {"dispute.statutory.start_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         *d->mutable_statutory()->mutable_start_time() = Stamp("2027-02-09 10:00");
       }},
      {"dispute.statutory.pauses[0].from_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_statutory()->add_pauses(); }},
      {"dispute.statutory.pauses[0].to_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         v1::Pause& pause = *d->mutable_statutory()->add_pauses();
         *pause.mutable_from_time() = d->create_time();
         *pause.mutable_to_time() = Stamp("9999-12-31 10:00");
       }},
      {"dispute.statutory.changes[0].days_before", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         v1::LimitChange& change = *d->mutable_statutory()->add_changes();
         *change.mutable_change_time() = d->create_time();
         change.set_days_before(calendar::kDaysMax + 1);
       }},
      {"dispute.statutory.changes[0].days_after", v1::Dispute::CLOSED,
       [](v1::Dispute* d) {
         v1::LimitChange& change = *d->mutable_statutory()->add_changes();
         *change.mutable_change_time() = d->create_time();
         change.set_days_after(calendar::kDaysMax + 1);
       }},
      {"dispute.statutory.changes[0].change_time", v1::Dispute::CLOSED,
       [](v1::Dispute* d) { d->mutable_statutory()->add_changes(); }},
  };
  const World world;
  for (const auto& row : kCases) {
    v1::ImportDisputesRequest request = OldCaseIn(row.state);
    ASSERT_OK(DecideImport(request, world.env()));
    row.edit(request.mutable_dispute());
    EXPECT_THAT(DecideImport(request, world.env()), NamesField(row.field)) << row.field;
  }
}

}  // namespace
}  // namespace pingan::disputes
