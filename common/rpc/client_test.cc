#include "common/rpc/client.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::rpc {
namespace {

using testing::Fails;

// A server that answers every call with the same status, and counts them.
class Server : public grpc::CallbackGenericService {
 public:
  explicit Server(const Status& answer) : Server(WireStatus(answer, true)) {}
  explicit Server(const grpc::Status& answer) : answer_(answer) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }

  std::string target() const { return absl::StrCat("127.0.0.1:", port_); }
  int calls() const { return calls_; }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    explicit Reactor(const grpc::Status& answer) { Finish(answer); }
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    ++calls_;
    return new Reactor(answer_);
  }

  const grpc::Status answer_;
  std::atomic<int> calls_ = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

Status Busy() {
  return Error(absl::StatusCode::kResourceExhausted, "busy",
               {.reason = common::v1::OVERLOADED, .retry_after_ms = 700});
}

TEST(Client, AsksLittleOfAServerThatRefusesAllAsOverloaded) {
  Server server(Busy());
  const Client client(server.target(), {.retries = 0});
  disputes::v1::Dispute dispute;
  for (int i = 0; i < 100; ++i) {
    const Status status = client.Call(disputes::v1::GetDisputeRequest(), &dispute);
    ASSERT_THAT(status, Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
    EXPECT_EQ(DetailsOf(status).retry_after_ms, 700) << "also of the calls kept back";
  }
  EXPECT_GE(server.calls(), 10);
  EXPECT_LE(server.calls(), 20);
}

TEST(Client, KeepsBackCallsOfTheRefusedMethodOnly) {
  Server server(Busy());
  const Client client(server.target(), {.retries = 0});
  disputes::v1::Dispute dispute;
  for (int i = 0; i < 100; ++i) {
    (void)client.Call(disputes::v1::GetDisputeRequest(), &dispute);
  }
  const int before = server.calls();
  (void)client.Call(disputes::v1::CreateDisputeRequest(), &dispute);
  EXPECT_EQ(server.calls(), before + 1);
}

TEST(Client, OtherRefusalsKeepNothingBack) {
  Server server(Error(absl::StatusCode::kResourceExhausted, "too many calls",
                      {.reason = common::v1::QUOTA_EXCEEDED, .retry_after_ms = 1}));
  const Client client(server.target(), {.retries = 0});
  disputes::v1::Dispute dispute;
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(client.Call(disputes::v1::GetDisputeRequest(), &dispute),
                Fails(absl::StatusCode::kResourceExhausted, common::v1::QUOTA_EXCEEDED));
  }
  EXPECT_EQ(server.calls(), 100);
}

TEST(Client, ComesBackAsOftenAsToldWhenOverloaded) {
  Server server(Error(absl::StatusCode::kResourceExhausted, "busy",
                      {.reason = common::v1::OVERLOADED, .retry_after_ms = 1}));
  const Client client(server.target(), {.retries = 1});
  disputes::v1::Dispute dispute;
  EXPECT_THAT(client.Call(disputes::v1::GetDisputeRequest(), &dispute),
              Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
  EXPECT_EQ(server.calls(), 2);
}

TEST(Client, AsksAgainWhatAServerThatShutsDownCutOff) {
  Server bare(grpc::Status(grpc::StatusCode::CANCELLED, "CANCELLED"));
  disputes::v1::Dispute dispute;
  EXPECT_THAT(
      Client(bare.target(), {.retries = 1}).Call(disputes::v1::GetDisputeRequest(), &dispute),
      Fails(absl::StatusCode::kCancelled, common::v1::REASON_UNSPECIFIED));
  EXPECT_EQ(bare.calls(), 2);
  Server told(Error(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED, "cancelled"));
  EXPECT_THAT(
      Client(told.target(), {.retries = 1}).Call(disputes::v1::GetDisputeRequest(), &dispute),
      Fails(absl::StatusCode::kCancelled, common::v1::CALL_CANCELLED));
  EXPECT_EQ(told.calls(), 1);
}

}  // namespace
}  // namespace pingan::rpc
