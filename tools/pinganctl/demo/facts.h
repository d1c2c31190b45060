// What a synthetic dispute is about: place, category, parties, scale, colour.
#pragma once

#include <vector>

#include "absl/time/civil_time.h"
#include "common/area/tree.h"
#include "pingan/disputes/v1/dispute.pb.h"
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

  const area::Tree& areas() const { return areas_; }

 private:
  const area::Tree& areas_;
  std::vector<const area::Area*> villages_;
};

// A dispute as a registrar would fill it in on `day`.
disputes::v1::Dispute Facts(const Places& places, absl::CivilDay day, Dice* dice);

// 16:00 in Shanghai, when everything of a simulated day happens.
absl::Time TimeOf(absl::CivilDay day);

// Whether the state counts it as major (重大).
bool IsMajor(const disputes::v1::Dispute& dispute);

}  // namespace pingan::ctl
