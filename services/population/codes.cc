#include "services/population/codes.h"

#include <map>
#include <set>
#include <string>

#include "common/base/code_list.h"

namespace pingan::population {
namespace {

constexpr const char* kCodeFiles[] = {
#include "services/population/codes.inc"
};

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
    for (const char* text : kCodeFiles) lists->push_back(ParseCodeList(text));
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
