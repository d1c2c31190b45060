// Deadlines as a header of any client can say them, written by hand.
#include <gtest/gtest.h>
#include <poll.h>

#include <optional>

#include "common/rpc/wire_status.h"
#include "common/testing/h2_client.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;

class Deadline : public ::testing::Test {
 protected:
  // How the call ended that was sent with grpc-timeout as it is given.
  Status Call(const std::string& method, const google::protobuf::Message& request,
              const std::string& timeout) const {
    std::optional<Status> ended;
    H2Client client(
        server_.target(), "/pingan.disputes.v1.Disputes/" + method,
        server_.Token({.roles = {"county_officer"}, .area = "411602"}),
        [&](uint64_t, int code, const std::string& details) {
          ended = rpc::FromWire(grpc::Status(static_cast<grpc::StatusCode>(code), "", details));
        });
    client.Start(1, request.SerializeAsString(), timeout);
    while (!ended) {
      const bool sends = client.wants_to_send();
      pollfd ready = {client.socket(), static_cast<short>(sends ? POLLIN | POLLOUT : POLLIN), 0};
      if (poll(&ready, 1, 30'000) <= 0) return absl::UnknownError("no answer in 30 s");
      client.Send();
      client.Receive();
    }
    return *ended;
  }

  const TestServer server_;
};

TEST_F(Deadline, AsFarAsAHeaderCanSayItIsFineWithTheServer) {
  for (const char* timeout : {"99999999H", "99999999M", "99999999S", "99999999m", "9000000H"}) {
    EXPECT_OK(Call("ListDisputes", v1::ListDisputesRequest(), timeout)) << timeout;
    EXPECT_OK(Call("CreateDispute", NewDispute("411602001002"), timeout)) << timeout;
  }
}

// By gRPC before it comes to us, or by us: the one without a reason, the other with it.
TEST_F(Deadline, OneThatHasPassedIsTyped) {
  for (const char* timeout : {"0m", "0n"}) {
    const Status status = Call("ListDisputes", v1::ListDisputesRequest(), timeout);
    EXPECT_EQ(status.code(), StatusCode::kDeadlineExceeded) << timeout << ": " << status;
    const auto reason = DetailsOf(status).reason;
    EXPECT_TRUE(reason == common::v1::REASON_UNSPECIFIED || reason == common::v1::DEADLINE_PASSED)
        << status;
  }
}

TEST_F(Deadline, AWatchEndsWithItsOwn) {
  for (const char* timeout : {"1m", "100u", "50m"}) {
    EXPECT_EQ(Call("WatchDisputes", v1::WatchDisputesRequest(), timeout).code(),
              StatusCode::kDeadlineExceeded)
        << timeout;
  }
}

}  // namespace
}  // namespace pingan::testing
