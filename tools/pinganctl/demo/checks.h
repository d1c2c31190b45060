// What must hold of a disputes service after any amount of work, checked from the outside.
//
//   statistics   equal a recount of all disputes, every counter in every county; the recount reads
//                the disputes as anybody can and shares no code with the service's own counting
//   codes        have no gap and no repeat in any county and year
//
// and what trail.h says of feed and audit.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/demo/counts.h"
#include "tools/pinganctl/demo/trail.h"

namespace pingan::ctl {

// One walk through all disputes.
struct Recount {
  int64_t disputes = 0;
  int64_t last_revision = 0;
  CountsByCounty counts;
  std::map<std::string, std::vector<int64_t>> serials;  // by "<county>-<year>", as they come
};

// What one dispute counts, from its state and its plain facts alone.
Counts CountsOf(const disputes::v1::Dispute& dispute);

// A code that cannot be read is kept as serial 0, which CheckCodes refuses.
void Add(const disputes::v1::Dispute& dispute, Recount* recount);

// Pages through what the client may see.
StatusOr<Recount> RecountAll(const rpc::Client& client, const OnProgress& progress);

Check CheckStatistics(const Recount& recount, const disputes::v1::GetStatisticsResponse& by_area);
Check CheckCodes(const Recount& recount);

}  // namespace pingan::ctl
