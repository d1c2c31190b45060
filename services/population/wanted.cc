#include "services/population/wanted.h"

#include <set>

#include "common/identifier/phone.h"
#include "services/population/duplicate.h"
#include "services/population/identity.h"
#include "services/population/kin.h"
#include "services/population/limits.h"
#include "services/population/match.h"

namespace pingan::population {
namespace {

constexpr char kKeys[] = "key";
constexpr char kExternalIds[] = "external_id";
constexpr char kDwellings[] = "dwelling";
constexpr char kOfPerson[] = "person";

std::vector<Term> KeyTerms(const std::vector<std::string>& keys) {
  std::vector<Term> terms;
  for (const std::string& key : keys) terms.push_back({kKeys, key, /*secret=*/true});
  return terms;
}

// By what pairs are found: the keys that the file had, and those that it gets. What it had finds
// the candidates whose points change.
std::vector<Term> SearchTerms(const v1::Person& before, const v1::Person& after) {
  std::vector<std::string> keys = BlockingKeys(Comparable(after));
  const std::vector<std::string> known = BlockingKeys(before);
  keys.insert(keys.end(), known.begin(), known.end());
  const std::set<std::string> each(keys.begin(), keys.end());
  return KeyTerms({each.begin(), each.end()});
}

void Add(const v1::Residence& spell, std::vector<std::string>* names) {
  if (!spell.dwelling().empty()) names->push_back(spell.dwelling());
}

}  // namespace

std::vector<Term> TermsOf(const v1::PersonRecord& record) {
  std::vector<Term> terms;
  if (record.person().state() != v1::Person::MERGED) {
    terms = KeyTerms(BlockingKeys(record.person()));
    for (const auto& id : record.person().external_ids()) {
      terms.push_back({kExternalIds, id, /*secret=*/true});
    }
  }
  std::vector<std::string> dwellings;
  for (const auto& spell : record.person().residences()) Add(spell, &dwellings);
  for (const auto& spell : record.superseded()) Add(spell, &dwellings);
  for (const auto& name : dwellings) terms.push_back({kDwellings, name});
  return terms;
}

Stated StatedBy(const v1::PersonRecord&, const v1::CreatePersonRequest& request) {
  Stated stated{.person = request.person()};
  if (request.has_residence()) stated.spells = {{"residence", request.residence()}};
  return stated;
}

Stated StatedBy(const v1::PersonRecord& before, const v1::UpdatePersonRequest& request) {
  Stated stated{.person = before.person()};
  v1::Person sent = request.person();
  for (const std::string& path : request.update_mask().paths()) {
    const auto* field = v1::Person::descriptor()->FindFieldByName(path);
    if (field) sent.GetReflection()->SwapFields(&sent, &*stated.person, {field});
  }
  return stated;
}

Stated StatedBy(const v1::PersonRecord&, const v1::ImportPersonsRequest& request) {
  Stated stated{.person = request.person()};
  for (int i = 0; i < request.person().residences_size() && i < kFactsMax; ++i) {
    stated.spells.emplace_back("person.residences[" + std::to_string(i) + "]",
                               request.person().residences(i));
  }
  return stated;
}

Stated StatedBy(const v1::PersonRecord&, const v1::RegisterResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::ChangeResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::CorrectResidenceRequest& request) {
  return {.spells = {{"residence", request.residence()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::ClaimMoveRequest& request) {
  return {.spells = {{"arrival", request.arrival()}}};
}

Stated StatedBy(const v1::PersonRecord&, const v1::AcceptMoveRequest& request) {
  return {.spells = {{"arrival", request.arrival()}}};
}

Term PairTerm(const std::string& person) {
  return {.index = kOfPerson, .value = person, .table = "duplicates"};
}

std::vector<Term> TermsOf(const v1::DuplicateRecord& record) {
  return {PairTerm(record.candidate().first()), PairTerm(record.candidate().second())};
}

std::vector<std::string> DwellingsOf(const v1::PersonRecord& record) {
  std::vector<std::string> names;
  const auto add_open = [&names](const v1::Residence& spell) {
    if (spell.to_date().empty()) Add(spell, &names);
  };
  for (const auto& spell : record.person().residences()) add_open(spell);
  for (const auto& merge : record.merges()) {
    for (const auto& spell : merge.set_aside()) add_open(spell);
  }
  add_open(record.person().move().arrival());
  return names;
}

Wanted WantedFor(const v1::PersonRecord& before, const Stated& stated) {
  Wanted wanted{.names = DwellingsOf(before)};
  for (const auto& [field, spell] : stated.spells) Add(spell, &wanted.names);
  if (!stated.person) return wanted;
  wanted.terms = SearchTerms(before.person(), *stated.person);
  const std::string name = before.person().name();
  if (name.empty()) return wanted;  // a new one has no candidates yet
  wanted.then = [name](const Related& found) {
    Wanted candidates;
    for (const auto* other : found.All<v1::PersonRecord>()) {
      if (other->person().name() == name) continue;
      candidates.names.push_back(CandidateName(name, other->person().name()));
    }
    return candidates;
  };
  return wanted;
}

Wanted WantedBy(const v1::PersonRecord&, const v1::RelatePersonsRequest& request) {
  return {.names = {request.relation().other()}};
}

Wanted WantedBy(const v1::PersonRecord&, const v1::UnrelatePersonsRequest& request) {
  return {.names = {request.other()}};
}

StatusOr<Term> LookupTerm(const v1::LookupPersonRequest& request) {
  const int stated = !request.document_number().empty() + !request.phone().empty() +
                     !request.external_id().empty();
  if (stated != 1) {
    return FieldError("document_number", "want this, phone or external_id, and one alone");
  }
  if (!request.external_id().empty()) {
    return Term{kExternalIds, request.external_id(), /*secret=*/true};
  }
  if (!request.phone().empty()) {
    ASSIGN_OR_RETURN(const std::string phone, identifier::ParsePhone("phone", request.phone()));
    return KeyTerms({PhoneKey(phone)})[0];
  }
  v1::Document document;
  document.set_document_type(request.document_type().empty() ? kCitizenId
                                                             : request.document_type());
  document.set_document_number(request.document_number());
  RETURN_IF_ERROR(NormaliseDocument("", &document, identifier::CitizenIdForm::kCurrent));
  return KeyTerms({DocumentKey(document.document_type(), document.document_number())})[0];
}

Wanted WantedBy(const v1::PersonRecord&, const v1::LookupPersonRequest& request) {
  const auto term = LookupTerm(request);
  if (!term.ok()) return {};  // the answer tells why
  return {.terms = {*term}, .limit = kLookupMax};
}

Wanted WantedBy(const v1::PersonRecord&, const v1::FindDuplicatesRequest& request) {
  return {.terms = SearchTerms(v1::Person(), request.person()), .limit = kLookupMax};
}

Wanted WantedBy(const v1::PersonRecord&, const v1::ListResidentsRequest& request) {
  return {.names = {request.dwelling()},
          .terms = {{kDwellings, request.dwelling()}},
          .limit = kResidentsMax};
}

Wanted WantedBy(const v1::TaskRecord&, const v1::OpenTaskRequest& request) {
  return {.names = {request.subject()}};
}

Wanted WantedBy(const v1::TaskRecord& before, const v1::CompleteTaskRequest&) {
  return {.names = {before.task().subject()}};
}

Wanted WantedForPair(const v1::DuplicateRecord& before) {
  return {.names = {before.candidate().first(), before.candidate().second()},
          .terms = {},
          .then = [](const Related& found) {
            Wanted wanted;
            for (const auto* record : found.All<v1::PersonRecord>()) {
              const auto dwellings = DwellingsOf(*record);
              wanted.names.insert(wanted.names.end(), dwellings.begin(), dwellings.end());
              for (const auto& relation : AllRelations(*record)) {
                wanted.names.push_back(relation.other());
              }
            }
            return wanted;
          }};
}

}  // namespace pingan::population
