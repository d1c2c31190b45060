// What must hold of a disputes service after any amount of work, checked from the outside.
//
//   statistics   equal a recount of all disputes, every counter in every county
//   codes        have no gap and no repeat in any county and year
//   feed         gives every revision once and in order
//   audit        has one entry for every write in the feed, by the same actor, of the same dispute
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/client.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::ctl {

struct Check {
  std::string what;
  std::string problem;  // empty = it holds
};

// One walk through all disputes.
struct Recount {
  int64_t disputes = 0;
  int64_t last_revision = 0;
  std::map<std::string, std::vector<int64_t>> counts;   // by county, in the order of kCounters
  std::map<std::string, std::vector<int64_t>> serials;  // by "<county>-<year>", as they come
};

// A code that cannot be read is kept as serial 0, which CheckCodes refuses.
void Add(const disputes::v1::Dispute& dispute, Recount* recount);

// Pages through what the client may see.
StatusOr<Recount> RecountAll(const rpc::Client& client,
                             const std::function<void(int64_t)>& progress);

Check CheckStatistics(const Recount& recount, const disputes::v1::GetStatisticsResponse& by_area);
Check CheckCodes(const Recount& recount);

// What the feed says of one revision.
struct Heard {
  std::string name;
  std::string actor;
  std::string request_id;
};

// Reads the feed from its beginning until `last_revision`; `heard` gets an entry for each.
Check CheckFeed(const rpc::Client& client, int64_t last_revision, std::vector<Heard>* heard,
                const std::function<void(int64_t)>& progress);

// `writes` are the audit entries with a revision, newest first; `heard` are the revisions from 1
// on.
Check CheckAudit(const std::vector<common::v1::AuditEntry>& writes,
                 const std::vector<Heard>& heard);

// Of all writes, newest first. The client is an auditor's.
StatusOr<std::vector<common::v1::AuditEntry>> AuditedWrites(
    const rpc::Client& client, const std::function<void(int64_t)>& progress);

}  // namespace pingan::ctl
