#include "services/disputes/agreement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/caller.h"
#include "common/base/instants.h"
#include "common/calendar/clock_rule.h"
#include "services/disputes/bounds.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/limits.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

void TakeEffect(v1::Dispute* dispute, const Env& env) {
  v1::Agreement& agreement = *dispute->mutable_agreement();
  *agreement.mutable_effect_time() = ToProto(env.now);
  *agreement.mutable_confirmation_deadline() = ToProto(ConfirmationDeadline(env.now, env.calendar));
  dispute->set_state(v1::Dispute::PERFORMING);
  dispute->set_resolved_level(dispute->level());
  *dispute->mutable_resolve_time() = ToProto(env.now);
}

bool HasSigned(const v1::Agreement& agreement, v1::Signature::Role role, const std::string& party) {
  return std::any_of(
      agreement.signatures().begin(), agreement.signatures().end(),
      [&](const v1::Signature& s) { return s.role() == role && s.party() == party; });
}

Status CheckSignature(const v1::Dispute& dispute, const v1::Signature& signature) {
  const bool known = std::any_of(dispute.parties().begin(), dispute.parties().end(),
                                 [&](const v1::Party& p) { return p.id() == signature.party(); });
  if (known != (signature.role() == v1::Signature::PARTY)) {
    return FieldError("signature.party", "want the id of a party that signs, else nothing");
  }
  if (HasSigned(dispute.agreement(), signature.role(), signature.party())) {
    return FieldError(known ? "signature.party" : "signature.role", "has signed already");
  }
  return absl::OkStatus();
}

Status CheckAgreement(const v1::Agreement& agreement, absl::Time now) {
  for (int i = 0; i < agreement.instalments_size(); ++i) {
    if (FromProto(agreement.instalments(i).due_time()) >= now) continue;
    return FieldError("agreement.instalments[" + std::to_string(i) + "].due_time",
                      "must not be in the past");
  }
  return absl::OkStatus();
}

// The version after `before`, with nothing but text and instalments from what was sent.
v1::Agreement NextVersion(const v1::Agreement& before, const v1::Agreement& sent) {
  v1::Agreement next;
  next.set_version(before.version() + 1);
  next.set_oral(sent.oral());
  next.set_text(sent.text());
  *next.mutable_earlier_texts() = before.earlier_texts();
  if (before.version() > 0) next.add_earlier_texts(before.text());
  for (const v1::Instalment& instalment : sent.instalments()) {
    v1::Instalment& added = *next.add_instalments();
    added.set_id(std::to_string(next.instalments_size()));
    *added.mutable_due_time() = instalment.due_time();
    added.set_what(instalment.what());
  }
  return next;
}

}  // namespace

bool IsSigned(const v1::Dispute& dispute) {
  const v1::Agreement& agreement = dispute.agreement();
  return HasSigned(agreement, v1::Signature::MEDIATOR, "") &&
         HasSigned(agreement, v1::Signature::COMMITTEE_SEAL, "") &&
         std::all_of(dispute.parties().begin(), dispute.parties().end(), [&](const v1::Party& p) {
           return HasSigned(agreement, v1::Signature::PARTY, p.id());
         });
}

bool AllConsent(const v1::Dispute& dispute,
                const google::protobuf::RepeatedPtrField<std::string>& ids) {
  return std::all_of(dispute.parties().begin(), dispute.parties().end(),
                     [&](const v1::Party& party) {
                       return std::find(ids.begin(), ids.end(), party.id()) != ids.end();
                     });
}

absl::Time ConfirmationDeadline(absl::Time effect, const calendar::Calendar& calendar) {
  return calendar::Deadline(
      {.start = effect,
       .limit = {.days = kConfirmationDays, .source = "people's-mediation law art. 33"}},
      calendar);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRecordAgreement(
    const v1::DisputeRecord& before, const v1::RecordAgreementRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRecordAgreement, env));
  RETURN_IF_ERROR(CheckAgreement(request.agreement(), env.now));
  const v1::Agreement& standing = before.dispute().agreement();
  RETURN_IF_ERROR(
      CheckRoom(standing.earlier_texts_size(), kEarlierTextsMax, "superseded agreements"));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  *dispute.mutable_agreement() = NextVersion(standing, request.agreement());
  dispute.set_state(NextState(before.dispute(), Action::kRecordAgreement));
  std::vector<std::string> events = {"agreement.recorded"};
  if (dispute.agreement().oral()) {
    TakeEffect(&dispute, env);
    events.push_back("agreement.effected");
  }
  return Settle(before, std::move(after), std::move(events), env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideSign(const v1::DisputeRecord& before,
                                                 const v1::SignAgreementRequest& request,
                                                 const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kSignAgreement, env));
  RETURN_IF_ERROR(CheckSignature(before.dispute(), request.signature()));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  v1::Signature& signature = *dispute.mutable_agreement()->add_signatures();
  signature.set_role(request.signature().role());
  signature.set_party(request.signature().party());
  signature.set_recorded_by(env.caller.subject);
  *signature.mutable_sign_time() = ToProto(env.now);
  std::vector<std::string> events = {"agreement.signed"};
  if (IsSigned(dispute)) {
    TakeEffect(&dispute, env);
    events.push_back("agreement.effected");
  }
  return Settle(before, std::move(after), std::move(events), env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRequestConfirmation(
    const v1::DisputeRecord& before, const v1::RequestConfirmationRequest& request,
    const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRequestConfirmation, env));
  for (int i = 0; i < request.consenting_parties_size(); ++i) {
    if (!HasParty(before.dispute(), request.consenting_parties(i)))
      return FieldError(absl::StrCat("consenting_parties[", i, "]"), "no such party");
  }
  if (!AllConsent(before.dispute(), request.consenting_parties())) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::CONSENT_MISSING,
                 "want the consent of every party");
  }
  v1::DisputeRecord after = before;
  *after.mutable_dispute()->mutable_agreement()->mutable_confirmation_time() = ToProto(env.now);
  return Settle(before, std::move(after), {"confirmation.requested"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideRecordPerformance(
    const v1::DisputeRecord& before, const v1::RecordPerformanceRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRecordPerformance, env));
  v1::DisputeRecord after = before;
  auto& instalments = *after.mutable_dispute()->mutable_agreement()->mutable_instalments();
  const auto found =
      std::find_if(instalments.begin(), instalments.end(),
                   [&](const v1::Instalment& i) { return i.id() == request.instalment(); });
  if (found == instalments.end()) return FieldError("instalment", "no such instalment");
  if (found->has_perform_time()) return FieldError("instalment", "is performed already");
  *found->mutable_perform_time() = ToProto(env.now);
  return Settle(before, std::move(after), {"instalment.performed"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideFollowUp(const v1::DisputeRecord& before,
                                                     const v1::RecordFollowUpRequest& request,
                                                     const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRecordFollowUp, env));
  RETURN_IF_ERROR(CheckWithin(request.follow_up().visit_time(), before.dispute(),
                              "follow_up.visit_time", env.now));
  RETURN_IF_ERROR(CheckRoom(before.dispute().follow_ups_size(), kVisitsMax, "visits"));
  v1::DisputeRecord after = before;
  *after.mutable_dispute()->add_follow_ups() = request.follow_up();
  return Settle(before, std::move(after), {"follow_up.recorded"}, env);
}

}  // namespace pingan::disputes
