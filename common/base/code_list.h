// Code lists: versioned data of a service, read from its codes/*.tsv into the program.
//
// A list is a header "# name:", "# version:", "# source:" and rows of code, zh label, en label,
// parent, valid from, valid to, separated by tabs; what is left out at the end of a row is empty.
#pragma once

#include <string_view>

#include "pingan/common/v1/resource.pb.h"

namespace pingan {

common::v1::CodeList ParseCodeList(std::string_view text);

}  // namespace pingan
