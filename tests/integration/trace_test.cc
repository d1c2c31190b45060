// The trace of a call, from its metadata into the log and back.
#include <gmock/gmock.h>
#include <grpcpp/channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
namespace v1 = disputes::v1;

const char kParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const char kLine[] = "\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\"";

// The `traceparent` of the answer's end to a call that is refused.
std::string Echo(const TestServer& server, const std::string& traceparent) {
  grpc::ClientContext context;
  if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
  const rpc::Client client(server.target());
  const v1::GetDisputeRequest request;
  const std::string name = rpc::MethodName(request.GetDescriptor());
  const grpc::internal::RpcMethod method(name.c_str(), grpc::internal::RpcMethod::NORMAL_RPC,
                                         client.channel());
  v1::Dispute answer;
  EXPECT_FALSE((grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
                    client.channel().get(), method, &context, request, &answer))
                   .ok());
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto found = trailing.find("traceparent");
  return found == trailing.end() ? "" : std::string(found->second.data(), found->second.size());
}

TEST(Trace, StandsInTheLogAndAtTheEndOfTheAnswer) {
  TestServer server;
  EXPECT_EQ(Echo(server, ""), "");
  EXPECT_EQ(Echo(server, "00-a person's name-00f067aa0ba902b7-01"), "");
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_THAT(server.Log(), Not(HasSubstr("\"trace\"")));
  server.Start();
  EXPECT_EQ(Echo(server, kParent), kParent);
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_THAT(server.Log(), ContainsRegex(std::string("GetDispute.*TOKEN_MISSING.*") + kLine));
}

TEST(Trace, IsPassedOnByAClientThatHasOne) {
  TestServer server;
  const std::string token = server.Token({.roles = {"county_officer"}, .area = "411602"});
  const rpc::Client client(server.target(), {.token = token, .traceparent = kParent});
  v1::Dispute dispute;
  EXPECT_OK(client.Call(NewDispute("411602001002"), &dispute));
  EXPECT_EQ(server.Stop(), 0);
  EXPECT_THAT(server.Log(), ContainsRegex(std::string("CreateDispute.*\"OK\".*") + kLine));
}

}  // namespace
}  // namespace pingan::testing
