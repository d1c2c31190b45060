#include "tools/pinganctl/demo/checks.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/disputes/statistics.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr int kPageSize = 500;

std::vector<int64_t> CountsOf(const common::v1::StatisticsRow& row) {
  std::vector<int64_t> counts;
  for (const std::string_view counter : disputes::kCounters) {
    const auto found = row.counts().find(std::string(counter));
    counts.push_back(found == row.counts().end() ? 0 : found->second);
  }
  return counts;
}

}  // namespace

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
  common::v1::Deltas deltas;
  disputes::Measure(dispute, 1, &deltas);
  for (const auto& delta : deltas.deltas()) {
    auto& counts = recount->counts[delta.area().substr(0, 6)];
    counts.resize(disputes::kCounters.size());
    for (int i = 0; i < delta.counts_size(); ++i) counts[i] += delta.counts(i);
  }
}

StatusOr<Recount> RecountAll(const rpc::Client& client, const OnProgress& progress) {
  Recount recount;
  v1::ListDisputesRequest request;
  request.set_page_size(kPageSize);
  do {
    v1::ListDisputesResponse page;
    RETURN_IF_ERROR(client.Call(request, &page));
    for (const auto& dispute : page.disputes()) Add(dispute, &recount);
    request.set_page_token(page.next_page_token());
    progress(recount.disputes);
  } while (!request.page_token().empty());
  return recount;
}

Check CheckStatistics(const Recount& recount, const v1::GetStatisticsResponse& by_area) {
  Check check{absl::StrCat("statistics equal a recount of ", recount.disputes, " disputes"), ""};
  std::map<std::string, std::vector<int64_t>> answered;
  for (const auto& row : by_area.rows()) answered[row.group().at("area")] = CountsOf(row);
  if (answered == recount.counts) return check;
  for (const auto& [county, counts] : recount.counts) {
    for (size_t i = 0; i < counts.size(); ++i) {
      const int64_t said = answered.contains(county) ? answered[county][i] : 0;
      if (said == counts[i]) continue;
      check.problem = absl::StrCat(county, " ", AbslView(disputes::kCounters[i]), ": said ", said,
                                   ", counted ", counts[i]);
      return check;
    }
  }
  check.problem = "an area is answered that has no disputes";
  return check;
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
