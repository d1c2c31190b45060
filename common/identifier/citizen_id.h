// The citizen identity number of GB 11643: 6 digits area, 8 birth date, 3 sequence (odd: male), 1
// check (ISO 7064 MOD 11-2, 'X' for ten).
//
// The area part is not checked: people keep the codes of units dissolved long ago, residents of
// Hong Kong, Macao and Taiwan have their own prefixes, and so have foreign permanent residents.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "common/base/status.h"

namespace pingan::identifier {

// The codes of GB/T 2261.1.
enum class Sex { kMale = 1, kFemale = 2 };

struct CitizenId {
  std::string number;  // 18 characters in normal form; sensitive
  absl::CivilDay birth;
  Sex sex;
};

enum class CitizenIdForm {
  kCurrent,          // 18 characters
  kCurrentOrLegacy,  // also the 15 digits of before 1999, for imports only; born in 19YY
};

// Normalises full-width characters and 'x'; 15 digits, where accepted, are returned as 18.
// INVALID_ARGUMENT naming `field`, never the value: length, characters, check character, or a birth
// date that no calendar has. Whether the birth date lies in the future is for the caller, who has a
// clock.
StatusOr<CitizenId> ParseCitizenId(std::string_view field, std::string_view text,
                                   CitizenIdForm form = CitizenIdForm::kCurrent);

}  // namespace pingan::identifier
