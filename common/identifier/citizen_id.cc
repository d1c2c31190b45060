#include "common/identifier/citizen_id.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "common/identifier/normal_form.h"

namespace pingan::identifier {
namespace {

constexpr size_t kLength = 18;
constexpr size_t kLegacyLength = 15;

bool AllDigits(std::string_view s) {
  return std::all_of(s.begin(), s.end(), absl::ascii_isdigit);
}

char CheckCharacter(std::string_view first17) {
  constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < first17.size(); ++i) sum += (first17[i] - '0') * kWeights[i];
  return "10X98765432"[sum % 11];
}

int Number(const std::string& digits, size_t begin, size_t length) {
  int number = 0;
  return absl::SimpleAtoi(digits.substr(begin, length), &number) ? number : 0;
}

}  // namespace

StatusOr<CitizenId> ParseCitizenId(std::string_view field, std::string_view text,
                                   CitizenIdForm form) {
  std::string number = Compact(text);
  if (form == CitizenIdForm::kCurrentOrLegacy && number.size() == kLegacyLength &&
      AllDigits(number)) {
    number.insert(6, "19");
    number += CheckCharacter(number);
  }
  if (number.size() != kLength) return FieldError(field, "want an ID number of 18 characters");
  const auto first17 = std::string_view(number).substr(0, kLength - 1);
  if (!AllDigits(first17)) return FieldError(field, "want 17 digits and a check character");
  if (number.back() != CheckCharacter(first17)) {
    return FieldError(field, "the check character does not match");
  }
  // CivilDay turns a date that does not exist into one of another month: 30 February into March.
  const int year = Number(number, 6, 4), month = Number(number, 10, 2), day = Number(number, 12, 2);
  const absl::CivilDay birth(year, month, day);
  if (birth.month() != month || year < 1800) {
    return FieldError(field, "the birth date does not exist");
  }
  const Sex sex = (number[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  return CitizenId{std::move(number), birth, sex};
}

}  // namespace pingan::identifier
