#include "common/identifier/credit_code.h"

#include "common/identifier/normal_form.h"

namespace pingan::identifier {

StatusOr<std::string> ParseCreditCode(std::string_view field, std::string_view text) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  constexpr size_t kLength = 18, kAreaBegin = 2, kAreaEnd = 8;
  std::string code = Compact(text);
  if (code.size() != kLength) return FieldError(field, "want a credit code of 18 characters");
  size_t sum = 0, weight = 1;
  for (size_t i = 0; i < kLength; ++i) {
    const size_t value = kAlphabet.find(code[i]);
    if (value == std::string_view::npos)
      return FieldError(field, "want 0-9 and A-Z without I O S V Z");
    if (i >= kAreaBegin && i < kAreaEnd && value > 9) {
      return FieldError(field, "want digits in the area part");
    }
    // The check character has weight 1, so a valid code sums to a multiple of 31.
    sum += value * (i == kLength - 1 ? 1 : weight);
    weight = weight * 3 % kAlphabet.size();
  }
  if (sum % kAlphabet.size() != 0) return FieldError(field, "the check character does not match");
  return code;
}

}  // namespace pingan::identifier
