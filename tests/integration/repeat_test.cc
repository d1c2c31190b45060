// A request that is sent again and again has one effect, and one answer.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

constexpr int kRetries = 100, kConnections = 10;

// The answers to `request` sent 100 times at once.
std::set<std::string> Answers(const rpc::Client (&clients)[kConnections],
                              const google::protobuf::Message& request) {
  std::vector<std::string> answers(kRetries);
  std::vector<std::thread> threads;
  for (int i = 0; i < kRetries; ++i) {
    threads.emplace_back([&, i] {
      v1::Dispute dispute;
      const Status status = clients[i % kConnections].Call(request, &dispute);
      answers[i] = status.ok() ? dispute.SerializeAsString() : status.ToString();
    });
  }
  for (auto& thread : threads) thread.join();
  return {answers.begin(), answers.end()};
}

TEST(Repeat, AHundredParallelRetriesHaveOneEffect) {
  TestServer server({"--quota=0"});
  const auto officer = [&] { return server.As({.roles = {"county_officer"}, .area = "411602"}); };
  const rpc::Client clients[kConnections] = {officer(), officer(), officer(), officer(), officer(),
                                             officer(), officer(), officer(), officer(), officer()};
  const auto created = Answers(clients, NewDispute("411602001002"));
  ASSERT_EQ(created.size(), 1u) << *created.rbegin();
  v1::Dispute dispute;
  ASSERT_TRUE(dispute.ParseFromString(*created.begin())) << *created.begin();

  v1::AcceptDisputeRequest accept;
  accept.set_name(dispute.name());
  accept.set_request_id(RandomUuid());
  const auto accepted = Answers(clients, accept);
  ASSERT_EQ(accepted.size(), 1u) << *accepted.rbegin();
  ASSERT_TRUE(dispute.ParseFromString(*accepted.begin())) << *accepted.begin();
  EXPECT_EQ(dispute.state(), v1::Dispute::ACCEPTED);

  v1::GetHistoryRequest history;
  history.set_name(dispute.name());
  v1::GetHistoryResponse versions;
  ASSERT_OK(clients[0].Call(history, &versions));
  ASSERT_EQ(versions.events_size(), 2);
  EXPECT_EQ(versions.events(1).revision(), dispute.revision());
  v1::ListDisputesResponse page;
  ASSERT_OK(clients[0].Call(v1::ListDisputesRequest(), &page));
  EXPECT_EQ(page.disputes_size(), 1);
  v1::ListAuditEntriesResponse audit;
  ASSERT_OK(server.As({.roles = {"auditor"}}).Call(v1::ListAuditEntriesRequest(), &audit));
  EXPECT_EQ(audit.entries_size(), 2);
}

}  // namespace
}  // namespace pingan::testing
