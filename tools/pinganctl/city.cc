// pinganctl city: a synthetic city of people, lived through the population service and checked.
#include <cstdio>
#include <functional>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/demo/city_count.h"
#include "tools/pinganctl/demo/city_import.h"
#include "tools/pinganctl/demo/city_script.h"
#include "tools/pinganctl/demo/empty.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr char kHelp[] =
    R"(Brings people who cannot exist to real villages on the development clock of a server started
with --dev: persons and dwellings are imported on 2026-05-06, then half a year goes by with
arrivals, moves between areas, residence permits and services, each by the office that does it.
Prints the coverage of each county and checks the service from the outside; exits with 1 if a check
fails. The same seed makes the same city. Refuses (2) a service that is not empty. The command
itself needs some dozen bytes of memory a person.
)";

// Floating people's files are due for a visit after 180 days; the city rests before.
const Period kPeriod{absl::CivilDay(2026, 5, 6), absl::CivilDay(2026, 10, 20)};
constexpr int kImportedPercent = 98;  // the others arrive
constexpr int kPersonsADwelling = 10;
constexpr absl::Duration kTimeout = absl::Seconds(60);

StatusOr<std::unique_ptr<rpc::Client>> Join(const Options& options, const std::string& role,
                                            const std::string& area = "") {
  return Connect(options,
                 {.service = "population", .role = role, .area = area, .timeout = kTimeout});
}

StatusOr<CityScript::Offices> OpenOffices(const Options& options, const area::Tree& areas) {
  CityScript::Offices offices;
  for (const area::Area& area : areas.areas()) {
    if (area::LevelOf(area.code) != area::Level::kCounty) continue;
    const std::string county = area.code.substr(0, 6);
    for (const char* role : CityScript::kRoles) {
      ASSIGN_OR_RETURN((offices[{role, county}]), Join(options, role, county));
    }
  }
  return offices;
}

// True if every call was answered. `moves` were accepted.
StatusOr<bool> Live(const Options& options, const CityPlanner& planner, int64_t* moves) {
  ASSIGN_OR_RETURN(const auto offices, OpenOffices(options, planner.places().areas()));
  ASSIGN_OR_RETURN(const auto importer, Join(options, "importer"));
  ASSIGN_OR_RETURN(const auto officer, Join(options, "city_officer"));
  RETURN_IF_ERROR((WantNone<v1::ListPersonsRequest, v1::ListPersonsResponse>(*officer, "persons")));
  RETURN_IF_ERROR(
      (WantNone<v1::ListDwellingsRequest, v1::ListDwellingsResponse>(*officer, "dwellings")));
  Names names(options.Number("scale"));
  const CityScript script(planner, names, offices);
  RETURN_IF_ERROR(script.MoveClock(planner.period().first));
  const int64_t dwellings = options.Number("scale") / kPersonsADwelling;
  {
    Progress progress("people", planner.imported() + dwellings);
    RETURN_IF_ERROR(ImportCity(*importer, planner, dwellings, &names, Showing(&progress)));
  }
  Player player(script, {.prefix = absl::StrCat("city-", planner.seed()),
                         .lives = options.Number("scale"),
                         .period = planner.period(),
                         .workers = static_cast<int>(options.Number("workers"))});
  {
    Progress progress("lives", 0);
    RETURN_IF_ERROR(player.Play(
        [&progress](int64_t begun, const std::string& note) { progress.Set(begun, note); }));
  }
  const Tally& tally = player.tally();
  std::printf("%s persons and %s dwellings imported, %s calls on %s of them\n",
              WithCommas(planner.imported()).c_str(), WithCommas(dwellings).c_str(),
              WithCommas(tally.calls).c_str(), WithCommas(tally.begun).c_str());
  for (const std::string& failure : player.failures()) std::printf("failed: %s", failure.c_str());
  *moves = script.moves();
  return tally.failed == 0;
}

// Waits until the statistics count what happened until now.
StatusOr<v1::GetStatisticsResponse> Count(const rpc::Client& client, int64_t min_revision) {
  v1::GetStatisticsRequest request;
  request.add_group_by("area");
  request.set_min_revision(min_revision);
  v1::GetStatisticsResponse answer;
  RETURN_IF_ERROR(client.Call(request, &answer));
  return answer;
}

// True if every check holds.
StatusOr<bool> Examine(const Options& options, const area::Tree& areas, int64_t moves) {
  ASSIGN_OR_RETURN(const auto officer, Join(options, "city_officer"));
  ASSIGN_OR_RETURN(const auto auditor, Join(options, "auditor"));
  const int64_t scale = options.Number("scale");
  CityCount count(scale);
  {
    Progress progress("recount", scale + scale / kPersonsADwelling);
    RETURN_IF_ERROR(CountCity(*officer, &count, Showing(&progress)));
  }
  ASSIGN_OR_RETURN(const auto by_area, Count(*officer, count.last_revision()));
  std::map<std::string, std::string> names;
  for (const auto& [county, counts] : count.by_county()) {
    const area::Area* area = areas.Find(county);
    if (area != nullptr) names[county] = area->name;
  }
  std::printf("\n%s\n", CoverageText(names, count).c_str());
  bool good = Print(count.CheckStatistics(by_area));
  good &= Print(count.CheckRegistrations());
  good &= Print(count.CheckRows());
  good &= Print(count.CheckMoves(moves));
  ASSIGN_OR_RETURN(const bool held,
                   (ExamineTrail<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse>(
                       *officer, *auditor, v1::WatchPopulationRequest(),
                       v1::WatchPopulationResponse(), count.last_revision())));
  return good && held;
}

Status City(const Options& options) {
  ASSIGN_OR_RETURN(const area::Tree areas, LoadAreas(options));
  const Places places(areas);
  const CityPlanner planner(places, static_cast<uint64_t>(options.Number("seed")),
                            options.Number("scale") * kImportedPercent / 100, kPeriod);
  int64_t moves = 0;
  ASSIGN_OR_RETURN(bool good, Live(options, planner, &moves));
  good = Print({"every call is answered", good ? "" : "see the failed ones above"}) && good;
  ASSIGN_OR_RETURN(const bool held, Examine(options, areas, moves));
  if (good && held) return absl::OkStatus();
  return absl::FailedPreconditionError("a check failed");
}

}  // namespace

Verb CityVerb() {
  return {"city",
          "",
          "Lives a synthetic city of people through a development server and checks it",
          kHelp,
          ServerFlags(
              {{"scale", Flag::kNumber, "100000", "persons, 100 to 10,000,000", 100, 10'000'000},
               {"seed", Flag::kNumber, "1", "another seed, another city"},
               {"workers", Flag::kNumber, "24", "calls at a time", 1},
               AreasFlag()}),
          0,
          0,
          City};
}

}  // namespace pingan::ctl
