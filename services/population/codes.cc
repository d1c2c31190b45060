#include "services/population/codes.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace pingan::population {
namespace {

constexpr const char* kCodeFiles[] = {
#include "services/population/codes.inc"
};

common::v1::CodeList ParseList(const char* text) {
  common::v1::CodeList list;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::ConsumePrefix(&line, "# name: ")) {
      list.set_name(std::string(line));
    } else if (absl::ConsumePrefix(&line, "# version: ")) {
      list.set_version(std::string(line));
    } else if (absl::ConsumePrefix(&line, "# source: ")) {
      list.set_source(std::string(line));
    } else if (line[0] != '#') {
      std::vector<std::string> cells = absl::StrSplit(line, '\t');
      cells.resize(6);
      common::v1::Code& code = *list.add_codes();
      code.set_code(cells[0]);
      code.set_label_zh(cells[1]);
      code.set_label_en(cells[2]);
      code.set_parent(cells[3]);
      code.set_valid_from(cells[4]);
      code.set_valid_to(cells[5]);
    }
  }
  return list;
}

using Set = std::set<std::string, std::less<>>;

const std::map<std::string, Set, std::less<>>& Codes() {
  static const auto* const codes = [] {
    auto* codes = new std::map<std::string, Set, std::less<>>;
    for (const auto& list : CodeLists()) {
      for (const auto& code : list.codes()) (*codes)[list.name()].insert(code.code());
    }
    return codes;
  }();
  return *codes;
}

}  // namespace

const std::vector<common::v1::CodeList>& CodeLists() {
  static const auto* const lists = [] {
    auto* lists = new std::vector<common::v1::CodeList>;
    for (const char* text : kCodeFiles) lists->push_back(ParseList(text));
    return lists;
  }();
  return *lists;
}

bool IsCode(std::string_view list, std::string_view code) {
  const auto found = Codes().find(list);
  return found != Codes().end() && found->second.contains(code);
}

Status CheckCode(std::string_view field, std::string_view list, std::string_view code) {
  if (code.empty() || IsCode(list, code)) return absl::OkStatus();
  return FieldError(field, "no such " + std::string(list));
}

}  // namespace pingan::population
