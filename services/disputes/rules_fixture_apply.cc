#include <algorithm>
#include <vector>

#include "common/base/instants.h"
#include "services/disputes/agreement.h"
#include "services/disputes/clocks.h"
#include "services/disputes/custody.h"
#include "services/disputes/mediation.h"
#include "services/disputes/message.h"
#include "services/disputes/particulars.h"
#include "services/disputes/progress.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes::testing {
namespace {

// The first mark that is missing: of the mediator, the committee, each party.
Decided Sign(const v1::DisputeRecord& before, const Env& env) {
  std::vector<v1::Signature> marks(2);
  marks[0].set_role(v1::Signature::MEDIATOR);
  marks[1].set_role(v1::Signature::COMMITTEE_SEAL);
  for (const v1::Party& party : before.dispute().parties()) {
    marks.emplace_back().set_role(v1::Signature::PARTY);
    marks.back().set_party(party.id());
  }
  const auto given = static_cast<size_t>(before.dispute().agreement().signatures_size());
  v1::SignAgreementRequest request;
  *request.mutable_signature() = marks[std::min(given, marks.size() - 1)];
  return DecideSign(before, request, env);
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
      return Sign(before, env);
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

}  // namespace pingan::disputes::testing
