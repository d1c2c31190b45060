// Two files of one person become one, and apart again.
//
// Merge: the survivor goes on with the facts of both; the absorbed file stays as it is, MERGED, and
// says where the person goes on. Each fact that came over remembers whose it was and by which id
// (Origin). Where both say something of one field the survivor's word stands, unless the field is
// taken from the other; where the survivor says nothing the other's word fills it. Residences that
// overlap: those of the survivor stand, or if "residences" is taken the other's, and the survivor's
// are set aside.
//
// Un-merge: both files are as they were before the merge, and what came later is on the right side:
// a fact that came over goes back as it is by then, also if it was ended, delivered or retracted in
// the meantime; a residence that follows one that came over goes with it; every other later fact
// stays with the survivor, unless it is named. A taken field goes back to what the survivor had,
// unless it was changed since. History is not undone: what the register knew in between stays
// readable as of then.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// The three records that a merge or un-merge reads and writes, in one commit.
struct MergeFiles {
  v1::PersonRecord survivor;
  v1::PersonRecord absorbed;
  v1::DuplicateRecord candidate;
};
struct MergeDecision {
  Decision<v1::PersonRecord> survivor;
  Decision<v1::PersonRecord> absorbed;
  Decision<v1::DuplicateRecord> candidate;
};

// NOT_FOUND unless both files are the caller's; ACTION_NOT_ALLOWED unless the candidate is OPEN,
// both files allow it, and both persons have died or neither; INVALID_ARGUMENT (survivor, take[i]),
// also where the active registration or the better permit of the two would be lost, and where the
// one file would say what each write refuses: a birth date or sex other than the citizen IDs', a
// residence before the birth or after the death, more of a list than a file can have.
StatusOr<MergeDecision> DecideMerge(const MergeFiles& before,
                                    const v1::MergePersonsRequest& request, const Env& env);

// NOT_FOUND as above; ACTION_NOT_ALLOWED unless the candidate is MERGED, the merge is the
// survivor's last, no move is offered and nobody has died since; INVALID_ARGUMENT (to_absorbed[i]):
// no later fact.
//
// ACTION_NOT_ALLOWED, too, where one of the files would say what each write refuses: as above, or
// residences that overlap. It names the field of the file that is one to be corrected first, one at
// a time: residences[i], birth_date (of which one that was set aside is at odds) or
// documents (that were told since).
StatusOr<MergeDecision> DecideUnmerge(const MergeFiles& before,
                                      const v1::UnmergePersonsRequest& request, const Env& env);

}  // namespace pingan::population
