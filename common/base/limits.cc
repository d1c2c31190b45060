#include "common/base/limits.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/tsv.h"

namespace pingan {
namespace {

constexpr int kMost = 3650;

}  // namespace

StatusOr<Limits> Limits::Parse(std::string_view text, std::string_view origin) {
  Tsv tsv = ParseTsv(text, origin);
  Limits limits;
  if (tsv.header.empty() && tsv.rows.empty()) return tsv.Malformed(1, "is empty");
  limits.version_ = tsv.header["version"];
  if (limits.version_.empty()) return tsv.Malformed(1, "want a header \"# version: ...\"");
  for (const auto& [line, cells] : tsv.rows) {
    const std::string& name = cells[0];
    std::vector<int> numbers;
    for (size_t i = 1; i < cells.size(); ++i) {
      int number = 0;
      if (!absl::SimpleAtoi(cells[i], &number) || number < 1 || number > kMost) {
        return tsv.Malformed(
            line, absl::StrCat(name, ": want a number from 1 to ", kMost, " in column ", i + 1));
      }
      numbers.push_back(number);
    }
    if (numbers.empty()) {
      return tsv.Malformed(line, absl::StrCat(name, ": want a tab and a number after the name"));
    }
    if (!limits.limits_.emplace(name, std::move(numbers)).second) {
      return tsv.Malformed(line, absl::StrCat(name, ": stands in the file twice"));
    }
  }
  return limits;
}

StatusOr<Limits> Limits::With(std::string_view text, std::string_view origin) const {
  ASSIGN_OR_RETURN(const Limits own, Parse(text, origin));
  Limits all = *this;
  all.version_ = own.version_;
  const Tsv tsv = ParseTsv(text, origin);
  for (const auto& [line, cells] : tsv.rows) {
    const std::string& name = cells[0];
    const auto known = all.limits_.find(name);
    if (known == all.limits_.end()) {
      return tsv.Malformed(line, absl::StrCat(name, ": no such limit"));
    }
    const std::vector<int>& numbers = own.limits_.at(name);
    if (numbers.size() != known->second.size()) {
      return tsv.Malformed(line, absl::StrCat(name, ": has ", numbers.size(), " numbers, want ",
                                              known->second.size()));
    }
    known->second = numbers;
  }
  if (all.version_ == version_ && all.limits_ != limits_) {
    return tsv.Malformed(
        1, absl::StrCat("version ", version_, " is that of the defaults, want another"));
  }
  return all;
}

int Limits::Of(std::string_view name, size_t place) const {
  const auto found = limits_.find(name);
  return found == limits_.end() || place >= found->second.size() ? 0 : found->second[place];
}

std::vector<std::string> Limits::names() const {
  std::vector<std::string> names;
  for (const auto& [name, numbers] : limits_) names.push_back(name);
  return names;
}

}  // namespace pingan
