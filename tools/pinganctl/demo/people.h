// Parties of disputes that cannot be anybody.
#pragma once

#include <string>

#include "pingan/disputes/v1/dispute.pb.h"
#include "tools/pinganctl/demo/dice.h"

namespace pingan::ctl {

disputes::v1::Party SyntheticPerson(Dice* dice, const std::string& address);
disputes::v1::Party SyntheticOrganisation(Dice* dice, const std::string& address);

}  // namespace pingan::ctl
