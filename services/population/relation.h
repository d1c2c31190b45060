// Relations between persons (与户主关系, GB/T 4761): each stands on both files, as itself and as
// its inverse, and both are written in one commit.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// CHILD of PARENT, WARD of GUARDIAN, MEMBER of HOST; SPOUSE, SIBLING and OTHER of themselves.
v1::Relation::Type InverseOf(v1::Relation::Type type);

// Both files of a relation.
struct RelatedFiles {
  Decision<v1::PersonRecord> person;
  Decision<v1::PersonRecord> other;
};

// NOT_FOUND when either file is out of scope, ACTION_NOT_ALLOWED by the state of either,
// INVALID_ARGUMENT (relation.other: the person itself; relation.from_date), ALREADY_EXISTS
// (RESOURCE_EXISTS) when they are so related, or the other way round.
StatusOr<RelatedFiles> DecideRelate(const v1::PersonRecord& person, const v1::PersonRecord& other,
                                    const v1::RelatePersonsRequest& request, const Env& env);

// The same; INVALID_ARGUMENT (other) when they are not so related.
StatusOr<RelatedFiles> DecideUnrelate(const v1::PersonRecord& person, const v1::PersonRecord& other,
                                      const v1::UnrelatePersonsRequest& request, const Env& env);

}  // namespace pingan::population
