#include "services/population/compose.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/population/duplicate.h"
#include "services/population/dwelling.h"
#include "services/population/erase.h"
#include "services/population/import.h"
#include "services/population/kin.h"
#include "services/population/lifecycle.h"
#include "services/population/merge.h"
#include "services/population/move.h"
#include "services/population/pairs.h"
#include "services/population/person.h"
#include "services/population/relation.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Occupants = std::map<std::string, int>;  // that a dwelling gets or loses

bool Names(const v1::PersonRecord& record, const std::string& dwelling) {
  const auto names = DwellingsOf(record);
  return std::find(names.begin(), names.end(), dwelling) != names.end();
}

// A dwelling out of scope is as good as none, unless the file has it from before.
Status CheckDwellings(const v1::PersonRecord& before, const Stated& stated, const Related& related,
                      const Env& env) {
  for (const auto& [field, spell] : stated.spells) {
    if (spell.dwelling().empty()) continue;
    const auto* known = related.Get<v1::DwellingRecord>(spell.dwelling());
    const bool seen =
        known && (InScope(env.caller, known->dwelling().area()) || Names(before, spell.dwelling()));
    RETURN_IF_ERROR(CheckDwellingOf(field, spell, seen ? *known : v1::DwellingRecord()));
  }
  return absl::OkStatus();
}

void Count(const v1::PersonRecord& before, const v1::PersonRecord& after, Occupants* occupants) {
  for (const auto& [name, change] : OccupancyChanges(before, after)) (*occupants)[name] += change;
}

Status AddOccupancy(const Occupants& occupants, const Related& related, const Env& env,
                    std::vector<Change>* also) {
  for (const auto& [name, change] : occupants) {
    const auto* dwelling = related.Get<v1::DwellingRecord>(name);
    if (change == 0 || !dwelling) continue;
    ASSIGN_OR_RETURN(auto decision, DecideOccupancy(*dwelling, change, env));
    also->push_back(ChangeOf(name, std::move(decision)));
  }
  return absl::OkStatus();
}

// As a row is told of it: by the field.
Status OfField(const char* path, const Status& refused) {
  ErrorDetails details = DetailsOf(refused);
  details.fields.push_back({path, std::string(refused.message())});
  return Error(refused.code(), StdView(refused.message()), details);
}

// The files of those who are related follow the relations that went over.
void AddFollowing(const Relations& relations, const std::string& from, const std::string& to,
                  const Related& related, const Env& env, std::vector<Change>* also) {
  std::set<std::string> names;
  for (const auto& relation : relations) names.insert(relation.other());
  for (const std::string& taken : {from, to}) names.erase(taken);
  for (const std::string& name : names) {
    const auto* relative = related.Get<v1::PersonRecord>(name);
    if (!relative) continue;
    auto decision = Follow(*relative, relations, from, to, env);
    if (decision) also->push_back(ChangeOf(name, *std::move(decision)));
  }
}

StatusOr<Decision<v1::DuplicateRecord>> Join(const MergeFiles& before, MergeDecision decision,
                                             const Related& related, const Env& env) {
  Decision<v1::DuplicateRecord> joined = std::move(decision.candidate);
  NamePair(decision.survivor.after.person(), decision.absorbed.after.person(),
           joined.after.mutable_candidate());
  Occupants occupants;
  Count(before.survivor, decision.survivor.after, &occupants);
  Count(before.absorbed, decision.absorbed.after, &occupants);
  const std::string& survivor = before.survivor.person().name();
  const std::string& absorbed = before.absorbed.person().name();
  const v1::PersonRecord other = decision.absorbed.after;
  AddPairs(before, decision, related, env, &joined.also);
  joined.also.push_back(ChangeOf(survivor, std::move(decision.survivor)));
  joined.also.push_back(ChangeOf(absorbed, std::move(decision.absorbed)));
  const bool apart = other.person().state() != v1::Person::MERGED;
  AddFollowing(AllRelations(other), apart ? survivor : absorbed, apart ? absorbed : survivor,
               related, env, &joined.also);
  RETURN_IF_ERROR(AddOccupancy(occupants, related, env, &joined.also));
  return joined;
}

