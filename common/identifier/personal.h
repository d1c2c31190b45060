// What a text must not be that is to be nobody's data.
#pragma once

#include <string_view>

namespace pingan::identifier {

// Whether the text is, or has in it, a citizen ID, also one of 15 digits as old ledgers have it, or
// a telephone number of the mainland: written in one, or in groups with anything but letters
// between them (110105-19491231-002X, tel:86-138-0000-0000). Of a telephone no group is shorter
// than 3 digits, so that a time and a serial number (1764228960-1) are none; nor is a number within
// a UUID or a digest of 32
// or more hexadecimal digits. Of 15 digits only what can be somebody who
// lives: a province, born from 1920 on.
bool HasPersonalNumber(std::string_view text);

}  // namespace pingan::identifier
