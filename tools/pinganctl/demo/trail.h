// The two traces that every write leaves, compared from the outside: the feed gives each revision
// once and in order, and the audit has one entry for each write in it: all its revisions are by the
// entry's actor and request, the first of the entry's resource (others may have changed with it).
// Eight bytes a revision are kept, so that a large city fits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "pingan/common/v1/resource.pb.h"
#include "tools/pinganctl/demo/counts.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {

struct Check {
  std::string what;
  std::string problem;  // empty = it holds
};

// Prints "check ... ok" or "check ... FAILED" with the problem; true if it holds.
bool Print(const Check& check);

using OnProgress = std::function<void(int64_t)>;

// Who did something by which request, and to what, in short.
struct Trace {
  uint32_t who;
  uint32_t what;
};
Trace TraceOf(const std::string& name, const std::string& actor, const std::string& request_id);

// What the feed says of each revision from 1 on.
using Heard = std::vector<Trace>;

// Compares audit entries, which come newest first, with what was heard.
class AuditCheck {
 public:
  explicit AuditCheck(const Heard& heard) : heard_(heard) {}

  void Add(const common::v1::AuditEntry& entry);  // of a read: nothing
  Check Finish();
  int64_t writes() const { return writes_; }

 private:
  void Cover(int64_t before);

  const Heard& heard_;
  common::v1::AuditEntry newer_;  // covers the revisions down to that of the next
  int64_t writes_ = 0;
  std::string problem_;
};

// Reads the feed from its beginning until `last_revision`; `heard` gets all of it. `request` and
// `response` are those of the service's Watch.
Check CheckFeed(const rpc::Client& client, const google::protobuf::Message& request,
                const google::protobuf::Message& response, int64_t last_revision, Heard* heard,
                const OnProgress& progress);

// Pages through the audit as an auditor. Request and response are those of ListAuditEntries.
template <class Request, class Response>
StatusOr<Check> CheckAudit(const rpc::Client& client, const Heard& heard,
                           const OnProgress& progress) {
  AuditCheck check(heard);
  RETURN_IF_ERROR((EachPage<Request, Response>(client, [&](const Response& page) {
    for (const auto& entry : page.entries()) check.Add(entry);
    progress(check.writes());
    return absl::OkStatus();
  })));
  return check.Finish();
}

OnProgress Showing(Progress* progress);

// Both for the whole of a service, shown as they go and printed: feed, then audit. True if both
// hold.
template <class ListRequest, class ListResponse>
StatusOr<bool> ExamineTrail(const rpc::Client& officer, const rpc::Client& auditor,
                            const google::protobuf::Message& watch,
                            const google::protobuf::Message& watched, int64_t last_revision) {
  Heard heard;
  bool good = false;
  {
    Progress progress("feed", last_revision);
    good = Print(CheckFeed(officer, watch, watched, last_revision, &heard, Showing(&progress)));
  }
  Progress progress("audit", 0);
  ASSIGN_OR_RETURN(const Check audit,
                   (CheckAudit<ListRequest, ListResponse>(auditor, heard, Showing(&progress))));
  return Print(audit) && good;
}

}  // namespace pingan::ctl
