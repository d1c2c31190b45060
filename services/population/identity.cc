#include "services/population/identity.h"

#include <algorithm>
#include <set>

#include "common/identifier/document.h"
#include "common/identifier/phone.h"
#include "services/population/codes.h"
#include "services/population/days.h"

namespace pingan::population {
namespace {

// 省级行政区划 (GB/T 2260). Below it no list is asked: codes of counties come and go.
bool IsProvince(std::string_view area) {
  constexpr std::string_view kProvinces[] = {"11", "12", "13", "14", "15", "21", "22", "23", "31",
                                             "32", "33", "34", "35", "36", "37", "41", "42", "43",
                                             "44", "45", "46", "50", "51", "52", "53", "54", "61",
                                             "62", "63", "64", "65", "71", "81", "82"};
  return std::find(std::begin(kProvinces), std::end(kProvinces), area.substr(0, 2)) !=
         std::end(kProvinces);
}

std::string Below(std::string_view field, std::string_view name) {
  return (field.empty() ? "" : std::string(field) + ".") + std::string(name);
}

v1::Sex SexOf(const identifier::CitizenId& id) {
  return id.sex == identifier::Sex::kMale ? v1::MALE : v1::FEMALE;
}

// As FillFromCitizenId; a stated value must agree with it.
Status TakeFromCitizenId(v1::Person* person) {
  FillFromCitizenId(person);
  const std::string_view field = AtOddsWithCitizenId(*person);
  if (field.empty()) return absl::OkStatus();
  return FieldError(Below("person", field), "is not that of the citizen ID");
}

}  // namespace

bool IsCitizenId(std::string_view type) {
  return identifier::CarriesCitizenId(type);
}

bool SameDocument(const v1::Document& one, const v1::Document& other) {
  return one.document_number() == other.document_number() &&
         (one.document_type() == other.document_type() ||
          (IsCitizenId(one.document_type()) && IsCitizenId(other.document_type())));
}

Status NormaliseDocument(std::string_view field, v1::Document* document,
                         identifier::CitizenIdForm form) {
  const std::string path = Below(field, "document_number");
  const std::string type_path = Below(field, "document_type");
  if (document->document_type().empty()) {
    return FieldError(type_path, "want a type", common::v1::FIELD_REQUIRED);
  }
  RETURN_IF_ERROR(CheckCode(type_path, "document-type", document->document_type()));
  if (!document->valid_to().empty()) {
    RETURN_IF_ERROR(ParseDay(Below(field, "valid_to"), document->valid_to()).status());
  }
  ASSIGN_OR_RETURN(*document->mutable_document_number(),
                   identifier::ParseDocumentNumber(path, document->document_type(),
                                                   document->document_number(), form));
  return absl::OkStatus();
}

Status NormaliseDocument(std::string_view field, v1::Document* document,
                         identifier::CitizenIdForm form, const Env& env) {
  RETURN_IF_ERROR(NormaliseDocument(field, document, form));
  if (!IsCitizenId(document->document_type())) return absl::OkStatus();
  const std::string path = Below(field, "document_number");
  ASSIGN_OR_RETURN(const auto id, identifier::ParseCitizenId(path, document->document_number()));
  if (id.birth > Today(env)) return FieldError(path, "the birth date is in the future");
  return absl::OkStatus();
}

Status NormaliseIdentity(v1::Person* person, identifier::CitizenIdForm form, const Env& env) {
  std::set<std::pair<std::string, std::string>> documents;
  for (int i = 0; i < person->documents_size(); ++i) {
    v1::Document& document = *person->mutable_documents(i);
    const std::string path = "person.documents[" + std::to_string(i) + "]";
    RETURN_IF_ERROR(NormaliseDocument(path, &document, form, env));
    if (!documents.emplace(document.document_type(), document.document_number()).second) {
      return FieldError(path, "want each document once");
    }
  }
  if (!person->phone().empty()) {
    ASSIGN_OR_RETURN(*person->mutable_phone(),
                     identifier::ParsePhone("person.phone", person->phone()));
  }
  std::set<std::string> ids;
  for (int i = 0; i < person->external_ids_size(); ++i) {
    const std::string path = "person.external_ids[" + std::to_string(i) + "]";
    const std::string& id = person->external_ids(i);
    if (!ids.insert(id).second) return FieldError(path, "want each id once");
  }
  if (!person->household_area().empty() && !IsProvince(person->household_area())) {
    return FieldError("person.household_area", "begins with no province");
  }
  if (!person->birth_date().empty()) {
    RETURN_IF_ERROR(ParsePastDay("person.birth_date", person->birth_date(), env).status());
  }
  return TakeFromCitizenId(person);
}

Status CheckFormerNames(const v1::Person& person) {
  std::set<std::string> names = {person.display_name()};
  for (int i = 0; i < person.former_names_size(); ++i) {
    if (names.insert(person.former_names(i)).second) continue;
    return FieldError("person.former_names[" + std::to_string(i) + "]",
                      "want each name once, and not the present one");
  }
  return absl::OkStatus();
}

v1::Person Comparable(const v1::Person& stated) {
  v1::Person person;
  person.set_display_name(stated.display_name());
  *person.mutable_former_names() = stated.former_names();
  *person.mutable_external_ids() = stated.external_ids();
  for (v1::Document document : stated.documents()) {
    const auto form = identifier::CitizenIdForm::kCurrentOrLegacy;
    if (NormaliseDocument("", &document, form).ok()) *person.add_documents() = document;
  }
  if (auto phone = identifier::ParsePhone("", stated.phone()); phone.ok()) {
    person.set_phone(*std::move(phone));
  }
  if (ParseDay("", stated.birth_date()).ok()) person.set_birth_date(stated.birth_date());
  if (!TakeFromCitizenId(&person).ok()) person.clear_birth_date();
  return person;
}

std::string CitizenIdOf(const v1::Person& person) {
  for (const auto& document : person.documents()) {
    if (IsCitizenId(document.document_type())) return document.document_number();
  }
  return "";
}

void FillFromCitizenId(v1::Person* person) {
  const auto id = identifier::ParseCitizenId("", CitizenIdOf(*person));
  if (!id.ok()) return;
  if (person->birth_date().empty()) person->set_birth_date(Text(id->birth));
  if (person->sex() == v1::SEX_UNSPECIFIED) person->set_sex(SexOf(*id));
}

std::string_view AtOddsWithCitizenId(const v1::Person& person) {
  for (const auto& document : person.documents()) {
    if (!IsCitizenId(document.document_type())) continue;
    const auto id = identifier::ParseCitizenId("", document.document_number());
    if (!id.ok()) continue;
    if (person.birth_date() != Text(id->birth)) return "birth_date";
    if (person.sex() != SexOf(*id)) return "sex";
  }
  return "";
}

std::optional<int> AgeOf(const v1::Person& person, absl::CivilDay day) {
  if (person.birth_date().empty()) return std::nullopt;
  return AgeOn(DayOf(person.birth_date()), day);
}

}  // namespace pingan::population
