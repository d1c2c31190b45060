#include "services/population/person.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/population/codes.h"
#include "services/population/days.h"
#include "services/population/duty.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/residence.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

constexpr std::string_view kUpdatable[] = {
    "kind",      "display_name", "former_names",   "documents",         "sex",   "birth_date",
    "ethnicity", "education",    "household_area", "household_address", "phone", "external_ids"};

// A document that stays keeps where it came from.
void KeepOrigins(const v1::Person& before, v1::Person* after) {
  for (auto& document : *after->mutable_documents()) {
    document.clear_origin();
    for (const auto& known : before.documents()) {
      if (known.has_origin() && known.document_type() == document.document_type() &&
          known.document_number() == document.document_number()) {
        *document.mutable_origin() = known.origin();
      }
    }
  }
}

Status CheckDeath(const v1::Person& person, const std::string& day, const Env& env) {
  RETURN_IF_ERROR(ParsePastDay("death_date", day, env).status());
  if (!person.birth_date().empty() && day < person.birth_date()) {
    return FieldError("death_date", "is before the birth");
  }
  const auto begins_after = [&](const auto& fact) {
    return fact.to_date().empty() && fact.from_date() > day;
  };
  if (std::any_of(person.residences().begin(), person.residences().end(), begins_after)) {
    return FieldError("death_date", "is before an open residence; correct that first");
  }
  if (std::any_of(person.residences().begin(), person.residences().end(),
                  [&](const auto& spell) { return spell.to_date() > day; })) {
    return FieldError("death_date", "is before the end of a residence; correct that first");
  }
  if (std::any_of(person.employments().begin(), person.employments().end(), begins_after)) {
    return FieldError("death_date", "is before an open employment; end that first");
  }
  return absl::OkStatus();
}

}  // namespace

v1::Person TakeInput(const v1::Person& sent) {
  v1::Person person;
  person.set_area(sent.area());
  v1::Person from = sent;
  for (const std::string_view field : kUpdatable) {
    from.GetReflection()->SwapFields(&from, &person,
                                     {from.GetDescriptor()->FindFieldByName(std::string(field))});
  }
  for (auto& document : *person.mutable_documents()) document.clear_origin();
  return person;
}

