// Erasure of a person (personal information protection law art. 47): of every file of the person,
// of the visits to them and of the pairs that they are in. What is left says that there was one,
// of which kind, in which state and area, and when and on which ground it was erased. Nothing can
// be done with it.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// NOT_FOUND out of scope; ACTION_NOT_ALLOWED unless DECEASED or LEFT. Events: "person.erased".
StatusOr<Decision<v1::PersonRecord>> DecideErase(const v1::PersonRecord& before,
                                                 const v1::EraseSubjectRequest& request,
                                                 const Env& env);

// What else is kept of the person: the files that were merged into it and into those, their tasks,
// the pairs of each; the files that one of them was merged into for a time; and the dwellings that
// the file names.
Wanted WantedBy(const v1::PersonRecord& before, const v1::EraseSubjectRequest& request);

// Those, erased with it. A task that is open is cancelled: "task.erased", "duplicate.erased". A
// file of somebody else that one of them was merged into for a time goes on without the residences
// that it told of then: "person.cleared". FAILED_PRECONDITION (LIMIT_REACHED) if there are more
// pairs than are read.
StatusOr<std::vector<Change>> ErasedWith(const v1::PersonRecord& before,
                                         const v1::EraseSubjectRequest& request,
                                         const Related& related, const Env& env);

}  // namespace pingan::population
