// pinganctl demo: a synthetic city, lived through a service and checked.
#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/demo/checks.h"
#include "tools/pinganctl/demo/dispute_script.h"
#include "tools/pinganctl/demo/empty.h"
#include "tools/pinganctl/demo/ledger.h"
#include "tools/pinganctl/demo/made_rows.h"
#include "tools/pinganctl/demo/player.h"
#include "tools/pinganctl/demo/report.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(Registers synthetic disputes in real villages on the development clock of a server started with --dev:
an old ledger of 2023 and 2024 is imported, then two years (2024-11 to 2026-10) go by. The people cannot
exist. Prints the counts of each county and checks the service from the outside; exits with 1 if a
check fails. The same seed makes the same city. Refuses (2) a service that is not empty.
)";

const Period kOldYears{absl::CivilDay(2023, 1, 1), absl::CivilDay(2024, 10, 31)};
const Period kYears{absl::CivilDay(2024, 11, 1), absl::CivilDay(2026, 10, 31)};
constexpr int kConnections = 4;
constexpr int kTargetPercent = 90;  // of major disputes resolved
constexpr absl::Duration kTimeout = absl::Seconds(60);

Status ImportLedger(const Options& options, const Places& places, int64_t rows) {
  ASSIGN_OR_RETURN(const auto importer, Connect(options, {.role = "importer"}));
  Progress progress("old ledger", rows);
  return ImportMade<v1::ImportDisputesRequest, v1::ImportDisputesResponse>(
      *importer, rows,
      [&](int64_t number) { return LedgerRow(places, options.Number("seed"), number, kOldYears); },
      Showing(&progress));
}

// Registers, drives and imports; true if no call failed.
StatusOr<bool> Live(const Options& options, const Places& places) {
  std::vector<std::unique_ptr<rpc::Client>> clients;
  std::vector<const rpc::Client*> users;
  for (int i = 0; i < kConnections; ++i) {
    ASSIGN_OR_RETURN(auto client, Connect(options, {.role = "city_officer", .timeout = kTimeout}));
    users.push_back(client.get());
    clients.push_back(std::move(client));
  }
  RETURN_IF_ERROR(
      (WantNone<v1::ListDisputesRequest, v1::ListDisputesResponse>(*users[0], "disputes")));
  const int64_t all = options.Number("disputes"), old = all * options.Number("ledger") / 100;
  const Planner planner(places, static_cast<uint64_t>(options.Number("seed")), kYears);
  const DisputeScript script(planner, users);
  RETURN_IF_ERROR(script.MoveClock(kYears.first));
  RETURN_IF_ERROR(ImportLedger(options, places, old));
  Player player(script, {.prefix = absl::StrCat("demo-", options.Number("seed")),
                         .lives = all - old,
                         .period = kYears,
                         .workers = static_cast<int>(options.Number("workers"))});
  {
    Progress progress("disputes", all - old);
    RETURN_IF_ERROR(player.Play(
        [&progress](int64_t begun, const std::string& note) { progress.Set(begun, note); }));
  }
  const Tally& tally = player.tally();
  std::printf(
      "%s imported, %s registered, %s calls; the clock was first in %s (%s went on otherwise)\n",
      WithCommas(old).c_str(), WithCommas(tally.begun).c_str(), WithCommas(tally.calls).c_str(),
      WithCommas(tally.adapted + tally.dropped).c_str(), WithCommas(tally.adapted).c_str());
  for (const std::string& failure : player.failures()) std::printf("failed: %s", failure.c_str());
  return tally.failed == 0;
}

StatusOr<v1::GetStatisticsResponse> Count(const rpc::Client& client, const std::string& group,
                                          int64_t min_revision) {
  v1::GetStatisticsRequest request;
  if (!group.empty()) request.add_group_by(group);
  request.set_min_revision(min_revision);
  v1::GetStatisticsResponse answer;
  RETURN_IF_ERROR(client.Call(request, &answer));
  return answer;
}

void PrintRates(const area::Tree& areas, const v1::GetStatisticsResponse& by_area,
                const common::v1::StatisticsRow& city) {
  const auto count = [&city](const char* name) { return city.counts().at(name); };
  const int64_t major = count("major_registered"), resolved = count("major_resolved");
  std::printf("\n%s\nmajor disputes resolved: %s, the target of %d %% is %s\n\n",
              RatesByCounty(areas, by_area.rows(), city).c_str(), Percent(resolved, major).c_str(),
              kTargetPercent, resolved * 100 >= major * kTargetPercent ? "met" : "missed");
}

// True if every check holds.
StatusOr<bool> Examine(const Options& options, const area::Tree& areas) {
  ASSIGN_OR_RETURN(const auto officer,
                   Connect(options, {.role = "city_officer", .timeout = kTimeout}));
  ASSIGN_OR_RETURN(const auto auditor, Connect(options, {.role = "auditor", .timeout = kTimeout}));
  Recount recount;
  {
    Progress progress("recount", options.Number("disputes"));
    ASSIGN_OR_RETURN(recount, RecountAll(*officer, Showing(&progress)));
  }
  ASSIGN_OR_RETURN(const auto by_area, Count(*officer, "area", recount.last_revision));
  ASSIGN_OR_RETURN(const auto city, Count(*officer, "", recount.last_revision));
  PrintRates(areas, by_area, city.rows(0));
  bool good = Print(CheckStatistics(recount, by_area));
  good &= Print(CheckCodes(recount));
  ASSIGN_OR_RETURN(const bool held,
                   (ExamineTrail<v1::ListAuditEntriesRequest, v1::ListAuditEntriesResponse>(
                       *officer, *auditor, v1::WatchDisputesRequest(), v1::WatchDisputesResponse(),
                       recount.last_revision)));
  return good && held;
}

Status Demo(const Options& options) {
  ASSIGN_OR_RETURN(const area::Tree areas, LoadAreas(options));
  const Places places(areas);
  ASSIGN_OR_RETURN(bool good, Live(options, places));
  good = Print({"every call is answered", good ? "" : "see the failed ones above"}) && good;
  ASSIGN_OR_RETURN(const bool held, Examine(options, areas));
  if (good && held) return absl::OkStatus();
  return absl::FailedPreconditionError("a check failed");
}

}  // namespace

Verb DemoVerb() {
  return {"demo",
          "",
          "Lives a synthetic city through a development server and checks it",
          kHelp,
          ServerFlags(
              {{"disputes", Flag::kNumber, "20000", "cases", 1},
               {"ledger", Flag::kNumber, "10", "percent of them that are an old ledger's", 0, 100},
               {"seed", Flag::kNumber, "1", "another seed, another city"},
               {"workers", Flag::kNumber, "24", "calls at a time", 1},
               AreasFlag()}),
          0,
          0,
          Demo};
}

}  // namespace pingan::ctl
