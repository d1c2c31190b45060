// The code lists of this service, of the form of common/base/code_list.h.
//
// Lists: dispute-category, dispute-cause, resolution-method, scale, risk, level, source,
// document-type; scale to source have the enum names of the proto as codes. A record keeps the code
// it was given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pingan/common/v1/resource.pb.h"

namespace pingan::disputes {

// All lists, in the order above.
const std::vector<common::v1::CodeList>& CodeLists();

// Whether the code is in "dispute-category" and has none below it: 4 digits, or 99.
bool IsLeafCategory(std::string_view code);

bool IsCause(std::string_view code);

// Whether the code is in "resolution-method" (化解方式).
bool IsMethod(std::string_view code);

// Whether the code is in "document-type", or is that of an organisation's credit code.
bool IsDocumentType(std::string_view code);

// The other routes a party is told of when mediation fails (people's-mediation law art. 26):
// arbitration, administrative ruling, litigation.
const std::vector<std::string>& OtherRoutes();

// A table of rules as it stands in codes/: its version and the tab-separated cells of its rows.
struct RuleTable {
  std::string version;
  std::vector<std::vector<std::string>> rows;
};

// The route of "resolution-method" that only a confirmed agreement has.
inline constexpr std::string_view kEnforcement = "11";

// The table assignment.tsv; assignment.h says what it means.
const RuleTable& AssignmentTable();

}  // namespace pingan::disputes
