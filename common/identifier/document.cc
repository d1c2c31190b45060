#include "common/identifier/document.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/identifier/credit_code.h"
#include "common/identifier/normal_form.h"

namespace pingan::identifier {
namespace {

constexpr size_t kNumberMax = 32;

// The household register and the cards of officers have numbers like 军字第0012345号.
bool HasWords(std::string_view type) {
  return type == "113" || type == "114" || type == "115";
}

bool IsPlain(unsigned char c) {
  return absl::ascii_isdigit(c) || absl::ascii_isupper(c);
}

}  // namespace

StatusOr<std::string> ParseDocumentNumber(std::string_view field, std::string_view type,
                                          std::string_view text, CitizenIdForm form) {
  if (type == kCreditCodeType) return ParseCreditCode(field, text);
  if (CarriesCitizenId(type)) {
    ASSIGN_OR_RETURN(auto id, ParseCitizenId(field, text, form));
    return std::move(id.number);
  }
  std::string number = Compact(text);
  if (number.empty() || number.size() > kNumberMax) return FieldError(field, "want a number");
  if (!HasWords(type) && !std::all_of(number.begin(), number.end(), IsPlain)) {
    return FieldError(field, "want letters and digits");
  }
  return number;
}

}  // namespace pingan::identifier
