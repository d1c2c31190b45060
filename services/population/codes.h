// The code lists of this service, of the form of common/base/code_list.h.
//
// Lists: document-type, ethnicity, education, inflow-reason, dwelling-kind, rent-purpose, hazard,
// permit-paper, permit-end, and those with the enum names of the protos as codes: person-kind,
// service-kind, relation. A record keeps the code it was given.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::population {

// All lists, in the order above.
const std::vector<common::v1::CodeList>& CodeLists();

bool IsCode(std::string_view list, std::string_view code);

// INVALID_ARGUMENT naming `field` unless the code is in the list or empty.
Status CheckCode(std::string_view field, std::string_view list, std::string_view code);

}  // namespace pingan::population
