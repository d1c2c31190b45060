#include "common/calendar/clock_rule.h"
#include "common/testing/matchers.h"
#include "services/disputes/import.h"
#include "services/disputes/old_case_fixture.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::OldCase;
using testing::OldCaseIn;
using testing::Stamp;
using testing::World;
using State = v1::Dispute::State;

// What a past counts or gives a right to is of the importer's own area.
TEST(ImportRefuses, AUnitThatIsCountedOrHasRightsIsOfTheImportersArea) {
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

TEST(ImportRefuses, AnOwnerWhoWouldNotSeeTheCase) {
  World world;
  world.caller.area = "";  // everywhere
  v1::ImportDisputesRequest request = OldCase();
  common::v1::Unit& owner = *request.mutable_dispute()->mutable_custody(1)->mutable_unit();
  for (const char* area : {testing::kSecondVillage, testing::kOtherVillage, "411603000000"}) {
    owner.set_area(area);
    EXPECT_THAT(DecideImport(request, world.env()), NamesField("dispute.custody[1].unit.area"));
  }
  owner.set_area("411602001000");
  EXPECT_OK(DecideImport(request, world.env()));
}

TEST(ImportRefuses, NamesWhatDoesNotAgree) {
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
