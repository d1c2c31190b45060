// What a synthetic dispute is about: place, category, parties, scale, colour.
#pragma once

#include "absl/time/civil_time.h"
#include "pingan/disputes/v1/dispute.pb.h"
#include "tools/pinganctl/demo/dice.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

// A dispute as a registrar would fill it in on `day`.
disputes::v1::Dispute Facts(const Places& places, absl::CivilDay day, Dice* dice);

// Whether the state counts it as major (重大).
bool IsMajor(const disputes::v1::Dispute& dispute);

}  // namespace pingan::ctl
