// Puts a cell into the field that its column leads to.
#pragma once

#include <string>

#include "tools/pinganctl/persons/columns.h"

namespace pingan::ctl {

// A cell that is not empty, in the form that its field wants: a day where the field's name ends
// with "date", a code where the column has a list, one of the enum's values, several values where
// the field is repeated, else as it is written. What is wanted, if it cannot; nothing of the cell.
std::string Put(const Column& column, const std::string& cell,
                population::v1::ImportPersonsRequest* row);

}  // namespace pingan::ctl
