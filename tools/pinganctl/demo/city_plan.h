// What happens to the people of a synthetic city after its first day: moves between areas, permits,
// services, visits, arrivals, departures, deaths, drawn from a seed.
//
// A life is the same for the same seed, number and period. Most people have none: nothing happens
// to them that an office hears of.
#pragma once

#include <cstdint>

#include "tools/pinganctl/demo/life.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

class CityPlanner {
 public:
  // Persons up to `imported` are there on the first day of the period, as Resident(…, first) has
  // them; later numbers arrive in it.
  CityPlanner(const Places& places, uint64_t seed, int64_t imported, Period period)
      : places_(places), seed_(seed), imported_(imported), period_(period) {}

  // Every step begins after the first day; steps may lie after the last.
  Life LifeOf(int64_t number) const;

  const Places& places() const { return places_; }
  uint64_t seed() const { return seed_; }
  int64_t imported() const { return imported_; }
  const Period& period() const { return period_; }

 private:
  const Places& places_;
  const uint64_t seed_;
  const int64_t imported_;
  const Period period_;
};

}  // namespace pingan::ctl
