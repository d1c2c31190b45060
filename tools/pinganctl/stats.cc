// pinganctl stats: the live counts as a table.
#include <cstdio>

#include "absl/strings/str_split.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/rates.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(--group takes any of area (one level below --area), month, category, group, level, by commas. As in:

  pinganctl stats --area=411602 --group=area,month
)";

// "411602" as "411602 川汇区", where the area file is at hand.
std::string Labelled(const std::string& dimension, const std::string& value,
                     const std::optional<area::Tree>& areas) {
  if (dimension != "area" || !areas.has_value()) return value;
  const area::Area* area = areas->Find(value);
  return area == nullptr ? value : value + " " + area->name;
}

Status Stats(const Options& options) {
  v1::GetStatisticsRequest request;
  request.set_area(options.Text("area"));
  request.set_from_month(options.Text("from"));
  request.set_to_month(options.Text("to"));
  const std::vector<std::string> groups =
      absl::StrSplit(options.Text("group"), ',', absl::SkipEmpty());
  for (const std::string& group : groups) request.add_group_by(group);
  ASSIGN_OR_RETURN(const auto areas, LoadAreaNames(options));
  ASSIGN_OR_RETURN(const auto client, Connect(options));
  v1::GetStatisticsResponse answer;
  RETURN_IF_ERROR(client->Call(request, &answer));
  if (options.On("json")) {
    ASSIGN_OR_RETURN(const std::string json, Json(answer));
    std::printf("%s\n", json.c_str());
    return absl::OkStatus();
  }
  Rates rates(groups);
  for (const auto& row : answer.rows()) {
    std::vector<std::string> cells;
    for (const std::string& group : groups) {
      cells.push_back(Labelled(group, row.group().at(group), areas));
    }
    rates.Add(cells, row);
  }
  std::printf("%sas of revision %ld\n", rates.Text().c_str(), answer.as_of_revision());
  return absl::OkStatus();
}

}  // namespace

Verb StatsVerb() {
  return {"stats",
          "",
          "Prints the numbers a city lives by",
          kHelp,
          ServerFlags({{"area", Flag::kText, "", "scope; empty = the token's own"},
                       {"group", Flag::kText, "area", "what to group by"},
                       {"from", Flag::kText, "", "first month of registration, as 2026-01"},
                       {"to", Flag::kText, "", "last month of registration"},
                       AreasFlag("names of areas"),
                       {"json", Flag::kSwitch, "", "all counts as JSON"}}),
          0,
          0,
          Stats};
}

}  // namespace pingan::ctl
