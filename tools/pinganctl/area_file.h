// The area file of --areas.
#pragma once

#include "common/area/tree.h"
#include "tools/pinganctl/options.h"

namespace pingan::ctl {

// INVALID_ARGUMENT without a reason if it cannot be read or is none.
StatusOr<area::Tree> LoadAreas(const Options& options);

}  // namespace pingan::ctl
