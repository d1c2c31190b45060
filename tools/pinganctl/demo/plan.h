// The lives of the disputes of a synthetic city: who does what on which day, drawn from a seed.
//
// A dispute is the same for the same seed, number and period, however many there are. Most end in
// an agreement that is signed and kept; some are refused or diverted, some fail and go up a level
// or to court, some are handed over, reopened, or forgotten until the clock escalates them.
#pragma once

#include <cstdint>

#include "absl/time/civil_time.h"
#include "tools/pinganctl/demo/life.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

// The first step registers the dispute; days are working days.
class Planner {
 public:
  Planner(const Places& places, uint64_t seed, Period registered)
      : places_(places), seed_(seed), registered_(registered) {}

  // The day on which dispute `number` is registered.
  absl::CivilDay DayOf(int64_t number) const;

  // Also what comes after the period.
  Life LifeOf(int64_t number) const;

 private:
  const Places& places_;
  const uint64_t seed_;
  const Period registered_;
};

}  // namespace pingan::ctl
