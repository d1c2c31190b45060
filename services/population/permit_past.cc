#include "services/population/permit_past.h"

#include <algorithm>
#include <string>

#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/permit_clock.h"

namespace pingan::population {
namespace {

using Permit = v1::ResidencePermit;

// What became of the application is over, and nobody's clock runs on it.
constexpr const char* kOfApplication[] = {"apply_date",  "accept_date",  "due_date",
                                          "extended",    "issue_late",   "missing_papers",
                                          "cancel_date", "cancel_reason"};

void ClearField(const char* field, Permit* permit) {
  permit->GetReflection()->ClearField(permit, permit->GetDescriptor()->FindFieldByName(field));
}

std::string At(const char* list, int i) {
  return "person.permit." + std::string(list) + "[" + std::to_string(i) + "]";
}

Status CheckReplacements(const Permit& permit, const Env& env) {
  for (int i = 0; i < permit.replacements_size(); ++i) {
    const std::string path = At("replacements", i) + ".date";
    RETURN_IF_ERROR(ParsePastDay(path, permit.replacements(i).date(), env).status());
    if (permit.replacements(i).date() < permit.issue_date()) {
      return FieldError(path, "is before issue_date");
    }
  }
  return absl::OkStatus();
}

Status CheckPapers(const Permit& permit) {
  for (int i = 0; i < permit.papers_size(); ++i) {
    if (IsCode("permit-paper", permit.papers(i))) continue;
    return FieldError(At("papers", i), "no such permit-paper");
  }
  return absl::OkStatus();
}

bool IsPermitNumber(const std::string& number) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  return number.size() >= 6 && number.size() <= 22 &&
         std::all_of(number.begin(), number.end(), allowed);
}

Status CheckIssue(const Permit& permit, const v1::Person& person, const Env& env) {
  if (permit.number().empty()) {
    return FieldError("person.permit.number", "must not be empty", common::v1::FIELD_REQUIRED);
  }
  if (!IsPermitNumber(permit.number())) {
    return FieldError("person.permit.number", "want 6 to 22 digits and capital letters");
  }
  if (person.household_area().empty()) {
    return FieldError("person.household_area", "want it of who has a permit",
                      common::v1::FIELD_REQUIRED);
  }
  if (person.household_area().substr(0, 4) == person.area().substr(0, 4)) {
    return FieldError("person.household_area", "is in this city, where no permit is wanted");
  }
  const std::string path = "person.permit.issue_date";
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParsePastDay(path, permit.issue_date(), env));
  const auto since = ResidentSince(person, day);
  if (!since) return FieldError(path, "want a day in one of the residences");
  if (day >= EligibleFrom(*since)) return absl::OkStatus();
  return FieldError(path, "want half a year of residence: from " + Text(EligibleFrom(*since)));
}

// Counts the endorsement in; late ones begin the years anew.
Status TakeEndorsement(int i, const v1::Person& person, Permit* permit, const Env& env) {
  v1::Endorsement& endorsement = *permit->mutable_endorsements(i);
  const std::string path = At("endorsements", i) + ".date";
  const std::string& last = i > 0 ? permit->endorsements(i - 1).date() : permit->issue_date();
  ASSIGN_OR_RETURN(const absl::CivilDay day, ParsePastDay(path, endorsement.date(), env));
  if (endorsement.date() <= last) return FieldError(path, "is not after what precedes it");
  const absl::CivilDay from = DayOf(permit->count_from());
  const EndorseWindow window = NextEndorsement(from, permit->years());
  if (day < window.from) {
    return FieldError(path, "want the month before the full year: from " + Text(window.from));
  }
  const auto since = ResidentSince(person, day);
  if (!since) return FieldError(path, "want a day in one of the residences");
  endorsement.set_late(day > window.by);
  if (!endorsement.late() && *since > AddMonths(from, 12 * permit->years())) {
    return FieldError(path, "the year of residence was broken");
  }
  if (endorsement.late()) permit->set_count_from(endorsement.date());
  permit->set_years(endorsement.late() ? 0 : permit->years() + 1);
  return absl::OkStatus();
}

}  // namespace

StatusOr<Permit> PermitOfLedger(const Permit& told, const v1::Person& person, const Env& env) {
  if (told.state() != Permit::VALID && told.state() != Permit::SUSPENDED) {
    return FieldError("person.permit.state", "want VALID or SUSPENDED");
  }
  RETURN_IF_ERROR(CheckIssue(told, person, env));
  RETURN_IF_ERROR(CheckPapers(told));
  RETURN_IF_ERROR(CheckReplacements(told, env));
  Permit permit = told;
  for (const char* field : kOfApplication) ClearField(field, &permit);
  permit.set_count_from(permit.issue_date());
  permit.set_years(0);
  for (int i = 0; i < permit.endorsements_size(); ++i) {
    RETURN_IF_ERROR(TakeEndorsement(i, person, &permit, env));
  }
  SetWindow(&permit);
  const bool missed = Today(env) > DayOf(permit.endorse_by());
  if (missed != (permit.state() == Permit::SUSPENDED)) {
    return FieldError("person.permit.state", "is not what its endorsements say");
  }
  permit.clear_suspend_date();
  if (missed) permit.set_suspend_date(Text(DayOf(permit.endorse_by()) + 1));
  return permit;
}

}  // namespace pingan::population
