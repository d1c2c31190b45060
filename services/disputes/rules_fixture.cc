#include "services/disputes/rules_fixture.h"

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "services/disputes/agreement.h"
#include "services/disputes/clocks.h"
#include "services/disputes/custody.h"
#include "services/disputes/instants.h"
#include "services/disputes/mediation.h"
#include "services/disputes/message.h"
#include "services/disputes/particulars.h"
#include "services/disputes/progress.h"
#include "services/disputes/registration.h"
#include "services/disputes/sweep.h"

namespace pingan::disputes::testing {
namespace {

constexpr char kAreas[] =
    "# source: synthetic\n"
    "# date: 2026-01-01\n"
    "410000000000\t河南省\n"
    "411600000000\t周口市\n"
    "411602000000\t川汇区\n"
    "411602001000\t甲街道\n"
    "411602001001\t一村\n"
    "411602001002\t二村\n"
    "411603000000\t淮阳区\n"
    "411603100000\t乙镇\n"
    "411603100200\t三村\n";

// The value, or the end of the test with the reason.
template <class T>
T Must(StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::cerr << "fixture: " << value.status() << "\n";
  std::abort();
}

Decided Sign(const v1::DisputeRecord& before, v1::Signature::Role role, const Env& env) {
  v1::SignAgreementRequest request;
  request.mutable_signature()->set_role(role);
  return DecideSign(before, request, env);
}

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

v1::RecordFollowUpRequest Visit(absl::Time now) {
  v1::RecordFollowUpRequest request;
  *request.mutable_follow_up()->mutable_visit_time() = ToProto(now);
  request.mutable_follow_up()->set_visitor("visitor");
  request.mutable_follow_up()->set_performed(true);
  return request;
}

template <class Request>
Request Because() {
  Request request;
  request.set_reason("because");
  return request;
}

template <class Request>
Request AllAgree(const v1::DisputeRecord& record) {
  Request request;
  for (const auto& party : record.dispute().parties()) {
    request.add_consenting_parties(party.id());
  }
  return request;
}

Decided ApplyToHandling(Action action, const v1::DisputeRecord& before, const Env& env) {
  switch (action) {
    case Action::kAcceptDispute:
      return DecideAccept(before, {}, env);
    case Action::kRefuseDispute:
      return DecideRefuse(before, Because<v1::RefuseDisputeRequest>(), env);
    case Action::kDivertDispute: {
      auto request = Because<v1::DivertDisputeRequest>();
      request.set_route("06");
      return DecideDivert(before, request, env);
    }
    case Action::kAssignPerson: {
      v1::AssignPersonRequest request;
      request.set_person("officer-2");
      return DecideAssign(before, request, env);
    }
    case Action::kStartMediation:
      return DecideStartMediation(before, {}, env);
    case Action::kRecordAttempt:
      return DecideRecordAttempt(before, Meeting(v1::Attempt::ADJOURNED, env.now), env);
    case Action::kEndMediation:
      return DecideEndMediation(before, Because<v1::EndMediationRequest>(), env);
    case Action::kEscalateDispute:
      return DecideEscalate(before, Because<v1::EscalateDisputeRequest>(), env);
    case Action::kCloseDispute:
      return DecideClose(before, {}, env);
    case Action::kReopenDispute:
      return DecideReopen(before, Because<v1::ReopenDisputeRequest>(), env);
    default:
      return absl::UnimplementedError("no such action");
  }
}

Decided ApplyToAgreement(Action action, const v1::DisputeRecord& before, const Env& env) {
  switch (action) {
    case Action::kRecordAgreement:
      return DecideRecordAgreement(before, Agreement(false), env);
    case Action::kSignAgreement:
      return Sign(before, v1::Signature::MEDIATOR, env);
    case Action::kRequestConfirmation:
      return DecideRequestConfirmation(before, AllAgree<v1::RequestConfirmationRequest>(before),
                                       env);
    case Action::kRecordPerformance: {
      v1::RecordPerformanceRequest request;
      request.set_instalment("1");
      return DecideRecordPerformance(before, request, env);
    }
    case Action::kRecordFollowUp:
      return DecideFollowUp(before, Visit(env.now), env);
    case Action::kRecordSatisfaction: {
      v1::RecordSatisfactionRequest request;
      request.mutable_satisfaction()->set_score(5);
      return DecideSatisfaction(before, request, env);
    }
    default:
      return ApplyToHandling(action, before, env);
  }
}

Decided ApplyToOwner(Action action, const v1::DisputeRecord& before, const Env& env) {
  switch (action) {
    case Action::kOfferTransfer: {
      auto request = Because<v1::OfferTransferRequest>();
      const bool there = before.dispute().area() == kSecondVillage;
      request.mutable_to()->set_code(there ? "411602001-GC" : "411602001002-PMC");
      request.mutable_to()->set_area(there ? "411602001000" : kSecondVillage);
      return DecideOfferTransfer(before, request, env);
    }
    case Action::kAcceptTransfer:
      return DecideAcceptTransfer(before, {}, env);
    case Action::kRejectTransfer:
      return DecideRejectTransfer(before, Because<v1::RejectTransferRequest>(), env);
    case Action::kRevokeTransfer:
      return DecideRevokeTransfer(before, {}, env);
    case Action::kUpdateDispute: {
      v1::UpdateDisputeRequest request;
      request.mutable_dispute()->set_title("a wall");
      request.mutable_update_mask()->add_paths("title");
      return DecideUpdate(before, request, env);
    }
    case Action::kPostMessage: {
      v1::PostMessageRequest request;
      request.mutable_message()->set_text("note");
      return DecidePostMessage(before, request, env);
    }
    default:
      return ApplyToAgreement(action, before, env);
  }
}

}  // namespace

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string problem;
  if (!absl::ParseTime("%Y-%m-%d %H:%M", text, calendar::Shanghai(), &time, &problem)) std::abort();
  return time;
}

absl::Time Monday() { return At("2026-03-02 10:00"); }

World::World()
    : caller{.subject = "officer-1", .roles = {"mediator"}, .area = "4116"},
      now(Monday()),
      areas(Must(area::Tree::Parse(kAreas, "areas"))),
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

Decided World::Apply(Action action, const v1::DisputeRecord& before) const {
  switch (action) {
    case Action::kPauseClock:
      return DecidePause(before, Because<v1::PauseClockRequest>(), env());
    case Action::kResumeClock:
      return DecideResume(before, {}, env());
    case Action::kExtendDeadline: {
      auto request = AllAgree<v1::ExtendDeadlineRequest>(before);
      request.set_days(10);
      return DecideExtend(before, request, env());
    }
    case Action::kChangeRisk: {
      auto request = Because<v1::ChangeRiskRequest>();
      request.set_risk(v1::ORANGE);
      return DecideChangeRisk(before, request, env());
    }
    case Action::kReportCriminalRisk:
      return DecideReportCriminalRisk(before, Because<v1::ReportCriminalRiskRequest>(), env());
    default:
      return ApplyToOwner(action, before, env());
  }
}

v1::DisputeRecord World::Do(Action action, const v1::DisputeRecord& before) const {
  return Must(Apply(action, before)).after;
}

v1::DisputeRecord World::FailMeeting(const v1::DisputeRecord& before) const {
  return Must(DecideRecordAttempt(before, Meeting(v1::Attempt::UNSUCCESSFUL, now), env())).after;
}

std::vector<std::string> World::Tick(absl::Time at, v1::DisputeRecord* record) {
  now = at;
  auto decision = Must(DecideTick(*record, env()));
  *record = std::move(decision.after);
  return decision.events;
}

}  // namespace pingan::disputes::testing
