// What goes with a decision in the same commit: a dwelling fills or empties, a file looks like
// another, a task opens, a visit verifies its subject, a merge changes three records.
#pragma once

#include <utility>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"
#include "services/population/sweep.h"
#include "services/population/task.h"
#include "services/population/wanted.h"

namespace pingan::population {

template <class Record>
using Composed = StatusOr<Decision<Record>>;

// Completes a decision on a person: the dwellings that are named are there and of the residence's
// area, INVALID_ARGUMENT (<field>.dwelling); who lives there is counted; if the request states who
// the person is, pairs become candidates; a file that goes to another area takes its pairs along,
// and its visits here lapse.
Composed<v1::PersonRecord> Complete(const v1::PersonRecord& before, const Stated& stated,
                                    const Related& related, const Env& env,
                                    Decision<v1::PersonRecord> decision);

// A decision on a person, completed: OnPerson<&DecideUpdate>::Decide, and what it ::Wants.
template <auto decide>
struct OnPerson;
template <class Request, StatusOr<Decision<v1::PersonRecord>> (*decide)(const v1::PersonRecord&,
                                                                        const Request&, const Env&)>
struct OnPerson<decide> {
  static Composed<v1::PersonRecord> Decide(const v1::PersonRecord& before, const Request& request,
                                           const Related& related, const Env& env) {
    ASSIGN_OR_RETURN(auto decision, decide(before, request, env));
    return Complete(before, StatedBy(before, request), related, env, std::move(decision));
  }
  static Wanted Wants(const v1::PersonRecord& before, const Request& request) {
    return WantedFor(before, StatedBy(before, request));
  }
};

// CreatePerson and UpdatePerson: also not on file already (CheckNotOnFile); a row of a ledger may
// be but for its external ids.
Composed<v1::PersonRecord> ComposeCreate(const v1::PersonRecord& empty,
                                         const v1::CreatePersonRequest& request,
                                         const Related& related, const Env& env);
Composed<v1::PersonRecord> ComposeUpdate(const v1::PersonRecord& before,
                                         const v1::UpdatePersonRequest& request,
                                         const Related& related, const Env& env);
Composed<v1::PersonRecord> ComposeImport(const v1::PersonRecord& none,
                                         const v1::ImportPersonsRequest& request,
                                         const Related& related, const Env& env);

// A claim of a file. Whoever is refused with the right document in hand has learned of a file that
// is not the caller's: the refusal names it (metadata "name"), so that it is on record.
Composed<v1::PersonRecord> ComposeClaim(const v1::PersonRecord& before,
                                        const v1::ClaimMoveRequest& request, const Related& related,
                                        const Env& env);

// Both files of a relation. NOT_FOUND if the other does not exist.
Composed<v1::PersonRecord> ComposeRelate(const v1::PersonRecord& before,
                                         const v1::RelatePersonsRequest& request,
                                         const Related& related, const Env& env);
Composed<v1::PersonRecord> ComposeUnrelate(const v1::PersonRecord& before,
                                           const v1::UnrelatePersonsRequest& request,
                                           const Related& related, const Env& env);

// A file with everything else that is kept of the person (erase.h).
Composed<v1::PersonRecord> ComposeErase(const v1::PersonRecord& before,
                                        const v1::EraseSubjectRequest& request,
                                        const Related& related, const Env& env);

// The candidate with both files and the dwellings in which one person less, or more, lives.
Composed<v1::DuplicateRecord> ComposeMerge(const v1::DuplicateRecord& before,
                                           const v1::MergePersonsRequest& request,
                                           const Related& related, const Env& env);
Composed<v1::DuplicateRecord> ComposeUnmerge(const v1::DuplicateRecord& before,
                                             const v1::UnmergePersonsRequest& request,
                                             const Related& related, const Env& env);

// VerifyPerson and RecordReport, with the tasks that were to bring them about.
template <auto decide>
struct OnPersonWithTasks;
template <class Request, StatusOr<Decision<v1::PersonRecord>> (*decide)(const v1::PersonRecord&,
                                                                        const Request&, const Env&)>
struct OnPersonWithTasks<decide> {
  static Composed<v1::PersonRecord> Decide(const v1::PersonRecord& before, const Request& request,
                                           const Related& related, const Env& env) {
    ASSIGN_OR_RETURN(auto decision, decide(before, request, env));
    for (const auto* task : related.All<v1::TaskRecord>()) {
      auto answered = Answered(*task, before, decision.after, env);
      if (answered) decision.also.push_back(ChangeOf(task->task().name(), *std::move(answered)));
    }
    return decision;
  }
  static Wanted Wants(const v1::PersonRecord& before, const Request&) {
    return {.names = NamesOfTasks(before)};
  }
};

// A new task with its subject, which counts it. NOT_FOUND if there is no such subject.
Composed<v1::TaskRecord> ComposeOpenTask(const v1::TaskRecord& none,
                                         const v1::OpenTaskRequest& request, const Related& related,
                                         const Env& env);
// A completed task with what that means for its subject, or the file that goes on.
Composed<v1::TaskRecord> ComposeCompleteTask(const v1::TaskRecord& before,
                                             const v1::CompleteTaskRequest& request,
                                             const Related& related, const Env& env);

// Where neither the residence nor the request says where to go, the dwelling does, as it is now.
void GoToDwelling(const v1::PersonRecord& subject, const Related& related, v1::TaskRecord* task);
inline void GoToDwelling(const v1::DwellingRecord&, const Related&, v1::TaskRecord*) {}

// What happens by itself to a person or dwelling, with the tasks that it opens.
template <class Subject>
Composed<Subject> ComposeTick(const Subject& before, const Related& related, const Env& env) {
  ASSIGN_OR_RETURN(auto decision, DecideTick(before, env));
  for (auto& task : TasksOpened(before, decision.after, env)) {
    GoToDwelling(decision.after, related, &task);
    decision.also.push_back(
        ChangeOf("", Decision<v1::TaskRecord>{std::move(task), {"task.opened"}}));
  }
  return decision;
}

inline Composed<v1::TaskRecord> ComposeTick(const v1::TaskRecord& before, const Related&,
                                            const Env& env) {
  return DecideTick(before, env);
}

}  // namespace pingan::population
