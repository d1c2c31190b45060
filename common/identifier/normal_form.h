// The form in which identifiers are compared and stored: what input methods and copying change is
// undone.
#pragma once

#include <string>
#include <string_view>

namespace pingan::identifier {

// `text` with full-width characters (U+FF01 to U+FF5E) made ASCII and letters made capital.
inline std::string NormalForm(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    // U+FF01..FF3F are EF BC 81..BF in UTF-8 and U+FF40..FF5E are EF BD 80..9E; ASCII from '!' on.
    if (c == '\xEF' && i + 2 < text.size()) {
      const unsigned char middle = text[i + 1], last = text[i + 2];
      const int offset = middle == 0xBC && last >= 0x81 && last <= 0xBF   ? last - 0x81
                         : middle == 0xBD && last >= 0x80 && last <= 0x9E ? last - 0x80 + 0x3F
                                                                          : -1;
      if (offset >= 0) {
        c = static_cast<char>('!' + offset);
        i += 2;
      }
    }
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

}  // namespace pingan::identifier
