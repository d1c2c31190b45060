// Streams whose other side stands still, says nothing more and reads nothing more: they hold up
// neither their own end nor that of the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/base/clock.h"
#include "common/testing/elapse.h"
#include "common/testing/matchers.h"
#include "tests/integration/raw_streams.h"

namespace pingan::testing {
namespace {

using ::testing::ContainsRegex;
namespace v1 = disputes::v1;

constexpr char kHere[] = "411602001002";
// A beat of the streams, the end of the server's connections and of its metrics, and some for the
// machine; a server that waits for the other side takes all of kDrain.
constexpr absl::Duration kSoon = absl::Seconds(22);
// A token that lasts long enough to stall, and what the machine takes when it ends.
constexpr absl::Duration kLasts = absl::Seconds(3), kAtOnce = absl::Seconds(2);
constexpr char kDrain[] = "--drain_seconds=27";
// More bytes than gRPC takes ahead of a reader.
constexpr int kEvents = 700;

// gRPC would read on for those who do not, every five seconds.
[[maybe_unused]] const int kNobodyReads =
    setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "0", 1);

class Stalled : public ::testing::Test {
 protected:
  static absl::Time In(absl::Duration duration) { return Clock::Real().Now() + duration; }

  std::string Token(absl::Time expires = In(absl::Hours(1))) const {
    return server_.Token(
        {.roles = {"county_officer", "importer"}, .area = "411602", .expires = expires});
  }

  void Register(int disputes) const {
    v1::CreateDisputeRequest request = NewDispute(kHere);
    for (int i = 0; i < 500; ++i) request.mutable_dispute()->mutable_description()->append("字");
    const rpc::Client officer = server_.As({.roles = {"county_officer"}, .area = "411602"});
    for (int i = 0; i < disputes; ++i) {
      request.set_request_id(RandomUuid());
      v1::Dispute dispute;
      ASSERT_OK(officer.Call(request, &dispute));
    }
  }

  // How long the server takes to end.
  absl::Duration TimeToStop() {
    const absl::Time begun = Clock::Real().Now();
    EXPECT_EQ(server_.Stop(), 0);
    return Clock::Real().Now() - begun;
  }

  TestServer server_{{kDrain}};
};

TEST_F(Stalled, AnImportDoesNotHoldUpTheDrain) {
  RawImport import(server_, Token(), In(absl::Minutes(2)));
  ASSERT_TRUE(import.Send({}));
  Register(1);  // by then the import has begun
  EXPECT_LT(TimeToStop(), kSoon);
  EXPECT_THAT(server_.Log(), ContainsRegex("\"ImportDisputes\".*\"DRAINING\""));
}

TEST_F(Stalled, AWatchDoesNotHoldUpTheDrain) {
  Register(kEvents);
  RawReader watch(server_, Token(), In(absl::Minutes(2)), v1::WatchDisputesRequest());
  v1::WatchDisputesResponse answer;
  ASSERT_TRUE(watch.Read(&answer));
  EXPECT_LT(TimeToStop(), kSoon);
  EXPECT_THAT(server_.Log(), ContainsRegex("\"WatchDisputes\".*\"DRAINING\""));
}

// What was not read is let go of: the reader that reads on is told that the call was cancelled.
TEST_F(Stalled, AWatchEndsWithItsToken) {
  Register(kEvents);
  const absl::Time expires = In(kLasts);
  RawReader watch(server_, Token(expires), In(absl::Minutes(2)), v1::WatchDisputesRequest());
  v1::WatchDisputesResponse answer;
  ASSERT_TRUE(watch.Read(&answer));
  Elapse(expires + kAtOnce - Clock::Real().Now());
  EXPECT_THAT(server_.Log(), ContainsRegex("\"WatchDisputes\".*\"TOKEN_EXPIRED\""));
  int64_t told = 1;
  while (watch.Read(&answer)) ++told;
  EXPECT_LT(told, kEvents);
  EXPECT_EQ(watch.End().code(), absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace pingan::testing
