// A synthetic city comes in as an old ledger: dwellings first, then the people who live in them.
#pragma once

#include "common/rpc/client.h"
#include "tools/pinganctl/demo/city_plan.h"
#include "tools/pinganctl/demo/city_script.h"
#include "tools/pinganctl/demo/trail.h"

namespace pingan::ctl {

// Imports on several streams and reads back what the persons are called. The client is an
// importer's. INTERNAL if a row is refused, or comes back twice or not at all.
Status ImportCity(const rpc::Client& client, const CityPlanner& planner, int64_t dwellings,
                  Names* names, const OnProgress& progress);

}  // namespace pingan::ctl
