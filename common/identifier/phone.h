// Telephone numbers of the mainland: mobile and landline.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/identifier/normal_form.h"

namespace pingan::identifier {

// The digits alone, so that one number is found however it was written: "0394-8123456" gives
// "03948123456", "+86 138..." loses the country code. A mobile has 11 digits from 13 to 19; a
// landline has its area code (010, 02x, or 4 digits) and 7 or 8 digits. Whether a number is in use
// is not known. INVALID_ARGUMENT naming `field`, never the value.
inline StatusOr<std::string> ParsePhone(std::string_view field, std::string_view text) {
  std::string number = Compact(text);
  if (number.starts_with("+86")) number.erase(0, 3);
  const bool digits =
      std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool mobile = number.size() == 11 && number[0] == '1' && number[1] >= '3';
  const size_t area_code = number.starts_with("010") || number.starts_with("02") ? 3 : 4;
  const bool landline = number.size() >= area_code + 7 && number.size() <= area_code + 8 &&
                        number[0] == '0' && number[1] != '0';
  if (!digits || !(mobile || landline)) {
    return FieldError(field, "want a mobile number of 11 digits or a landline with its area code");
  }
  return number;
}

}  // namespace pingan::identifier