Status NormaliseParticulars(v1::Person* person, identifier::CitizenIdForm form, const Env& env) {
  if (person->kind() == v1::PERSON_KIND_UNSPECIFIED) {
    return FieldError("person.kind", "want a kind", common::v1::FIELD_REQUIRED);
  }
  if (person->display_name().empty()) {
    return FieldError("person.display_name", "must not be empty", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckCode("person.ethnicity", "ethnicity", person->ethnicity()));
  RETURN_IF_ERROR(CheckCode("person.education", "education", person->education()));
  return NormaliseIdentity(person, form, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideCreate(const v1::PersonRecord& empty,
                                                  const v1::CreatePersonRequest& request,
                                                  const Env& env) {
  v1::PersonRecord after;
  v1::Person& person = *after.mutable_person();
  person = TakeInput(request.person());
  if (!InScope(env.caller, person.area())) return FieldError("person.area", "no such area");
  RETURN_IF_ERROR(CheckPlace("person.area", person.area(), env));
  RETURN_IF_ERROR(NormaliseParticulars(&person, identifier::CitizenIdForm::kCurrent, env));
  RETURN_IF_ERROR(CheckFormerNames(person));
  person.set_state(v1::Person::ACTIVE);
  *person.mutable_verify_time() = ToProto(env.now);
  if (!request.has_residence()) return Settle(std::move(after), {"person.created"}, env);

  if (request.residence().area() != person.area()) {
    return FieldError("residence.area", "want the area of the person");
  }
  v1::RegisterResidenceRequest residence;
  *residence.mutable_residence() = request.residence();
  ASSIGN_OR_RETURN(auto decision, DecideRegisterResidence(after, residence, env));
  decision.events.insert(decision.events.begin(), "person.created");
  return decision;
}

StatusOr<Decision<v1::PersonRecord>> DecideUpdate(const v1::PersonRecord& before,
                                                  const v1::UpdatePersonRequest& request,
                                                  const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kUpdatePerson, env));
  v1::PersonRecord after = before;
  v1::Person& person = *after.mutable_person();
  v1::Person sent = request.person();
  for (const std::string& path : request.update_mask().paths()) {
    if (std::find(std::begin(kUpdatable), std::end(kUpdatable), path) == std::end(kUpdatable)) {
      return FieldError("update_mask", path + " cannot be updated", common::v1::FIELD_UNKNOWN);
    }
    sent.GetReflection()->SwapFields(&sent, &person, {sent.GetDescriptor()->FindFieldByName(path)});
  }
  // Not otherwise: a merge keeps the former names of both.
  const auto& paths = request.update_mask().paths();
  if (std::find(paths.begin(), paths.end(), "former_names") != paths.end()) {
    RETURN_IF_ERROR(CheckFormerNames(person));
  }
  RETURN_IF_ERROR(NormaliseParticulars(&person, identifier::CitizenIdForm::kCurrent, env));
  for (const auto& spell : person.residences()) {
    RETURN_IF_ERROR(CheckBorn("person.birth_date", person, spell.from_date()));
  }
  KeepOrigins(before.person(), &person);
  return Settle(std::move(after), {"person.updated"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideRecordDeath(const v1::PersonRecord& before,
                                                       const v1::RecordDeathRequest& request,
                                                       const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRecordDeath, env));
  const std::string& day = request.death_date();
  RETURN_IF_ERROR(CheckDeath(before.person(), day, env));
  v1::PersonRecord after = before;
  v1::Person& person = *after.mutable_person();
  for (const auto& spell : before.person().residences()) {
    if (!spell.to_date().empty()) continue;
    // Who dies on the first day has lived there for none.
    if (spell.from_date() == day) {
      Supersede(&after, spell.id(), "ended", env);
      TakeOutDuties(&after, spell.id());
    } else {
      End(&after, spell.id(), day, env);
    }
  }
  for (auto& job : *person.mutable_employments()) {
    // Who reported the end later than the death told of its own day.
    const bool ended_after = job.to_date() > day && job.from_date() < day;
    if (job.to_date().empty() || ended_after) job.set_to_date(day);
  }
  for (auto& item : *person.mutable_service_items()) {
    if (!item.end_date().empty()) continue;
    item.set_state(v1::ServiceItem::LAPSED);
    item.set_end_date(std::max(day, item.request_date()));
  }
  if (person.has_permit() && person.permit().state() != v1::ResidencePermit::CANCELLED) {
    person.mutable_permit()->set_state(v1::ResidencePermit::CANCELLED);
    person.mutable_permit()->set_cancel_date(Text(Today(env)));
    person.mutable_permit()->set_cancel_reason("death");
  }
  person.set_state(v1::Person::DECEASED);
  person.set_death_date(day);
  person.set_verification_due(false);
  return Settle(std::move(after), {"person.died"}, env);
}

StatusOr<Decision<v1::PersonRecord>> DecideVerify(const v1::PersonRecord& before,
                                                  const v1::VerifyPersonRequest& request,
                                                  const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kVerifyPerson, env));
  v1::PersonRecord after = before;
  *after.mutable_person()->mutable_verify_time() = ToProto(env.now);
  after.mutable_person()->set_verification_due(false);
  after.clear_visit_time();
  return Settle(std::move(after), {"person.verified"}, env);
}

std::string SequenceOf(const v1::PersonRecord& record) {
  return "persons-" + record.person().area().substr(0, 6);
}

void Number(v1::PersonRecord* record, int64_t serial) {
  v1::Person& person = *record->mutable_person();
  person.set_name(absl::StrFormat("persons/%s-%08d", person.area().substr(0, 6), serial));
}

}  // namespace pingan::population
