#include "tools/pinganctl/area_file.h"

#include "absl/strings/str_cat.h"

namespace pingan::ctl {

StatusOr<area::Tree> LoadAreas(const Options& options) {
  auto areas = area::Tree::Load(options.Text("areas"));
  if (areas.ok()) return areas;
  return absl::InvalidArgumentError(absl::StrCat("--areas: ", areas.status().message()));
}

}  // namespace pingan::ctl
