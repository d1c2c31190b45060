// What belongs to nobody: valid in form, impossible in content.
//
// - Citizen ID: the area part begins with 99, which GB/T 2260 gives to no province and which no
//   foreigner's card has; date, sequence and check character are right.
// - Social credit code: area part 990000 and an organisation code of zeros and a number.
// - Phone: Zhoukou's area code and a local number that begins with 0, which dials long distance.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "tools/pinganctl/demo/dice.h"

namespace pingan::ctl {

std::string SyntheticName(Dice* dice);
std::string SyntheticCompany(Dice* dice);
std::string SyntheticCreditCode(Dice* dice);
std::string SyntheticPhone(Dice* dice);
std::string SyntheticCitizenId(Dice* dice);

// `place` below 10,000 after the 99; `sequence` below 1,000, odd for men.
std::string SyntheticCitizenId(int place, absl::CivilDay birth, int sequence);

}  // namespace pingan::ctl
