// A residence permit that an old ledger brings, with the past that the clock can lead to.
#pragma once

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// A permit in hand, VALID or SUSPENDED as its endorsements say, of a person whose residences were
// taken. Applications of the old ledger are made anew here: what is told of them is not kept, so an
// issue counts neither as on time nor as late. Of basis, school and applicant an old ledger may say
// nothing.
//
// INVALID_ARGUMENT naming the field below "person.": what ApplyForPermit, IssuePermit and
// EndorsePermit would refuse. The household is of another city; on the day of the issue the person
// had lived here, registered, for half a year (art. 2); each endorsement is of somebody who lives
// here, and in the month before the full year of somebody who did all that year, or after it
// (art. 10); papers are codes.
StatusOr<v1::ResidencePermit> PermitOfLedger(const v1::ResidencePermit& told,
                                             const v1::Person& person, const Env& env);

}  // namespace pingan::population
