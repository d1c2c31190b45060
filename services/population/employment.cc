#include "services/population/employment.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/identifier/credit_code.h"
#include "services/population/days.h"
#include "services/population/duty.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {

Status NormaliseEmployment(std::string_view field, v1::Employment* job, const Env& env) {
  const std::string path(field);
  if (job->employer().empty()) {
    return FieldError(path + ".employer", "must not be empty", common::v1::FIELD_REQUIRED);
  }
  if (!job->credit_code().empty()) {
    ASSIGN_OR_RETURN(*job->mutable_credit_code(),
                     identifier::ParseCreditCode(path + ".credit_code", job->credit_code()));
  }
  RETURN_IF_ERROR(ParsePastDay(path + ".from_date", job->from_date(), env).status());
  if (job->to_date().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(ParsePastDay(path + ".to_date", job->to_date(), env).status());
  if (job->to_date() <= job->from_date()) {
    return FieldError(path + ".to_date", "want a day after from_date");
  }
  return absl::OkStatus();
}

StatusOr<Decision<v1::PersonRecord>> DecideRecordEmployment(
    const v1::PersonRecord& before, const v1::RecordEmploymentRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRecordEmployment, env));
  if (before.person().employments_size() >= kFactsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 200 employments on a file");
  }
  v1::Employment job = request.employment();
  job.clear_to_date();
  job.clear_origin();
  job.clear_retract_reason();
  RETURN_IF_ERROR(NormaliseEmployment("employment", &job, env));
  RETURN_IF_ERROR(CheckBorn("employment.from_date", before.person(), job.from_date()));
  v1::PersonRecord after = before;
  job.set_id(NextId(&after));
  const auto& jobs = before.person().employments();
  const bool changes = std::any_of(
      jobs.begin(), jobs.end(), [](const auto& known) { return known.retract_reason().empty(); });
  OweEmployer(&after, v1::Duty::HIRE, job, job.from_date(), job.source(), env);
  if (changes) {
    OweChange(&after, v1::Duty::WORKPLACE_CHANGE, job.id(), job.from_date(),
              job.source() == v1::SELF, env);
  }
  *after.mutable_person()->add_employments() = std::move(job);
  return Settle(std::move(after), {"employment.recorded"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideEndEmployment(const v1::PersonRecord& before,
                                                         const v1::EndEmploymentRequest& request,
                                                         const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kEndEmployment, env));
  RETURN_IF_ERROR(ParsePastDay("to_date", request.to_date(), env).status());
  v1::PersonRecord after = before;
  for (v1::Employment& job : *after.mutable_person()->mutable_employments()) {
    if (job.id() != request.employment() || !job.to_date().empty()) continue;
    if (request.to_date() <= job.from_date()) {
      return FieldError("to_date", "want a day after from_date");
    }
    job.set_to_date(request.to_date());
    OweEmployer(&after, v1::Duty::DISMISSAL, job, request.to_date(), request.source(), env);
    return Settle(std::move(after), {"employment.ended"}, env);
  }
  return FieldError("employment", "no such open employment");
}

StatusOr<Decision<v1::PersonRecord>> DecideRetractEmployment(
    const v1::PersonRecord& before, const v1::RetractEmploymentRequest& request, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRetractEmployment, env));
  v1::PersonRecord after = before;
  for (v1::Employment& job : *after.mutable_person()->mutable_employments()) {
    if (job.id() != request.employment() || !job.retract_reason().empty()) continue;
    job.set_to_date(job.from_date());
    job.set_retract_reason(request.reason());
    TakeOutDuties(&after, request.employment());
    return Settle(std::move(after), {"employment.retracted"}, env);
  }
  return FieldError("employment", "no such employment");
}

}  // namespace pingan::population
