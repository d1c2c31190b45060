#include "tools/pinganctl/area_file.h"

#include <filesystem>

#include "absl/strings/str_cat.h"

namespace pingan::ctl {
namespace {

constexpr char kFile[] = "common/area/data/zhoukou.tsv";

}  // namespace

Flag AreasFlag(const char* help) {
  return {"areas", Flag::kText, kFile, help};
}

StatusOr<area::Tree> LoadAreas(const Options& options) {
  auto areas = area::Tree::Load(options.Text("areas"));
  if (areas.ok()) return areas;
  return absl::InvalidArgumentError(absl::StrCat("--areas: ", areas.status().message()));
}

StatusOr<std::optional<area::Tree>> LoadAreaNames(const Options& options) {
  const std::string& file = options.Text("areas");
  if (file == kFile && !std::filesystem::exists(file)) return std::nullopt;
  ASSIGN_OR_RETURN(area::Tree areas, LoadAreas(options));
  return areas;
}

}  // namespace pingan::ctl
