#include "services/population/person.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/population/codes.h"
#include "services/population/days.h"
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
