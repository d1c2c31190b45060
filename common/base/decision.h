// The words of a decision: pure functions `Decide<Verb>(before, request, env) ->
// StatusOr<Decision<Record>>`.
//
// A decision reads nothing but its arguments: all reads were gathered before, time and caller come
// in through Env. So it can be run again after a conflict, and tested as a table.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace pingan {

namespace area {
class Tree;
}
namespace auth {
struct Caller;
}
namespace calendar {
class Calendar;
}

// What the world looks like to one decision.
struct Env {
  const auth::Caller& caller;
  absl::Time now;
  const area::Tree& areas;
  const calendar::Calendar& calendar;
};

// The record as it is to be stored, and what happened, in order: each kind becomes one event with
// its own revision ("dispute.accepted"). At least one.
template <class Record>
struct Decision {
  Record after;
  std::vector<std::string> events;
};

}  // namespace pingan
