#include "tools/pinganctl/demo/checks.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace pingan::ctl {

namespace v1 = disputes::v1;

Counts CountsOf(const v1::Dispute& dispute) {
  const auto state = dispute.state();
  const auto scale = dispute.scale();
  const bool resolved = state == v1::Dispute::PERFORMING || state == v1::Dispute::CLOSED;
  const bool major = scale == v1::MAJOR_GROUP || dispute.risk() == v1::RED;
  const bool late = dispute.statutory().missed();
  const auto level = resolved ? dispute.resolved_level() : v1::LEVEL_UNSPECIFIED;
  return {{"registered", 1},
          {"resolved", resolved},
          {"major_registered", major},
          {"major_resolved", major && resolved},
          {"on_time", resolved && !late},
          {"late", late},
          {"resolved_household", level == v1::HOUSEHOLD},
          {"resolved_village", level == v1::VILLAGE},
          {"resolved_township", level == v1::TOWNSHIP},
          {"resolved_county", level == v1::COUNTY},
          {"resolved_city", level == v1::CITY},
          {"closed", state == v1::Dispute::CLOSED},
          {"refused", state == v1::Dispute::REFUSED},
          {"diverted", state == v1::Dispute::DIVERTED},
          {"failed", state == v1::Dispute::FAILED},
          {"turned_criminal", dispute.turned_criminal()},
          {"group_incidents", scale == v1::ORDINARY_GROUP || scale == v1::MAJOR_GROUP},
          {"satisfaction_count", dispute.has_satisfaction()},
          {"satisfaction_sum", dispute.satisfaction().score()}};
}

void Add(const v1::Dispute& dispute, Recount* recount) {
  ++recount->disputes;
  recount->last_revision = std::max(recount->last_revision, dispute.revision());
  // disputes/411602-2025-000017
  const std::string& name = dispute.name();
  const size_t dash = name.rfind('-'), slash = name.find('/');
  int64_t serial = 0;
  std::string sequence;
  if (dash != std::string::npos && slash != std::string::npos && slash < dash) {
    sequence = name.substr(slash + 1, dash - slash - 1);
    if (!absl::SimpleAtoi(name.substr(dash + 1), &serial)) serial = 0;
  }
  recount->serials[sequence].push_back(serial);
  Counts& county = recount->counts[dispute.area().substr(0, 6)];
  for (const auto& [counter, count] : CountsOf(dispute)) county[counter] += count;
  for (const auto& reopening : dispute.reopenings()) {
    const std::string& closing = reopening.closing_unit().area();
    ++recount->counts[(closing.empty() ? dispute.area() : closing).substr(0, 6)]["reopened"];
  }
}

StatusOr<Recount> RecountAll(const rpc::Client& client, const OnProgress& progress) {
  Recount recount;
  RETURN_IF_ERROR(
      (EachPage<v1::ListDisputesRequest, v1::ListDisputesResponse>(client, [&](const auto& page) {
        for (const auto& dispute : page.disputes()) Add(dispute, &recount);
        progress(recount.disputes);
        return absl::OkStatus();
      })));
  return recount;
}

Check CheckStatistics(const Recount& recount, const v1::GetStatisticsResponse& by_area) {
  return {absl::StrCat("statistics equal a recount of ", recount.disputes, " disputes"),
          Difference(recount.counts, by_area.rows())};
}

Check CheckCodes(const Recount& recount) {
  Check check{"case codes have no gap and no repeat", ""};
  for (const auto& [sequence, found] : recount.serials) {
    std::vector<int64_t> serials = found;
    std::sort(serials.begin(), serials.end());
    for (size_t i = 0; i < serials.size(); ++i) {
      const auto wanted = static_cast<int64_t>(i) + 1;
      if (serials[i] == wanted) continue;
      check.problem = absl::StrCat(sequence, ": want ", wanted, ", there is ", serials[i]);
      return check;
    }
  }
  return check;
}

}  // namespace pingan::ctl
