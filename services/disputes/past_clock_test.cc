#include "services/disputes/past_clock.h"

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::NamesField;
using testing::At;

constexpr char kNow[] = "2026-03-02 10:00";

void Change(v1::Clock* clock, const char* time, int before, int after) {
  v1::LimitChange& change = *clock->add_changes();
  *change.mutable_change_time() = ToProto(At(time));
  change.set_days_before(before);
  change.set_days_after(after);
}

// Both clocks of a case under mediation, as long as they may be; its colour changed twice.
v1::Dispute Handled() {
  v1::Dispute dispute;
  *dispute.mutable_create_time() = ToProto(At("2024-03-01 10:00"));
  for (v1::Clock* clock : {dispute.mutable_statutory(), dispute.mutable_management()}) {
    clock->set_step("handle");
    clock->set_base(v1::Clock::CALENDAR_DAYS);
    clock->set_days(30);
    clock->set_extension_days(30);
    *clock->mutable_start_time() = ToProto(At("2024-03-02 10:00"));
  }
  Change(dispute.mutable_management(), "2024-03-03 10:00", 20, 5);
  Change(dispute.mutable_management(), "2024-03-04 10:00", 5, 30);
  return dispute;
}

TEST(PastClock, IsNoLongerThanTheRulesMakeIt) {
  const struct {
    const char* field;
    void (*edit)(v1::Dispute*);
  } kCases[] = {
      {"statutory.step", [](v1::Dispute* d) { d->mutable_statutory()->set_step("verify"); }},
      {"statutory.step", [](v1::Dispute* d) { d->mutable_statutory()->set_step("other"); }},
      {"management.step", [](v1::Dispute* d) { d->mutable_management()->set_step("other"); }},
      {"statutory.base",
       [](v1::Dispute* d) { d->mutable_statutory()->set_base(v1::Clock::WORKING_DAYS); }},
      {"statutory.base", [](v1::Dispute* d) { d->mutable_statutory()->set_step("accept"); }},
      {"statutory.days", [](v1::Dispute* d) { d->mutable_statutory()->set_days(31); }},
      {"statutory.days",
       [](v1::Dispute* d) {
         d->mutable_statutory()->set_step("accept");
         d->mutable_statutory()->set_base(v1::Clock::WORKING_DAYS);
         d->mutable_statutory()->set_days(6);
       }},
      {"statutory.extension_days",
       [](v1::Dispute* d) { d->mutable_statutory()->set_extension_days(31); }},
      {"management.days", [](v1::Dispute* d) { d->mutable_management()->set_days(31); }},
      {"management.extension_days",
       [](v1::Dispute* d) { d->mutable_management()->set_extension_days(31); }},
  };
  for (const auto& [field, edit] : kCases) {
    v1::Dispute dispute = Handled();
    ASSERT_OK(CheckClocks(dispute, At(kNow)));
    edit(&dispute);
    EXPECT_THAT(CheckClocks(dispute, At(kNow)), NamesField(absl::StrCat("dispute.", field)));
  }
}

TEST(PastClock, AVisitHasTheDaysTheCityGivesIt) {
  v1::Dispute dispute = Handled();
  v1::Clock& clock = *dispute.mutable_management();
  clock.clear_changes();
  clock.set_step("verify");
  clock.set_base(v1::Clock::WORKING_DAYS);
  clock.set_days(calendar::kDaysMax);
  EXPECT_OK(CheckClocks(dispute, At(kNow)));
}

TEST(PastClock, ChangesLeadFromOneToTheNextAndToItsDays) {
  const struct {
    const char* field;
    void (*edit)(v1::Clock*);
  } kCases[] = {
      {"days_after", [](v1::Clock* c) { c->set_days(29); }},
      {"days_before", [](v1::Clock* c) { c->mutable_changes(1)->set_days_before(6); }},
      {"change_time",
       [](v1::Clock* c) {
         *c->mutable_changes(1)->mutable_change_time() = ToProto(At("2024-03-03 09:59"));
       }},
  };
  for (const auto& [part, edit] : kCases) {
    v1::Dispute dispute = Handled();
    edit(dispute.mutable_management());
    EXPECT_THAT(CheckClocks(dispute, At(kNow)),
                NamesField(absl::StrCat("dispute.management.changes[1].", part)));
  }
  v1::Dispute early = Handled();
  *early.mutable_management()->mutable_changes(0)->mutable_change_time() = early.create_time();
  EXPECT_THAT(CheckClocks(early, At(kNow)),
              NamesField("dispute.management.changes[0].change_time"));
}

}  // namespace
}  // namespace pingan::disputes
