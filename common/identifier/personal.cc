#include "common/identifier/personal.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "common/identifier/citizen_id.h"
#include "common/identifier/normal_form.h"
#include "common/identifier/phone.h"

namespace pingan::identifier {
namespace {

// Groups of digits that nothing but signs and blanks is between.
using Run = std::vector<std::string>;

constexpr size_t kPhoneGroupMin = 3;
constexpr size_t kLongest = 20;  // 18 of a citizen ID, 16 of a telephone with 0086
// The text without its UUIDs and digests in hexadecimal: their digits are by chance. What is
// shorter may be a number behind somebody's prefix.
std::string WithoutRandom(std::string text) {
  static const RE2 random("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}|[0-9A-F]{32,}");
  RE2::GlobalReplace(&text, random, "Z");
  return text;
}

// The check character of a citizen ID belongs to its digits where nothing follows it.
bool IsCheck(std::string_view text, size_t at) {
  return text[at] == 'X' &&
         (at + 1 == text.size() || !absl::ascii_isalnum(static_cast<unsigned char>(text[at + 1])));
}

std::vector<Run> RunsOf(std::string_view text) {
  std::vector<Run> runs(1);
  bool in_group = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (absl::ascii_isdigit(c) || (in_group && IsCheck(text, i))) {
      if (!in_group) runs.back().emplace_back();
      runs.back().back() += text[i];
      in_group = absl::ascii_isdigit(c);
      continue;
    }
    in_group = false;
    if (absl::ascii_isalpha(c) && !runs.back().empty()) runs.emplace_back();
  }
  return runs;
}

// The length is asked first: most of what is looked at is no number, and a refusal is dear.
bool IsCitizenId(const std::string& number) {
  if (number.size() != 18) return false;
  const auto id = ParseCitizenId("", number);
  return id.ok() && id->birth.year() < 2100;
}

bool IsLegacyId(const std::string& number) {
  if (number.size() != 15 || number[0] < '1' || number[0] > '8' || number[1] < '1') return false;
  const auto id = ParseCitizenId("", number, CitizenIdForm::kCurrentOrLegacy);
  return id.ok() && id->birth.year() >= 1920;
}

bool IsTelephone(std::string number) {
  if (number.ends_with('X')) number.pop_back();  // some word's after all
  for (const std::string_view country : {"0086", "86"}) {
    if (number.starts_with(country) && number.size() >= country.size() + 11) {
      number.erase(0, country.size());
      break;
    }
  }
  if (number.size() < 10 || number.size() > 12) return false;
  if (number[0] != '0' && number[0] != '1') return false;
  if (!ParsePhone("", number).ok()) return false;
  if (number[0] == '1') return true;
  // No local number begins with 0 or 1.
  const bool short_code = number.starts_with("010") || number.starts_with("02");
  return number[short_code ? 3 : 4] >= '2';
}

bool HasNumber(const Run& run) {
  for (size_t from = 0; from < run.size(); ++from) {
    if (IsLegacyId(run[from])) return true;
    std::string joined;
    bool telephone = true;
    for (size_t to = from; to < run.size() && joined.size() <= kLongest; ++to) {
      joined += run[to];
      const bool country = to == from && (run[to] == "86" || run[to] == "0086");
      telephone = telephone && (country || run[to].size() >= kPhoneGroupMin);
      if (IsCitizenId(joined) || (telephone && IsTelephone(joined))) return true;
    }
  }
  return false;
}

}  // namespace

bool HasPersonalNumber(std::string_view text) {
  const auto runs = RunsOf(WithoutRandom(NormalForm(text)));
  return std::any_of(runs.begin(), runs.end(), HasNumber);
}

}  // namespace pingan::identifier