// The files of the pair, the one of that name as the survivor.
StatusOr<MergeFiles> FilesOf(const v1::DuplicateRecord& pair, const std::string& survivor,
                             const Related& related) {
  const auto* first = related.Get<v1::PersonRecord>(pair.candidate().first());
  const auto* second = related.Get<v1::PersonRecord>(pair.candidate().second());
  if (!first || !second) return NotFound();
  if (survivor == second->person().name()) std::swap(first, second);
  return MergeFiles{*first, *second, pair};
}

StatusOr<Decision<v1::PersonRecord>> Both(StatusOr<RelatedFiles> files) {
  RETURN_IF_ERROR(files.status());
  const std::string other = files->other.after.person().name();
  // Nothing is written to an erased file, not even that it lost a relation.
  if (!files->other.after.person().has_erase_time()) {
    files->person.also.push_back(ChangeOf(other, std::move(files->other)));
  }
  return std::move(files->person);
}

// The person's file of which a visit tells something; null if there is none.
const v1::PersonRecord* FileThatGoesOn(const std::string& subject, const Related& related) {
  const auto* file = related.Get<v1::PersonRecord>(subject);
  while (file && file->person().state() == v1::Person::MERGED) {
    file = related.Get<v1::PersonRecord>(file->person().merged_into());
  }
  if (!file || file->person().state() == v1::Person::DECEASED) return nullptr;
  return file->person().has_erase_time() ? nullptr : file;
}

// Nobody is sent to who has moved or died.
void AddLapsed(const Related& related, const Env& env, Decision<v1::PersonRecord>* decision) {
  for (const auto* task : related.All<v1::TaskRecord>()) {
    auto lapsed = Lapsed(*task, decision->after, env);
    if (!lapsed) continue;
    decision->also.push_back(ChangeOf(task->task().name(), *std::move(lapsed)));
    // Nor does an un-merge find the look due for which this was to be.
    for (auto& merge : *decision->after.mutable_merges()) {
      merge.mutable_kept()->clear_verification_due();
    }
  }
}

template <class Subject>
StatusOr<Decision<v1::TaskRecord>> Opened(const Subject& subject,
                                          const v1::OpenTaskRequest& request,
                                          const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto opened, DecideOpenTask(subject, request, env));
  GoToDwelling(subject, related, &opened.task.after);
  opened.task.also.push_back(ChangeOf(request.subject(), std::move(opened.subject)));
  return std::move(opened.task);
}

}  // namespace

void GoToDwelling(const v1::PersonRecord& subject, const Related& related, v1::TaskRecord* task) {
  const auto* home = OpenSpell(subject.person(), v1::Residence::MAIN);
  if (!home || !task->task().grid().empty()) return;
  const auto* dwelling = related.Get<v1::DwellingRecord>(home->dwelling());
  if (dwelling) task->mutable_task()->set_grid(dwelling->dwelling().grid());
}

Composed<v1::PersonRecord> Complete(const v1::PersonRecord& before, const Stated& stated,
                                    const Related& related, const Env& env,
                                    Decision<v1::PersonRecord> decision) {
  RETURN_IF_ERROR(CheckDwellings(before, stated, related, env));
  Occupants occupants;
  Count(before, decision.after, &occupants);
  RETURN_IF_ERROR(AddOccupancy(occupants, related, env, &decision.also));
  if (stated.person) AddCandidates(decision.after, related, env, &decision.also);
  AddMoved(decision.after, "", related, &decision.also);
  AddLapsed(related, env, &decision);
  return decision;
}

Composed<v1::PersonRecord> ComposeCreate(const v1::PersonRecord& empty,
                                         const v1::CreatePersonRequest& request,
                                         const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, OnPerson<&DecideCreate>::Decide(empty, request, related, env));
  RETURN_IF_ERROR(CheckNotOnFile(empty.person(), decision.after.person(),
                                 related.All<v1::PersonRecord>(), env));
  return decision;
}

Composed<v1::PersonRecord> ComposeUpdate(const v1::PersonRecord& before,
                                         const v1::UpdatePersonRequest& request,
                                         const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, OnPerson<&DecideUpdate>::Decide(before, request, related, env));
  RETURN_IF_ERROR(CheckNotOnFile(before.person(), decision.after.person(),
                                 related.All<v1::PersonRecord>(), env));
  return decision;
}

