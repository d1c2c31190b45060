#include "services/population/wanted.h"

#include <utility>

#include "services/population/identity.h"
#include "services/population/kin.h"
#include "services/population/limits.h"
#include "services/population/merge_fields.h"
#include "services/population/pairs.h"
#include "services/population/spells.h"
#include "services/population/task.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

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

// A file, and by however many merges the one that goes on.
Wanted WithWhatGoesOn(const std::string& name) {
  Wanted wanted{.names = {name}};
  if (!name.starts_with("persons/")) return wanted;
  wanted.then = [name](const Related& found) {
    const auto* file = found.Get<v1::PersonRecord>(name);
    const bool merged = file && file->person().state() == v1::Person::MERGED;
    return merged ? WithWhatGoesOn(file->person().merged_into()) : Wanted();
  };
  return wanted;
}

}  // namespace

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
  // With the death taken back they go on, where they were or as they were corrected.
  for (const auto& spell : record.before_death().residences()) {
    Add(spell, &names);
    const auto* known = FindSpell(record.person(), spell.id());
    if (known != nullptr) Add(*known, &names);
  }
  return names;
}

Wanted WantedFor(const v1::PersonRecord& before, const Stated& stated) {
  Wanted wanted{.names = DwellingsOf(before), .terms = {}, .limit = kLookupMax};
  for (const auto& [field, spell] : stated.spells) Add(spell, &wanted.names);
  const std::string& name = before.person().name();
  if (!stated.person) {
    if ((stated.spells.empty() && !stated.moves) || name.empty()) return wanted;
    wanted.terms = {PairTerm(name)};
    wanted.limit = kPairsMax;
    const auto tasks = NamesOfTasks(before);
    wanted.names.insert(wanted.names.end(), tasks.begin(), tasks.end());
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
          .terms = {DwellingTerm(request.dwelling())},
          .limit = kResidentsMax};
}

Wanted WantedBy(const v1::TaskRecord&, const v1::OpenTaskRequest& request) {
  return {.names = {request.subject()}, .then = [name = request.subject()](const Related& found) {
            const auto* person = found.Get<v1::PersonRecord>(name);
            return person ? WantedByTick(*person) : Wanted();
          }};
}

Wanted WantedByTick(const v1::PersonRecord& before) {
  Wanted wanted;
  const auto* home = OpenSpell(before.person(), v1::Residence::MAIN);
  if (home) Add(*home, &wanted.names);
  return wanted;
}

Wanted WantedBy(const v1::TaskRecord& before, const v1::CompleteTaskRequest&) {
  return WithWhatGoesOn(before.task().subject());
}

Wanted WantedBy(const v1::DuplicateRecord& before, const v1::MergePersonsRequest& request) {
  return WantedForPair(before, request.survivor(), request);
}

Wanted WantedBy(const v1::DuplicateRecord& before, const v1::UnmergePersonsRequest& request) {
  return WantedForPair(before, before.candidate().survivor(), request);
}

}  // namespace pingan::population
