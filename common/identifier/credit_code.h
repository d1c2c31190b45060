// The unified social credit code of GB 32100 for organisations: 18 characters, 1 authority, 1 kind,
// 6 digits area, 9 organisation code, 1 check.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"

namespace pingan::identifier {

// The code in normal form: full-width characters made ASCII, letters made capital.
// INVALID_ARGUMENT naming `field`: length, a character outside 0-9 and A-Z without I O S V Z,
// letters in the area part, or the check character. The area is not looked up.
StatusOr<std::string> ParseCreditCode(std::string_view field, std::string_view text);

}  // namespace pingan::identifier
