#include "services/disputes/codes.h"

#include <set>
#include <string>

#include "common/base/code_list.h"
#include "common/base/tsv.h"
#include "common/identifier/document.h"

namespace pingan::disputes {
namespace {

constexpr const char* kCodeFiles[] = {
#include "services/disputes/codes.inc"
};

constexpr const char kAssignmentFile[] =
#include "services/disputes/assignment.inc"
    ;

// The codes of a list that have none below them.
std::set<std::string, std::less<>> LeavesOf(std::string_view name) {
  std::set<std::string, std::less<>> leaves;
  for (const auto& list : CodeLists()) {
    if (list.name() != name) continue;
    for (const auto& code : list.codes()) leaves.insert(code.code());
    for (const auto& code : list.codes()) leaves.erase(code.parent());
  }
  return leaves;
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

bool IsLeafCategory(std::string_view code) {
  static const auto* const leaves = new auto(LeavesOf("dispute-category"));
  return leaves->contains(code);
}

bool IsCause(std::string_view code) {
  static const auto* const leaves = new auto(LeavesOf("dispute-cause"));
  return leaves->contains(code);
}

bool IsMethod(std::string_view code) {
  static const auto* const leaves = new auto(LeavesOf("resolution-method"));
  return leaves->contains(code);
}

bool IsDocumentType(std::string_view code) {
  static const auto* const leaves = new auto(LeavesOf("document-type"));
  return code == identifier::kCreditCodeType || leaves->contains(code);
}

const std::vector<std::string>& OtherRoutes() {
  static const auto* const routes = new std::vector<std::string>{"06", "07", "09"};
  return *routes;
}

const RuleTable& AssignmentTable() {
  static const auto* const table = [] {
    Tsv file = ParseTsv(kAssignmentFile, "assignment");
    auto* table = new RuleTable{.version = file.header["version"]};
    for (auto& row : file.rows) table->rows.push_back(std::move(row.cells));
    return table;
  }();
  return *table;
}

}  // namespace pingan::disputes
