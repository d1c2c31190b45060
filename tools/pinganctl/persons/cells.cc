#include "tools/pinganctl/persons/cells.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"
#include "services/population/codes.h"

namespace pingan::ctl {
namespace {

const common::v1::CodeList* Find(std::string_view list) {
  for (const auto& known : population::CodeLists()) {
    if (known.name() == list) return &known;
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> DayOfCell(const std::string& cell) {
  static const auto* const kForm =
      new RE2(R"((\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})(日?)|(\d{4})(\d\d)(\d\d))");
  std::string year, one, month, two, day, end, year8, month8, day8;
  if (!RE2::FullMatch(cell, *kForm, &year, &one, &month, &two, &day, &end, &year8, &month8,
                      &day8)) {
    return std::nullopt;
  }
  if (!year8.empty()) return absl::StrCat(year8, "-", month8, "-", day8);
  const bool chinese = one == "年" && two == "月";
  if (!chinese && (one != two || !end.empty())) return std::nullopt;
  if (month.size() == 1) month.insert(0, 1, '0');
  if (day.size() == 1) day.insert(0, 1, '0');
  return absl::StrCat(year, "-", month, "-", day);
}

std::optional<std::string> CodeOfCell(std::string_view list, const std::string& cell) {
  const auto* codes = Find(list);
  if (codes == nullptr) return std::nullopt;
  std::vector<std::string> begun;
  for (const auto& code : codes->codes()) {
    if (cell == code.code() || cell == code.label_zh() || cell == code.label_en()) {
      return code.code();
    }
    if (code.label_zh().starts_with(cell)) begun.push_back(code.code());
  }
  if (begun.size() == 1) return begun.front();
  return std::nullopt;
}

std::vector<std::string> ValuesOfCell(const std::string& cell) {
  const std::string text = absl::StrReplaceAll(cell, {{"；", ";"}, {"、", ";"}});
  std::vector<std::string> values;
  for (absl::string_view value : absl::StrSplit(text, ';', absl::SkipWhitespace())) {
    values.emplace_back(absl::StripAsciiWhitespace(value));
  }
  return values;
}

std::string CodesText(std::string_view list, size_t max) {
  const auto* codes = Find(list);
  if (codes == nullptr) return "";
  std::vector<std::string> texts;
  for (const auto& code : codes->codes()) {
    if (texts.size() == max) {
      texts.emplace_back("...");
      break;
    }
    texts.push_back(absl::StrCat(code.code(), " ", code.label_zh()));
  }
  return absl::StrJoin(texts, ", ");
}

}  // namespace pingan::ctl
