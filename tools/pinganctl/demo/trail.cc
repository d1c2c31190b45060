#include "tools/pinganctl/demo/trail.h"

#include <cstdio>

#include "absl/strings/str_cat.h"

namespace pingan::ctl {
namespace {

using google::protobuf::Message;

// Of an answer of any service's Watch.
const common::v1::Event* EventOf(const Message& answer) {
  const auto* field = answer.GetDescriptor()->FindFieldByName("event");
  if (!answer.GetReflection()->HasField(answer, field)) return nullptr;
  return &static_cast<const common::v1::Event&>(answer.GetReflection()->GetMessage(answer, field));
}

int64_t RevisionOf(const Message& answer) {
  return answer.GetReflection()->GetInt64(answer,
                                          answer.GetDescriptor()->FindFieldByName("revision"));
}

}  // namespace

bool Print(const Check& check) {
  std::printf("check %s %s\n", check.what.c_str(), check.problem.empty() ? "ok" : "FAILED");
  if (!check.problem.empty()) std::printf("  %s\n", check.problem.c_str());
  return check.problem.empty();
}

Trace TraceOf(const std::string& name, const std::string& actor, const std::string& request_id) {
  const std::hash<std::string> hash;
  return {static_cast<uint32_t>(hash(absl::StrCat(actor, "\n", request_id))),
          static_cast<uint32_t>(hash(name))};
}

Check CheckFeed(const rpc::Client& client, const Message& request, const Message& response,
                int64_t last_revision, Heard* heard, const OnProgress& progress) {
  Check check{absl::StrCat("the feed gives each of ", last_revision, " revisions once, in order"),
              ""};
  if (last_revision == 0) {
    check.problem = "there are none";
    return check;
  }
  heard->reserve(static_cast<size_t>(last_revision));
  const auto each = [&](const Message& answer) {
    const auto* event = EventOf(answer);
    const auto wanted = static_cast<int64_t>(heard->size()) + 1;
    // A heartbeat says that there is nothing before its revision that was not given.
    const int64_t got = event != nullptr ? event->revision() : RevisionOf(answer) + 1;
    if (got != wanted) {
      check.problem = absl::StrCat("want revision ", wanted, ", there is ", got);
      return false;
    }
    if (event != nullptr) {
      heard->push_back(TraceOf(event->name(), event->actor(), event->request_id()));
    }
    progress(static_cast<int64_t>(heard->size()));
    return static_cast<int64_t>(heard->size()) < last_revision;
  };
  const Status status = client.Watch(request, response, absl::InfiniteDuration(), each);
  if (check.problem.empty() && static_cast<int64_t>(heard->size()) < last_revision) {
    check.problem = absl::StrCat("ended after ", heard->size(), ": ", status.message());
  }
  return check;
}

OnProgress Showing(Progress* progress) {
  return [progress](int64_t done) { progress->Set(done); };
}

void AuditCheck::Add(const common::v1::AuditEntry& entry) {
  if (entry.revision() == 0 || !problem_.empty()) return;
  const auto all = static_cast<int64_t>(heard_.size());
  if (writes_++ > 0) {
    Cover(entry.revision());
  } else if (entry.revision() != all) {
    problem_ = absl::StrCat("nothing after revision ", entry.revision(), " of ", all);
  }
  newer_ = entry;
}

// The entry before is of all revisions after `before` and up to its own.
void AuditCheck::Cover(int64_t before) {
  if (before >= newer_.revision()) {
    problem_ = absl::StrCat("entry ", newer_.id(), " is of revision ", newer_.revision(), " after ",
                            before);
    return;
  }
  const Trace wanted = TraceOf(newer_.name(), newer_.actor(), newer_.request_id());
  for (int64_t revision = before + 1; revision <= newer_.revision(); ++revision) {
    const Trace& heard = heard_[revision - 1];
    if (heard.who == wanted.who && (revision > before + 1 || heard.what == wanted.what)) continue;
    problem_ = absl::StrCat("revision ", revision, " has no entry of its own");
    return;
  }
}

Check AuditCheck::Finish() {
  if (problem_.empty() && writes_ == 0 && !heard_.empty()) problem_ = "there is no entry";
  if (problem_.empty() && writes_ > 0) Cover(0);
  return {absl::StrCat("the audit has one entry for each of ", writes_, " writes"), problem_};
}

}  // namespace pingan::ctl
