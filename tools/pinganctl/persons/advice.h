// What somebody with the file and the paper in front of them can do about a cell that was refused.
#pragma once

#include <string>

#include "common/area/tree.h"
#include "tools/pinganctl/persons/columns.h"

namespace pingan::ctl {

// One line without the cell's value, unless that is an area code. Empty where there is nothing to
// say beyond the reason. `areas` may be null.
std::string Advice(const CellProblem& problem, const std::string& cell, const area::Tree* areas);

}  // namespace pingan::ctl
