#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/duty.h"
#include "services/population/identity.h"
#include "services/population/kin.h"
#include "services/population/lifecycle.h"
#include "services/population/merge.h"
#include "services/population/merge_fields.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Candidate = v1::DuplicateCandidate;
using Ids = std::map<std::string, std::string>;  // of facts that go back: here, there

// Both files on their way apart.
struct Parting {
  const v1::Merge merge;
  const v1::PersonRecord& merged;    // the survivor before the un-merge
  const v1::PersonRecord& absorbed;  // as the merge left it
  std::set<std::string> named;       // later facts that are the other's
  v1::PersonRecord survivor;
  v1::PersonRecord other;
  Ids ids;

  template <class Fact>
  bool GoesBack(const Fact& fact) const {
    return fact.origin().person() == merge.absorbed() || named.contains(fact.id());
  }
};

template <class List>
bool IsLater(const List& facts, const std::string& id, const v1::Merge& merge) {
  return std::any_of(facts.begin(), facts.end(), [&](const auto& fact) {
    return fact.id() == id && std::stoi(id) >= merge.first_id();
  });
}

Status CheckNamed(const v1::Person& person, const v1::Merge& merge,
                  const v1::UnmergePersonsRequest& request) {
  for (int i = 0; i < request.to_absorbed_size(); ++i) {
    const std::string& id = request.to_absorbed(i);
    if (IsLater(person.residences(), id, merge) || IsLater(person.employments(), id, merge) ||
        IsLater(person.service_items(), id, merge)) {
      continue;
    }
    return FieldError("to_absorbed[" + std::to_string(i) + "]", "want the id of a later fact");
  }
  return absl::OkStatus();
}

bool SameSpell(v1::Residence one, v1::Residence other) {
  for (v1::Residence* spell : {&one, &other}) {
    spell->clear_id();
    spell->clear_origin();
    spell->clear_recorded_time();
    spell->clear_recorded_revision();
    spell->clear_recorded_by();
  }
  return one.SerializeAsString() == other.SerializeAsString();
}

// Whether a spell of the absorbed file came over and is not known any more.
bool WasRetracted(const Parting& parting, const v1::Residence& spell) {
  const auto is_copy = [&](const v1::Residence& version) {
    return version.origin().person() == parting.merge.absorbed() &&
           version.origin().id() == spell.id();
  };
  const auto& known = parting.merged.person().residences();
  const auto& past = parting.merged.superseded();
  return std::any_of(past.begin(), past.end(), is_copy) &&
         std::none_of(known.begin(), known.end(), is_copy);
}

// Takes the spells that go back out of the survivor's file.
std::vector<v1::Residence> TakeOut(Parting* parting, const Env& env) {
  std::vector<v1::Residence> back;
  for (const auto& spell : parting->merged.person().residences()) {
    if (!parting->GoesBack(spell)) continue;
    back.push_back(Supersede(&parting->survivor, spell.id(), "unmerged", env));
  }
  return back;
}

void GiveBackResidences(Parting* parting, const Env& env) {
  const std::vector<v1::Residence> back = TakeOut(parting, env);
  std::vector<v1::Residence> records;
  for (v1::Residence spell : back) {
    const std::string here = spell.id();
    const v1::Residence* own = FindSpell(parting->other.person(), spell.origin().id());
    parting->ids[here] = own ? own->id() : NextId(&parting->other);
    if (own != nullptr && SameSpell(*own, spell)) continue;
    spell.set_id(parting->ids[here]);
    spell.clear_origin();
    if (own != nullptr) {
      if (own->has_origin()) *spell.mutable_origin() = own->origin();
      Supersede(&parting->other, own->id(), "unmerged", env);
    }
    records.push_back(std::move(spell));
  }
  for (const auto& spell : parting->absorbed.person().residences()) {
    if (!WasRetracted(*parting, spell)) continue;
    Supersede(&parting->other, spell.id(), "unmerged", env);
    TakeOutDuties(&parting->other, spell.id());
  }
  for (v1::Residence& spell : records) Record(&parting->other, std::move(spell), env);
  for (const auto& spell : parting->merge.set_aside()) Record(&parting->survivor, spell, env);
}

