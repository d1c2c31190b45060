#include "common/rpc/language.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace pingan::rpc {

bool IsEnglish(std::string_view accept_language) {
  double highest = 0;
  bool english = false;
  for (const absl::string_view item : absl::StrSplit(AbslView(accept_language), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(item, absl::MaxSplits(';', 1));
    const absl::string_view tag = absl::StripAsciiWhitespace(parts.first);
    const absl::string_view language = tag.substr(0, tag.find('-'));
    const bool is_english = absl::EqualsIgnoreCase(language, "en");
    if (!is_english && !absl::EqualsIgnoreCase(language, "zh")) continue;
    const absl::string_view weight = absl::StripAsciiWhitespace(parts.second);
    double q = 1;
    if (absl::StartsWithIgnoreCase(weight, "q=") && !absl::SimpleAtod(weight.substr(2), &q)) q = 0;
    if (!(q > highest)) continue;
    highest = q;
    english = is_english;
  }
  return english;
}

}  // namespace pingan::rpc
