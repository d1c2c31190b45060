// The end of every decision: what follows from the new state by itself, so that no decision forgets
// it.
//
// A clock starts when its step begins and stops when the step ends (StatutoryStep, ManagementStep);
// so decisions only change the state. `missed` of a clock stays set on its later steps; `card` RED
// of the statutory clock says that the running step missed it. A pause ends with the step or the
// level.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/calendar/clock_rule.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {

// Finishes a decision: starts and stops the clocks, notes a limit that was missed at the stop
// (event "deadline.missed"), sets due times, `major` and `next_due_time`, and drops the offered
// transfer of an ended case.
Decision<v1::DisputeRecord> Settle(const v1::DisputeRecord& before, v1::DisputeRecord after,
                                   std::vector<std::string> events, const Env& env);

// Lets a clock that is paused run on.
void EndPause(v1::Clock* clock, absl::Time now);

// Makes the clocks begin their step anew at the next Settle: all limits count from then.
void RestartClock(v1::Clock* clock);

// Starts the clocks whose step began, at `start`; Settle does it at env.now.
void StartClocks(v1::DisputeRecord* record, absl::Time start, const Env& env);

// The clock as the calendar's timer, its limits moved by `offset` days.
calendar::Timer TimerOf(const v1::Clock& clock, int offset = 0);

// What fires by itself next, and when. From `time` on it is due; ties stand in the order of Kind.
struct Due {
  enum class Kind { kYellowCard, kRedCard, kStatutory, kTier, kInstalment };
  Kind kind;
  int index;  // of kTier (1 to 3) and kInstalment
  absl::Time time;
};
std::optional<Due> NextDue(const v1::DisputeRecord& record, const Env& env);

}  // namespace pingan::disputes