// Moves facts with an id; the own ones get back what became of them in the meantime.
template <class Fact>
void GiveBack(google::protobuf::RepeatedPtrField<Fact>* here,
              google::protobuf::RepeatedPtrField<Fact>* there, Parting* parting) {
  google::protobuf::RepeatedPtrField<Fact> stay;
  for (Fact& fact : *here) {
    if (!parting->GoesBack(fact)) {
      *stay.Add() = fact;
      continue;
    }
    const auto own = std::find_if(there->begin(), there->end(), [&](const Fact& other) {
      return other.id() == fact.origin().id();
    });
    Fact& target = own != there->end() ? *own : *there->Add();
    const Fact known = target;
    target = fact;
    target.set_id(known.id().empty() ? NextId(&parting->other) : known.id());
    target.clear_origin();
    if (known.has_origin()) *target.mutable_origin() = known.origin();
    parting->ids[fact.id()] = target.id();
  }
  here->Swap(&stay);
}

// A report goes with the fact it is of; of a job that was retracted meanwhile none is owed.
void GiveBackDuties(Parting* parting) {
  for (const auto& job : parting->other.person().employments()) {
    if (!job.retract_reason().empty()) TakeOutDuties(&parting->other, job.id());
  }
  for (const auto& duty : parting->survivor.person().duties()) {
    if (parting->ids.contains(duty.fact())) parting->named.insert(duty.id());
  }
  GiveBack(parting->survivor.mutable_person()->mutable_duties(),
           parting->other.mutable_person()->mutable_duties(), parting);
  for (auto& duty : *parting->other.mutable_person()->mutable_duties()) {
    const auto& own = parting->absorbed.person().duties();
    const auto known = std::find_if(own.begin(), own.end(),
                                    [&](const auto& other) { return other.id() == duty.id(); });
    if (known != own.end()) {
      duty.set_fact(known->fact());
    } else {
      duty.set_fact(parting->ids[duty.fact()]);
    }
  }
}

// The permit goes back with everything that became of it, and with those that followed it.
void GiveBackPermit(Parting* parting) {
  if (!Contains(parting->merge.taken(), std::string("permit"))) return;
  CopyField(parting->survivor.person(), "permit", parting->other.mutable_person());
  auto& earlier = *parting->survivor.mutable_earlier_permits();
  for (int i = parting->merge.earlier_permits(); i < earlier.size(); ++i) {
    *parting->other.add_earlier_permits() = earlier[i];
  }
  earlier.erase(earlier.begin() + parting->merge.earlier_permits(), earlier.end());
}

// Whether a registration that is the survivor's, or the other's, was open in the file that was one
// and ended there. What came by a merge that was taken back since is neither's.
bool RegistrationEnded(const Parting& parting, bool of_other) {
  const auto& past = parting.merged.superseded();
  return std::any_of(past.begin(), past.end(), [&](const auto& version) {
    if (version.kind() != v1::Residence::MAIN || !version.to_date().empty()) return false;
    if (version.superseded_reason() != kEnded) return false;
    if (parting.GoesBack(version)) return of_other;
    const bool own =
        std::stoi(version.id()) < parting.merge.first_id() || version.origin().person().empty();
    return own && !of_other;
  });
}

// By the residences that the file has now; ACTIVE without one only if none of it has ended.
v1::Person::State StateOf(const v1::Person& person, v1::Person::State before, bool ended) {
  if (OpenSpell(person, v1::Residence::MAIN) != nullptr) return v1::Person::ACTIVE;
  return before == v1::Person::ACTIVE && ended ? v1::Person::LEFT : before;
}

void RestoreStates(Parting* parting) {
  v1::Person& person = *parting->survivor.mutable_person();
  const v1::Person& kept = parting->merge.kept();
  // Unless somebody looked since, the look is due again where it was before the area changed.
  const bool looked = FromProto(person.verify_time()) != FromProto(kept.verify_time());
  if (!looked && person.area() != kept.area()) {
    person.set_verification_due(kept.verification_due());
  }
  const auto* open = OpenSpell(person, v1::Residence::MAIN);
  person.set_area(open ? open->area() : kept.area());
  person.set_state(StateOf(person, kept.state(), RegistrationEnded(*parting, false)));
  v1::Person& other = *parting->other.mutable_person();
  other.clear_merged_into();
  parting->other.mutable_absorptions()->rbegin()->set_ended(true);
  other.set_state(
      StateOf(other, parting->merge.absorbed_state(), RegistrationEnded(*parting, true)));
}

