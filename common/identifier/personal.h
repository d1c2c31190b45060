// What a text must not be that is to be nobody's data.
#pragma once

#include <string_view>

#include "common/identifier/citizen_id.h"
#include "common/identifier/phone.h"

namespace pingan::identifier {

// A citizen ID, also one of 15 digits as old ledgers have it, or a telephone number of the
// mainland.
inline bool IsPersonalNumber(std::string_view text) {
  return ParseCitizenId("", text, CitizenIdForm::kCurrentOrLegacy).ok() ||
         ParsePhone("", text).ok();
}

}  // namespace pingan::identifier
