// Where and when a synthetic city lives.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/area/tree.h"
#include "tools/pinganctl/demo/dice.h"

namespace pingan::ctl {

// The places of a city. The tree outlives it.
class Places {
 public:
  explicit Places(const area::Tree& areas);

  // Any village, communities of the towns more often than their number.
  const area::Area& Any(Dice* dice) const;

  // Another village of the same county.
  const area::Area& Neighbour(const area::Area& village, Dice* dice) const;

  // Township and village, as an address begins.
  std::string NameOf(const area::Area& village) const;

  const area::Tree& areas() const { return areas_; }

 private:
  const area::Tree& areas_;
  std::vector<const area::Area*> villages_;
};

// 16:00 in Shanghai, when everything of a simulated day happens.
absl::Time TimeOf(absl::CivilDay day);

struct Period {
  absl::CivilDay first;
  absl::CivilDay last;
};

}  // namespace pingan::ctl
