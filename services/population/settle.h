// The end of every decision on a person: what follows by itself, so that no decision forgets it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

// Finishes a decision: the area becomes that of the open MAIN spell, or when the person has left or
// died that of the last; with another area the next look is due there, at once if it was due here.
// A move does not outlive the ACTIVE state, and next_due_time is set.
Decision<v1::PersonRecord> Settle(v1::PersonRecord after, std::vector<std::string> events,
                                  const Env& env);

// What fires by itself next, and when. From `time` on it is due; ties stand in the order of Kind.
struct Due {
  enum class Kind {
    kMoveExpired,   // the offer was not answered
    kIssueLate,     // the permit was not issued in time
    kSuspension,    // the full year passed without an endorsement
    kDutyOverdue,   // a report was not made; index: the duty
    kServiceLate,   // a request was not answered; index: the item
    kVerification,  // nobody looked for too long
  };
  Kind kind;
  int index = 0;
  absl::Time time;
};
std::optional<Due> NextDue(const v1::PersonRecord& record, const Env& env);

}  // namespace pingan::population
