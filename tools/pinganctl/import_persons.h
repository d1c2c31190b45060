// pinganctl import persons: a list of persons as CSV into the population service.
#pragma once

#include <string>

#include "tools/pinganctl/options.h"

namespace pingan::ctl {

// The errors of `import`: INVALID_ARGUMENT without a reason for a file that is none,
// FAILED_PRECONDITION when not every row was taken, UNAVAILABLE when the server went away, the
// service's own when it refuses the import.
Status ImportPersons(const Options& options, const std::string& path);

}  // namespace pingan::ctl
