// A server that starts with other limits than it ended with: what they put on another day is found,
// whether or not anything is due or anybody acts.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

// Far from now and from every holiday that the calendar knows; no weekend comes between the days.
const absl::Time kAt = absl::FromCivil(absl::CivilHour(2035, 3, 7, 2), absl::UTCTimeZone());

std::string WriteLimits(const std::string& version, int yellow_days) {
  const std::string path = ::testing::TempDir() + "/limits.tsv";
  std::ofstream(path) << "# version: " << version << "\nyellow.handle\t" << yellow_days << "\n";
  return path;
}

TEST(Moved, ADayThatComesEarlierIsFoundByTheProcessThatCountsSo) {
  TestServer server({"--sweep_seconds=1", "--limits=" + WriteLimits("one", 1)});
  const auto officer = [&] { return server.As({.roles = {"county_officer"}, .area = "411602"}); };
  v1::Dispute before, after;
  ASSERT_OK(officer().CallAt(kAt, NewDispute("411602001002"), &before));
  v1::AcceptDisputeRequest accept;
  accept.set_name(before.name());
  accept.set_request_id(RandomUuid());
  ASSERT_OK(officer().CallAt(kAt, accept, &before));
  EXPECT_EQ(server.Stop(), 0);
  WriteLimits("two", 3);
  server.Start();

  v1::WatchDisputesRequest request;
  request.set_from_revision(before.revision());
  std::string kind;
  const auto first = [&](const google::protobuf::Message& message) {
    kind = static_cast<const v1::WatchDisputesResponse&>(message).event().kind();
    return kind.empty();
  };
  ASSERT_OK(officer().Watch(request, v1::WatchDisputesResponse(), absl::Seconds(30), first));
  EXPECT_EQ(kind, "deadline.moved");
  v1::GetDisputeRequest get;
  get.set_name(before.name());
  ASSERT_OK(officer().Call(get, &after));
  EXPECT_LT(after.next_due_time().seconds(), before.next_due_time().seconds());
  EXPECT_EQ(after.management().due_time().seconds(), before.management().due_time().seconds());
}

}  // namespace
}  // namespace pingan::testing
