#include "services/population/wanted.h"

#include <set>
#include <utility>

#include "common/identifier/phone.h"
#include "services/population/duplicate.h"
#include "services/population/identity.h"
#include "services/population/kin.h"
#include "services/population/limits.h"
#include "services/population/match.h"
#include "services/population/merge_fields.h"
#include "services/population/pairs.h"

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

// By what whoever is like one of these is found.
std::vector<Term> TermsOfAll(std::initializer_list<v1::Person> persons) {
  std::set<std::string> keys, ids;
  for (const v1::Person& person : persons) {
    for (std::string& key : BlockingKeys(person)) keys.insert(std::move(key));
    ids.insert(person.external_ids().begin(), person.external_ids().end());
  }
  std::vector<Term> terms = KeyTerms({keys.begin(), keys.end()});
  for (const auto& id : ids) terms.push_back({kExternalIds, id, /*secret=*/true});
  return terms;
}

// By what pairs are found: what the file had, and what it gets. What it had finds the candidates
// whose points change.
std::vector<Term> SearchTerms(const v1::Person& before, const v1::Person& after) {
  return TermsOfAll({before, Comparable(after)});
}

// Who the survivor is after the merge, or when it was taken back.
v1::Person Afterwards(const v1::PersonRecord& survivor, const v1::PersonRecord& absorbed,
                      const v1::MergePersonsRequest& request) {
  v1::Person person = survivor.person();
  v1::Merge merge;
  JoinParticulars(request, absorbed.person(), &person, &merge);
  return person;
}
v1::Person Afterwards(const v1::PersonRecord& survivor, const v1::PersonRecord& absorbed,
                      const v1::UnmergePersonsRequest&) {
  v1::Person person = survivor.person();
  if (survivor.merges().empty()) return person;
  PartParticulars(*survivor.merges().rbegin(), absorbed.person(), &person);
  return person;
}

void Add(const v1::Residence& spell, std::vector<std::string>* names) {
  if (!spell.dwelling().empty()) names->push_back(spell.dwelling());
}

// The pairs that these files are in, or may be, with all others that were found.
Wanted PairsWith(const std::vector<const v1::PersonRecord*>& files, const Related& found) {
  Wanted wanted;
  for (const auto* file : files) {
    for (const auto* other : found.All<v1::PersonRecord>()) {
      if (other->person().name() == file->person().name()) continue;
      const auto names = PairsBetween(*file, *other);
      wanted.names.insert(wanted.names.end(), names.begin(), names.end());
    }
  }
  return wanted;
}

// What two files name, and the files that they may be of one person with.
Wanted AroundPair(const v1::PersonRecord& survivor, const v1::PersonRecord& absorbed,
                  const v1::Person& afterwards, const Related& found) {
  Wanted wanted{.limit = kLookupMax};
  for (const auto* file : {&survivor, &absorbed}) {
    const auto dwellings = DwellingsOf(*file);
    wanted.names.insert(wanted.names.end(), dwellings.begin(), dwellings.end());
    for (const auto& relation : AllRelations(*file)) wanted.names.push_back(relation.other());
    for (const auto* pair : found.All<v1::DuplicateRecord>()) {
      const std::string third = ThirdOf(*pair, file->person().name());
      if (!third.empty()) wanted.names.push_back(third);
    }
  }
  wanted.terms = TermsOfAll({survivor.person(), absorbed.person(), afterwards});
  for (Term& term : wanted.terms) term.table = "persons";
  wanted.then = [one = survivor, other = absorbed](const Related& all) {
    return PairsWith({&one, &other}, all);
  };
  return wanted;
}

template <class Request>
Wanted WantedForPair(const v1::DuplicateRecord& before, const std::string& survivor,
                     const Request& request) {
  std::string one = before.candidate().first(), other = before.candidate().second();
  if (survivor == other) std::swap(one, other);
  const auto around = [one, other, request](const Related& found) {
    const auto* file = found.Get<v1::PersonRecord>(one);
    const auto* absorbed = found.Get<v1::PersonRecord>(other);
    if (!file || !absorbed) return Wanted();
    return AroundPair(*file, *absorbed, Afterwards(*file, *absorbed, request), found);
  };
  return {.names = {one, other},
          .terms = {PairTerm(one), PairTerm(other)},
          .limit = kPairsMax,
          .then = around};
}

}  // namespace

std::vector<Term> TermsOf(const v1::PersonRecord& record) {
  std::vector<Term> terms;
  if (record.person().state() != v1::Person::MERGED) {
    terms = TermsOfAll({record.person()});
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
  Wanted wanted{.names = DwellingsOf(before), .terms = {}, .limit = kLookupMax};
  for (const auto& [field, spell] : stated.spells) Add(spell, &wanted.names);
  const std::string& name = before.person().name();
  if (!stated.person) {
    if (stated.spells.empty() || name.empty()) return wanted;
    wanted.terms = {PairTerm(name)};
    wanted.limit = kPairsMax;
    return wanted;
  }
  wanted.terms = SearchTerms(before.person(), *stated.person);
  if (name.empty()) return wanted;  // a new one has no candidates yet
  wanted.then = [before](const Related& found) { return PairsWith({&before}, found); };
  return wanted;
}

Wanted WantedBy(const v1::PersonRecord& none, const v1::ImportPersonsRequest& request) {
  return WantedFor(none, StatedBy(none, request));
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

Wanted WantedBy(const v1::DuplicateRecord& before, const v1::MergePersonsRequest& request) {
  return WantedForPair(before, request.survivor(), request);
}

Wanted WantedBy(const v1::DuplicateRecord& before, const v1::UnmergePersonsRequest& request) {
  return WantedForPair(before, before.candidate().survivor(), request);
}

}  // namespace pingan::population