Composed<v1::PersonRecord> ComposeImport(const v1::PersonRecord& none,
                                         const v1::ImportPersonsRequest& request,
                                         const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, DecideImport(request, env));
  const Status on_file = CheckIdsNotOnFile(none.person(), decision.after.person(),
                                           related.All<v1::PersonRecord>(), env);
  if (!on_file.ok()) return OfField("person.external_ids", on_file);
  return Complete(none, StatedBy(none, request), related, env, std::move(decision));
}

Composed<v1::PersonRecord> ComposeClaim(const v1::PersonRecord& before,
                                        const v1::ClaimMoveRequest& request, const Related& related,
                                        const Env& env) {
  auto decision = OnPerson<&DecideClaimMove>::Decide(before, request, related, env);
  const Status status = decision.status();
  if (status.ok() || absl::IsNotFound(status)) return decision;
  if (InScope(env.caller, before.person().area())) return decision;
  ErrorDetails details = DetailsOf(status);
  details.metadata.emplace_back("name", before.person().name());
  return Error(status.code(), StdView(status.message()), details);
}

Composed<v1::PersonRecord> ComposeRelate(const v1::PersonRecord& before,
                                         const v1::RelatePersonsRequest& request,
                                         const Related& related, const Env& env) {
  const auto* other = related.Get<v1::PersonRecord>(request.relation().other());
  if (!other) return NotFound();
  return Both(DecideRelate(before, *other, request, env));
}

Composed<v1::PersonRecord> ComposeUnrelate(const v1::PersonRecord& before,
                                           const v1::UnrelatePersonsRequest& request,
                                           const Related& related, const Env& env) {
  const auto* other = related.Get<v1::PersonRecord>(request.other());
  if (!other) return NotFound();
  return Both(DecideUnrelate(before, *other, request, env));
}

Composed<v1::PersonRecord> ComposeErase(const v1::PersonRecord& before,
                                        const v1::EraseSubjectRequest& request,
                                        const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, DecideErase(before, request, env));
  ASSIGN_OR_RETURN(decision.also, ErasedWith(before, request, related, env));
  return Complete(before, {}, related, env, std::move(decision));
}

Composed<v1::DuplicateRecord> ComposeMerge(const v1::DuplicateRecord& before,
                                           const v1::MergePersonsRequest& request,
                                           const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(const MergeFiles files, FilesOf(before, request.survivor(), related));
  ASSIGN_OR_RETURN(auto decision, DecideMerge(files, request, env));
  if (ToldApart(files.survivor, files.absorbed, related)) {
    return Refused("MergePersons", "a file of the one was told apart from a file of the other", {});
  }
  return Join(files, std::move(decision), related, env);
}

Composed<v1::DuplicateRecord> ComposeUnmerge(const v1::DuplicateRecord& before,
                                             const v1::UnmergePersonsRequest& request,
                                             const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(const MergeFiles files, FilesOf(before, before.candidate().survivor(), related));
  ASSIGN_OR_RETURN(auto decision, DecideUnmerge(files, request, env));
  return Join(files, std::move(decision), related, env);
}

Composed<v1::TaskRecord> ComposeOpenTask(const v1::TaskRecord&, const v1::OpenTaskRequest& request,
                                         const Related& related, const Env& env) {
  if (const auto* person = related.Get<v1::PersonRecord>(request.subject())) {
    return Opened(*person, request, related, env);
  }
  if (const auto* dwelling = related.Get<v1::DwellingRecord>(request.subject())) {
    return Opened(*dwelling, request, related, env);
  }
  return NotFound();
}

Composed<v1::TaskRecord> ComposeCompleteTask(const v1::TaskRecord& before,
                                             const v1::CompleteTaskRequest& request,
                                             const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, DecideCompleteTask(before, request, env));
  const std::string& subject = before.task().subject();
  const auto* person = FileThatGoesOn(subject, related);
  // Of a person who has moved away since, the visit says nothing.
  if (person && InScope(env.caller, person->person().area())) {
    ASSIGN_OR_RETURN(auto visited, DecideVisited(*person, decision.after, env));
    decision.also.push_back(ChangeOf(person->person().name(), std::move(visited)));
  }
  if (const auto* dwelling = related.Get<v1::DwellingRecord>(subject)) {
    ASSIGN_OR_RETURN(auto visited, DecideVisited(*dwelling, decision.after, env));
    decision.also.push_back(ChangeOf(subject, std::move(visited)));
  }
  return decision;
}

}  // namespace pingan::population