// A field of the file that is one, for no other file can be corrected.
Status CorrectFirst(const Parting& parting, const std::string& field, const std::string& problem) {
  const std::string& survivor = parting.merged.person().name();
  return Error(absl::StatusCode::kFailedPrecondition,
               "UnmergePersons: correct " + field + " of " + survivor + " first: " + problem,
               {.reason = common::v1::ACTION_NOT_ALLOWED,
                .fields = {{field, problem}},
                .metadata = {{"survivor", survivor}}});
}

// What a write of the file would refuse of the spell; empty if nothing.
std::string ProblemOf(const v1::Person& person, const v1::Residence& spell) {
  const std::string_view bound = AtOddsWithLife(person, spell);
  const char* problem = !CheckNoOverlap("", person, spell).ok() ? "overlap another"
                        : bound == "birth_date"                 ? "begin before the birth"
                        : bound == "death_date"                 ? "end after the death"
                                                                : "";
  if (*problem == '\0') return "";
  return std::string("would ") + problem + " on " + person.name();
}

// Neither file says what each write of it would refuse. The file that is one may, for it can have
// the birth, death and residences of either.
Status CheckApart(const Parting& parting) {
  const v1::Person& merged = parting.merged.person();
  const v1::Person& survivor = parting.survivor.person();
  for (int i = 0; i < merged.residences_size(); ++i) {
    const std::string& id = merged.residences(i).id();
    const auto there = parting.ids.find(id);
    const bool back = there != parting.ids.end();
    const v1::Person& person = back ? parting.other.person() : survivor;
    const std::string problem = ProblemOf(person, *FindSpell(person, back ? there->second : id));
    if (problem.empty()) continue;
    return CorrectFirst(parting, "residences[" + std::to_string(i) + "]",
                        "residence " + id + " " + problem);
  }
  for (const auto& spell : parting.merge.set_aside()) {
    if (CheckBorn("", survivor, spell.from_date()).ok()) continue;
    return CorrectFirst(parting, "birth_date",
                        "a residence that was set aside would begin before it");
  }
  const std::string_view field = AtOddsWithCitizenId(survivor);
  if (field.empty()) return absl::OkStatus();
  return CorrectFirst(
      parting, "documents",
      "the citizen ID would say another " + std::string(field) + " than " + survivor.name());
}

}  // namespace

StatusOr<MergeDecision> DecideUnmerge(const MergeFiles& before,
                                      const v1::UnmergePersonsRequest& request, const Env& env) {
  const Candidate& candidate = before.candidate.candidate();
  const auto& merges = before.survivor.merges();
  RETURN_IF_ERROR(CheckScope(before, env));
  if (candidate.state() != Candidate::MERGED || merges.empty() ||
      merges.rbegin()->absorbed() != before.absorbed.person().name()) {
    return Refused("UnmergePersons", "want the survivor's last merge", {});
  }
  RETURN_IF_ERROR(CheckAllowed(before.survivor.person(), Action::kMergePersons, "UnmergePersons"));
  if (before.survivor.person().state() == v1::Person::DECEASED &&
      merges.rbegin()->kept().state() != v1::Person::DECEASED) {
    return Refused("UnmergePersons", "the person has died since", {});
  }
  RETURN_IF_ERROR(CheckNamed(before.survivor.person(), *merges.rbegin(), request));

  Parting parting{.merge = *merges.rbegin(),
                  .merged = before.survivor,
                  .absorbed = before.absorbed,
                  .named = {request.to_absorbed().begin(), request.to_absorbed().end()},
                  .survivor = before.survivor,
                  .other = before.absorbed,
                  .ids = {}};
  v1::Person& person = *parting.survivor.mutable_person();
  v1::Person& other = *parting.other.mutable_person();
  GiveBackResidences(&parting, env);
  GiveBack(person.mutable_employments(), other.mutable_employments(), &parting);
  GiveBack(person.mutable_service_items(), other.mutable_service_items(), &parting);
  GiveBackDuties(&parting);
  PutBackDuties(&parting.survivor, parting.merge.set_aside_duties());
  GiveBackPermit(&parting);
  PartParticulars(parting.merge, before.absorbed.person(), &person);
  RETURN_IF_ERROR(CheckApart(parting));
  PartRelations(&parting.survivor, &parting.other);
  RestoreStates(&parting);
  parting.survivor.mutable_merges()->RemoveLast();
  return MergeDecision{
      Settle(std::move(parting.survivor), {"person.unmerged"}, env),
      Settle(std::move(parting.other), {"person.restored"}, env),
      Decided(before.candidate, Candidate::UNMERGED, request.reason(), "duplicate.unmerged", env)};
}

}  // namespace pingan::population
