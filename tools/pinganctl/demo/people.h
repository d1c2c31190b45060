// Parties that cannot be anybody: valid in form, impossible in content.
//
// - Citizen ID: area part 99 and 4 digits, which GB/T 2260 gives to no province, and sequence 000,
// which
//   is given to nobody; the check character is right.
// - Social credit code: area part 990000 and an organisation code of zeros and a number.
// - Phone: 11 digits that begin with 100, where mobile numbers begin with 13 to 19.
#pragma once

#include <string>

#include "pingan/disputes/v1/dispute.pb.h"
#include "tools/pinganctl/demo/dice.h"

namespace pingan::ctl {

std::string SyntheticName(Dice* dice);
std::string SyntheticCitizenId(Dice* dice);
std::string SyntheticCreditCode(Dice* dice);
std::string SyntheticPhone(Dice* dice);

disputes::v1::Party SyntheticPerson(Dice* dice, const std::string& address);
disputes::v1::Party SyntheticOrganisation(Dice* dice, const std::string& address);

}  // namespace pingan::ctl
