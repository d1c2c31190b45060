#include "services/population/permit.h"

#include <algorithm>
#include <utility>

#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/permit_clock.h"
#include "services/population/settle.h"

namespace pingan::population {
namespace {

using Permit = v1::ResidencePermit;

Status Closed(std::string_view message, const char* key, absl::CivilDay day) {
  return Error(absl::StatusCode::kFailedPrecondition, std::string(message) + " " + Text(day),
               {.reason = common::v1::WINDOW_CLOSED, .metadata = {{key, Text(day)}}});
}

Status CheckApplicant(const v1::Person& person, const v1::Applicant& applicant, const Env& env) {
  const std::optional<int> age = AgeOf(person, Today(env));
  if (applicant.kind() == v1::Applicant::KIND_UNSPECIFIED) {
    return FieldError("applicant.kind", "want who applies", common::v1::FIELD_REQUIRED);
  }
  if (applicant.kind() == v1::Applicant::IN_PERSON) {
    if (age && *age < kIncapableAge) {
      return FieldError("applicant.kind", "want a guardian or near relative of who is under 8");
    }
    return absl::OkStatus();
  }
  if (applicant.display_name().empty()) {
    return FieldError("applicant.display_name", "want who applies", common::v1::FIELD_REQUIRED);
  }
  if (applicant.limited_mobility()) return absl::OkStatus();
  if (!age) return FieldError("person.birth_date", "want it where another applies");
  if (*age >= kGuardianAge) {
    return FieldError("applicant.kind", "want the person itself from 16 on, if it can come");
  }
  return absl::OkStatus();
}

Status CheckPapers(const google::protobuf::RepeatedPtrField<std::string>& papers) {
  for (int i = 0; i < papers.size(); ++i) {
    if (!IsCode("permit-paper", papers[i])) {
      return FieldError("papers[" + std::to_string(i) + "]", "no such permit-paper");
    }
  }
  return absl::OkStatus();
}

// Takes the papers; with the last one the application is accepted. Returns the event.
const char* Take(const google::protobuf::RepeatedPtrField<std::string>& papers, Permit* permit,
                 const Env& env) {
  for (const auto& paper : papers) {
    const auto& had = permit->papers();
    if (std::find(had.begin(), had.end(), paper) == had.end()) permit->add_papers(paper);
  }
  permit->clear_missing_papers();
  for (const auto& paper : PapersFor(permit->basis(), permit->applicant().kind())) {
    const auto& had = permit->papers();
    if (std::find(had.begin(), had.end(), paper) == had.end()) permit->add_missing_papers(paper);
  }
  if (permit->missing_papers_size() > 0) return "permit.incomplete";
  permit->set_state(Permit::ACCEPTED);
  permit->set_accept_date(Text(Today(env)));
  permit->set_due_date(Text(IssueDue(Today(env), false)));
  return "permit.accepted";
}

}  // namespace

std::vector<std::string> PapersFor(Permit::Basis basis, v1::Applicant::Kind applicant) {
  std::vector<std::string> papers = {"identity-document", "photo"};
  if (basis == Permit::STABLE_JOB) papers.push_back("employment-proof");
  if (basis == Permit::STABLE_DWELLING) papers.push_back("dwelling-proof");
  if (basis == Permit::IN_SCHOOL) papers.push_back("schooling-proof");
  if (applicant != v1::Applicant::IN_PERSON) papers.push_back("agent-document");
  return papers;
}

StatusOr<Decision<v1::PersonRecord>> DecideApplyForPermit(const v1::PersonRecord& before,
                                                          const v1::ApplyForPermitRequest& request,
                                                          const Env& env) {
  const v1::Person& person = before.person();
  RETURN_IF_ERROR(Check(person, Action::kApplyForPermit, env));
  const absl::CivilDay eligible = EligibleFrom(*ResidentSince(person));
  if (Today(env) < eligible) {
    return Closed("want half a year of residence: eligible from", "eligible_from", eligible);
  }
  RETURN_IF_ERROR(CheckApplicant(person, request.applicant(), env));
  if (request.basis() == Permit::BASIS_UNSPECIFIED) {
    return FieldError("basis", "want job, dwelling or school", common::v1::FIELD_REQUIRED);
  }
  if (request.basis() == Permit::IN_SCHOOL && request.school().empty()) {
    return FieldError("school", "want the school", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckPapers(request.papers()));
  v1::PersonRecord after = before;
  if (person.has_permit()) *after.add_earlier_permits() = person.permit();
  Permit permit;
  permit.set_state(Permit::APPLIED);
  permit.set_basis(request.basis());
  *permit.mutable_applicant() = request.applicant();
  permit.set_school(request.school());
  permit.set_apply_date(Text(Today(env)));
  const char* event = Take(request.papers(), &permit, env);
  *after.mutable_person()->mutable_permit() = std::move(permit);
  return Settle(std::move(after), {"permit.applied", event}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideSupplyPapers(const v1::PersonRecord& before,
                                                        const v1::SupplyPapersRequest& request,
                                                        const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kSupplyPapers, env));
  RETURN_IF_ERROR(CheckPapers(request.papers()));
  v1::PersonRecord after = before;
  const char* event = Take(request.papers(), after.mutable_person()->mutable_permit(), env);
  return Settle(std::move(after), {event}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideExtendPermitIssue(
    const v1::PersonRecord& before, const v1::ExtendPermitIssueRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kExtendPermitIssue, env));
  v1::PersonRecord after = before;
  Permit& permit = *after.mutable_person()->mutable_permit();
  const absl::CivilDay due = DayOf(permit.due_date());
  if (Today(env) > due) return Closed("the limit of issue passed on", "due_date", due);
  permit.set_extended(true);
  permit.set_extension_reason(request.reason());
  permit.set_due_date(Text(IssueDue(DayOf(permit.accept_date()), true)));
  return Settle(std::move(after), {"permit.extended"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideIssuePermit(const v1::PersonRecord& before,
                                                       const v1::IssuePermitRequest& request,
                                                       const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kIssuePermit, env));
  v1::PersonRecord after = before;
  Permit& permit = *after.mutable_person()->mutable_permit();
  permit.set_state(Permit::VALID);
  permit.set_number(request.number());
  permit.set_issue_date(Text(Today(env)));
  permit.set_count_from(permit.issue_date());
  if (Today(env) > DayOf(permit.due_date())) permit.set_issue_late(true);
  SetWindow(&permit);
  return Settle(std::move(after), {"permit.issued"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideEndorsePermit(const v1::PersonRecord& before,
                                                         const v1::EndorsePermitRequest& request,
                                                         const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kEndorsePermit, env));
  v1::PersonRecord after = before;
  Permit& permit = *after.mutable_person()->mutable_permit();
  const absl::CivilDay today = Today(env), from = DayOf(permit.endorse_from());
  if (today < from) return Closed("the endorsement is possible from", "endorse_from", from);
  const absl::CivilDay by = DayOf(permit.endorse_by());
  const bool late = today > by;
  const absl::CivilDay year = AddMonths(DayOf(permit.count_from()), 12 * permit.years());
  if (!late && *ResidentSince(before.person()) > year) {
    return Closed("the year of residence was broken: it is made up from", "endorse_from", by + 1);
  }
  std::vector<std::string> events;
  if (late && permit.state() == Permit::VALID) events.push_back("permit.suspended");
  v1::Endorsement& endorsement = *permit.add_endorsements();
  endorsement.set_date(Text(today));
  endorsement.set_late(late);
  if (late) {
    permit.set_state(Permit::VALID);
    permit.clear_suspend_date();
    permit.set_count_from(Text(today));
    permit.set_years(0);
  } else {
    permit.set_years(permit.years() + 1);
  }
  SetWindow(&permit);
  events.push_back(late ? "permit.restored" : "permit.endorsed");
  return Settle(std::move(after), std::move(events), env);
}

StatusOr<Decision<v1::PersonRecord>> DecideReplacePermit(const v1::PersonRecord& before,
                                                         const v1::ReplacePermitRequest& request,
                                                         const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kReplacePermit, env));
  v1::PersonRecord after = before;
  Permit& permit = *after.mutable_person()->mutable_permit();
  if (request.kind() == v1::Replacement::KIND_UNSPECIFIED) {
    return FieldError("kind", "want DAMAGED or LOST", common::v1::FIELD_REQUIRED);
  }
  if (request.number() == permit.number()) return FieldError("number", "want that of the new card");
  v1::Replacement& replacement = *permit.add_replacements();
  replacement.set_date(Text(Today(env)));
  replacement.set_kind(request.kind());
  replacement.set_earlier_number(permit.number());
  permit.set_number(request.number());
  return Settle(std::move(after), {"permit.replaced"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideCancelPermit(const v1::PersonRecord& before,
                                                        const v1::CancelPermitRequest& request,
                                                        const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kCancelPermit, env));
  if (!IsCode("permit-end", request.reason())) return FieldError("reason", "no such permit-end");
  v1::PersonRecord after = before;
  Permit& permit = *after.mutable_person()->mutable_permit();
  permit.set_state(Permit::CANCELLED);
  permit.set_cancel_date(Text(Today(env)));
  permit.set_cancel_reason(request.reason());
  return Settle(std::move(after), {"permit.cancelled"}, env);
}

StatusOr<v1::ExplainPermitResponse> ExplainPermit(const v1::PersonRecord& record,
                                                  const v1::ExplainPermitRequest& request,
                                                  const Env& env) {
  const v1::Person& person = record.person();
  const Permit& permit = person.permit();
  v1::ExplainPermitResponse response;
  const auto step = [&](const std::string& date, const char* what, const char* article) {
    if (date.empty()) return;
    v1::PermitStep& added = *response.add_steps();
    added.set_date(date);
    added.set_what(what);
    added.set_source(std::string("居住证暂行条例 ") + article);
  };
  if (const auto since = ResidentSince(person)) {
    step(Text(EligibleFrom(*since)), "eligible", "art. 2");
  }
  step(permit.apply_date(), "applied", "art. 9");
  step(permit.accept_date(), "accepted", "art. 9");
  step(permit.due_date(), "issue_due", "art. 9");
  step(permit.issue_date(), "issued", "art. 9");
  for (const auto& endorsement : permit.endorsements()) {
    step(endorsement.date(), endorsement.late() ? "endorsed_late" : "endorsed", "art. 10");
  }
  if (permit.state() == Permit::VALID) step(permit.endorse_from(), "endorse_from", "art. 10");
  if (permit.state() == Permit::VALID) step(permit.endorse_by(), "endorse_by", "art. 10");
  step(permit.suspend_date(), "suspended", "art. 10");
  step(permit.cancel_date(), "cancelled", "own list permit-end");
  std::stable_sort(response.mutable_steps()->begin(), response.mutable_steps()->end(),
                   [](const auto& one, const auto& other) { return one.date() < other.date(); });
  for (const std::string& action : AllowedActions(person)) {
    if (action.find("Permit") != std::string::npos || action == "SupplyPapers") {
      response.add_allowed_actions(action);
    }
  }
  return response;
}

}  // namespace pingan::population
