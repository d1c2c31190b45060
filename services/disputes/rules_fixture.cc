#include "services/disputes/rules_fixture.h"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "common/base/instants.h"
#include "common/testing/areas.h"
#include "services/disputes/agreement.h"
#include "services/disputes/mediation.h"
#include "services/disputes/registration.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes::testing {
namespace {

// The value, or the end of the test with the reason.
template <class T>
T Must(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << "fixture: " << value.status() << "\n";
  std::abort();
}

}  // namespace

v1::RecordAttemptRequest Meeting(v1::Attempt::Outcome outcome, absl::Time now) {
  v1::RecordAttemptRequest request;
  v1::Attempt& attempt = *request.mutable_attempt();
  *attempt.mutable_meet_time() = ToProto(now);
  attempt.set_outcome(outcome);
  attempt.set_method("01");
  attempt.set_mediator("mediator");
  return request;
}

v1::RecordAgreementRequest Agreement(bool oral) {
  v1::RecordAgreementRequest request;
  request.mutable_agreement()->set_oral(oral);
  request.mutable_agreement()->set_text("the wall is moved");
  return request;
}

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime("%Y-%m-%d %H:%M", text, calendar::Shanghai(), &time, &problem)) std::abort();
  return time;
}

absl::Time Monday() {
  return At("2026-03-02 10:00");
}

World::World()
    : caller{.subject = "officer-1", .roles = {"mediator"}, .area = "4116"},
      now(Monday()),
      areas(Must(area::Tree::Parse(pingan::testing::kAreas, "areas"))),
      calendar(calendar::Calendar::Embedded()) {}

v1::CreateDisputeRequest World::NewCase() {
  v1::CreateDisputeRequest request;
  v1::Dispute& dispute = *request.mutable_dispute();
  dispute.set_area(kVillage);
  dispute.set_title("water");
  dispute.set_category("0201");
  dispute.set_source(v1::WALK_IN);
  for (const char* name : {"甲", "乙"}) {
    v1::Party& party = *dispute.add_parties();
    party.set_kind(v1::Party::PERSON);
    party.set_display_name(name);
  }
  return request;
}

v1::DisputeRecord World::Registered() const {
  v1::DisputeRecord record = Must(DecideCreate({}, NewCase(), env())).after;
  Number(&record, 1);
  return record;
}

v1::DisputeRecord World::InState(v1::Dispute::State state) const {
  v1::DisputeRecord record = Registered();
  const auto go = [&](Action action) { record = Do(action, record); };
  if (state == v1::Dispute::REGISTERED) return record;
  if (state == v1::Dispute::REFUSED) return Do(Action::kRefuseDispute, record);
  if (state == v1::Dispute::DIVERTED) return Do(Action::kDivertDispute, record);
  go(Action::kAcceptDispute);
  if (state == v1::Dispute::ACCEPTED) return record;
  go(Action::kStartMediation);
  if (state == v1::Dispute::MEDIATING) return record;
  if (state == v1::Dispute::FAILED) return Do(Action::kEndMediation, record);
  if (state == v1::Dispute::AGREED) return Do(Action::kRecordAgreement, record);
  record = Must(DecideRecordAgreement(record, Agreement(true), env())).after;
  go(Action::kRecordFollowUp);
  if (state == v1::Dispute::PERFORMING) return record;
  go(Action::kCloseDispute);
  return state == v1::Dispute::CLOSED ? record : Do(Action::kReopenDispute, record);
}

v1::DisputeRecord World::Do(Action action, const v1::DisputeRecord& before) const {
  return Must(Apply(action, before)).after;
}

v1::DisputeRecord World::FailMeeting(const v1::DisputeRecord& before) const {
  return Must(DecideRecordAttempt(before, Meeting(v1::Attempt::UNSUCCESSFUL, now), env())).after;
}

v1::DisputeRecord World::FindBroken(const v1::DisputeRecord& before) const {
  v1::RecordFollowUpRequest request;
  *request.mutable_follow_up()->mutable_visit_time() = ToProto(now);
  request.mutable_follow_up()->set_visitor("visitor");
  return Must(DecideFollowUp(before, request, env())).after;
}

std::vector<std::string> World::Tick(absl::Time at, v1::DisputeRecord* record) {
  now = at;
  auto decision = Must(DecideTick(*record, env()));
  *record = std::move(decision.after);
  return decision.events;
}

}  // namespace pingan::disputes::testing
