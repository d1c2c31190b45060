#include "services/disputes/particulars.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "common/base/instants.h"
#include "common/calendar/working_days.h"
#include "common/identifier/document.h"
#include "services/disputes/codes.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/message.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

using identifier::CitizenIdForm;

constexpr std::string_view kUpdatable[] = {"title",  "description", "category",
                                           "causes", "scale",       "people_involved",
                                           "place",  "occur_time",  "parties"};

// The number in normal form, if there is one: of a known type, and nobody of tomorrow's.
Status NormaliseDocument(v1::Party* party, const std::string& path, CitizenIdForm form,
                         absl::Time now) {
  const std::string& type = party->document_type();
  if (!type.empty() && !IsDocumentType(type)) {
    return FieldError(path + ".document_type", "no such document-type");
  }
  if (party->document_number().empty()) return absl::OkStatus();
  const std::string field = path + ".document_number";
  if (type.empty()) {
    return FieldError(path + ".document_type", "want a type", common::v1::FIELD_REQUIRED);
  }
  ASSIGN_OR_RETURN(*party->mutable_document_number(),
                   identifier::ParseDocumentNumber(field, type, party->document_number(), form));
  if (!identifier::CarriesCitizenId(type)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto id, identifier::ParseCitizenId(field, party->document_number()));
  if (id.birth <= calendar::DayOf(now)) return absl::OkStatus();
  return FieldError(field, "the birth date is in the future");
}

std::string IdOf(int number) {
  return std::to_string(number);
}

// Gives the sent parties the ids of those they are, and new ids to the others.
Status KeepIds(const v1::Dispute& before, v1::Dispute* after) {
  std::set<std::string> known, kept;
  for (const auto& party : before.parties()) known.insert(party.id());
  auto& parties = *after->mutable_parties();
  int next = before.parties_size();
  for (int i = 0; i < parties.size(); ++i) {
    std::string id = parties[i].id();
    if (!known.contains(id)) id = IdOf(++next);
    if (!kept.insert(id).second) {
      return FieldError("dispute.parties[" + std::to_string(i) + "].id", "want each party once");
    }
    parties[i].set_id(id);
  }
  if (!std::includes(kept.begin(), kept.end(), known.begin(), known.end())) {
    return FieldError("dispute.parties", "want every party of the case, by its id");
  }
  return absl::OkStatus();
}

}  // namespace

Status NormaliseParticulars(v1::Dispute* sent, CitizenIdForm form, absl::Time now) {
  const v1::Dispute& dispute = *sent;
  if (dispute.title().empty()) {  // which an update may send
    return FieldError("dispute.title", "must not be empty", common::v1::FIELD_REQUIRED);
  }
  if (!IsLeafCategory(dispute.category())) {
    return FieldError("dispute.category", "want a category that has none below it");
  }
  for (int i = 0; i < dispute.causes_size(); ++i) {
    if (!IsCause(dispute.causes(i))) {
      return FieldError("dispute.causes[" + std::to_string(i) + "]", "no such dispute-cause");
    }
    const auto here = dispute.causes().begin() + i;
    if (std::find(dispute.causes().begin(), here, *here) != here)
      return FieldError("dispute.causes[" + std::to_string(i) + "]", "want each cause once");
  }
  for (int i = 0; i < dispute.parties_size(); ++i) {
    const std::string path = "dispute.parties[" + std::to_string(i) + "]";
    RETURN_IF_ERROR(NormaliseDocument(sent->mutable_parties(i), path, form, now));
  }
  if (dispute.has_occur_time() && FromProto(dispute.occur_time()) > now) {
    return FieldError("dispute.occur_time", "must not be in the future");
  }
  return absl::OkStatus();
}

StatusOr<Decision<v1::DisputeRecord>> DecideUpdate(const v1::DisputeRecord& before,
                                                   const v1::UpdateDisputeRequest& request,
                                                   const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kUpdateDispute, env));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  v1::Dispute sent = request.dispute();
  for (const std::string& path : request.update_mask().paths()) {
    if (std::find(std::begin(kUpdatable), std::end(kUpdatable), path) == std::end(kUpdatable)) {
      return FieldError("update_mask", path + " cannot be updated", common::v1::FIELD_UNKNOWN);
    }
    sent.GetReflection()->SwapFields(&sent, &dispute,
                                     {sent.GetDescriptor()->FindFieldByName(path)});
    if (path == "parties") RETURN_IF_ERROR(KeepIds(before.dispute(), &dispute));
  }
  RETURN_IF_ERROR(NormaliseParticulars(&dispute, CitizenIdForm::kCurrent, env.now));
  // A registration fills these in; nothing takes them away.
  if (dispute.scale() == v1::SCALE_UNSPECIFIED) {
    return FieldError("dispute.scale", "want a scale", common::v1::FIELD_REQUIRED);
  }
  if (dispute.people_involved() < 1) {
    return FieldError("dispute.people_involved", "want at least 1", common::v1::FIELD_REQUIRED);
  }
  if (dispute.has_occur_time() &&
      FromProto(dispute.occur_time()) > FromProto(dispute.create_time())) {
    return FieldError("dispute.occur_time", "is after the registration");
  }
  return Settle(before, std::move(after), {"dispute.updated"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideReportCriminalRisk(
    const v1::DisputeRecord& before, const v1::ReportCriminalRiskRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kReportCriminalRisk, env));
  v1::DisputeRecord after = before;
  v1::Dispute& dispute = *after.mutable_dispute();
  dispute.set_criminal_risk(true);
  if (request.turned_criminal()) dispute.set_turned_criminal(true);
  RETURN_IF_ERROR(AddNote(&after, request.reason(), env));
  return Settle(before, std::move(after), {"criminal_risk.reported"}, env);
}

StatusOr<Decision<v1::DisputeRecord>> DecideSatisfaction(
    const v1::DisputeRecord& before, const v1::RecordSatisfactionRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.dispute(), Action::kRecordSatisfaction, env));
  v1::DisputeRecord after = before;
  v1::Satisfaction& satisfaction = *after.mutable_dispute()->mutable_satisfaction();
  satisfaction = request.satisfaction();
  *satisfaction.mutable_record_time() = ToProto(env.now);
  return Settle(before, std::move(after), {"satisfaction.recorded"}, env);
}

}  // namespace pingan::disputes
