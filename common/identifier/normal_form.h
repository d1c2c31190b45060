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

// The normal form without what people write to set groups of characters apart: blanks of any kind
// and hyphens.
inline std::string Compact(std::string_view text) {
  constexpr std::string_view kLeftOut[] = {
      " ",      "\t",     "-",      "\u00a0", "\u2002", "\u2003", "\u2004", "\u2005",
      "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000",
      "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"};
  std::string out;
  const std::string normal = NormalForm(text);
  for (std::string_view rest = normal; !rest.empty();) {
    size_t skipped = 0;
    for (const std::string_view one : kLeftOut) {
      if (rest.starts_with(one)) skipped = one.size();
    }
    if (skipped == 0) out += rest[0];
    rest.remove_prefix(skipped > 0 ? skipped : 1);
  }
  return out;
}

}  // namespace pingan::identifier
