// The area file of --areas.
#pragma once

#include <optional>

#include "common/area/tree.h"
#include "tools/pinganctl/options.h"

namespace pingan::ctl {

// The flag; its file is looked for from the root of the repository if none is said.
Flag AreasFlag(const char* help = "area file");

// INVALID_ARGUMENT without a reason if it cannot be read or is none.
StatusOr<area::Tree> LoadAreas(const Options& options);

// The same where areas are only told by name: none if no file is said and that one is not there.
StatusOr<std::optional<area::Tree>> LoadAreaNames(const Options& options);

}  // namespace pingan::ctl
