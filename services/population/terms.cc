#include "services/population/terms.h"

#include <set>
#include <utility>

#include "common/identifier/phone.h"
#include "services/population/identity.h"
#include "services/population/match.h"

namespace pingan::population {
namespace {

constexpr char kKeys[] = "key";
constexpr char kExternalIds[] = "external_id";
constexpr char kDwellings[] = "dwelling";
constexpr char kOfPerson[] = "person";

Term KeyTerm(const std::string& key) {
  return {kKeys, key, /*secret=*/true};
}

Term IdTerm(const std::string& id) {
  return {kExternalIds, id, /*secret=*/true};
}

}  // namespace

std::vector<Term> TermsOfAll(std::initializer_list<v1::Person> persons) {
  std::set<std::string> keys, ids;
  for (const v1::Person& person : persons) {
    for (std::string& key : BlockingKeys(person)) keys.insert(std::move(key));
    ids.insert(person.external_ids().begin(), person.external_ids().end());
  }
  std::vector<Term> terms;
  for (const auto& key : keys) terms.push_back(KeyTerm(key));
  for (const auto& id : ids) terms.push_back(IdTerm(id));
  return terms;
}

Term DwellingIdTerm(const std::string& id) {
  return {.index = kExternalIds, .value = id, .table = "dwellings"};
}

std::vector<Term> TermsOf(const v1::DwellingRecord& record) {
  const std::string& id = record.dwelling().external_id();
  return id.empty() ? std::vector<Term>() : std::vector<Term>{DwellingIdTerm(id)};
}

Term DwellingTerm(const std::string& dwelling) {
  return {kDwellings, dwelling};
}

std::vector<Term> TermsOf(const v1::PersonRecord& record) {
  std::vector<Term> terms;
  if (record.person().state() != v1::Person::MERGED) terms = TermsOfAll({record.person()});
  const auto add = [&terms](const v1::Residence& spell) {
    if (!spell.dwelling().empty()) terms.push_back(DwellingTerm(spell.dwelling()));
  };
  for (const auto& spell : record.person().residences()) add(spell);
  for (const auto& spell : record.superseded()) add(spell);
  return terms;
}

StatusOr<Term> LookupTerm(const v1::LookupPersonRequest& request) {
  const int stated = !request.document_number().empty() + !request.phone().empty() +
                     !request.external_id().empty();
  if (stated != 1) {
    return FieldError("document_number", "want this, phone or external_id, and one alone");
  }
  if (!request.external_id().empty()) {
    return IdTerm(request.external_id());
  }
  if (!request.phone().empty()) {
    ASSIGN_OR_RETURN(const std::string phone, identifier::ParsePhone("phone", request.phone()));
    return KeyTerm(PhoneKey(phone));
  }
  v1::Document document;
  document.set_document_type(request.document_type().empty() ? kCitizenId
                                                             : request.document_type());
  document.set_document_number(request.document_number());
  RETURN_IF_ERROR(NormaliseDocument("", &document, identifier::CitizenIdForm::kCurrent));
  return KeyTerm(DocumentKey(document.document_type(), document.document_number()));
}

Term PairTerm(const std::string& person) {
  return {.index = kOfPerson, .value = person, .table = "duplicates"};
}

std::vector<Term> TermsOf(const v1::DuplicateRecord& record) {
  return {PairTerm(record.candidate().first()), PairTerm(record.candidate().second())};
}

}  // namespace pingan::population
