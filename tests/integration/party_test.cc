// What a party of a case reads: its own case, masked, and its own channel, in the clear.
#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
namespace v1 = disputes::v1;
namespace reason = common::v1;

const auto kAbsent = [] { return Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT); };

class PartyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::CreateDisputeRequest request = NewDispute("411602001002");
    *request.mutable_dispute()->add_parties() = request.dispute().parties(0);
    v1::Dispute dispute;
    ASSERT_OK(Officer().Call(request, &dispute));
    name_ = dispute.name();
  }

  rpc::Client Officer() const {
    return server_.As({.subject = "li", .roles = {"county_officer"}, .area = "411602"});
  }
  rpc::Client Party(const std::string& party) const {
    return server_.As({.subject = "p", .roles = {"party"}, .area = "411602", .party = party});
  }
  std::vector<common::v1::AuditEntry> Audit() const {
    v1::ListAuditEntriesResponse page;
    EXPECT_OK(server_.As({.roles = {"auditor"}, .area = "411602"})
                  .Call(v1::ListAuditEntriesRequest(), &page));
    return {page.entries().begin(), page.entries().end()};
  }
  template <class Request>
  Request Named() const {
    Request request;
    request.set_name(name_);
    return request;
  }
  v1::GetDisputeRequest Get() const { return Named<v1::GetDisputeRequest>(); }

  const TestServer server_;
  std::string name_;
};

TEST_F(PartyTest, APartyReadsItsOwnChannelOnly) {
  for (const char* party : {"1", "2", ""}) {
    v1::PostMessageRequest post = Named<v1::PostMessageRequest>();
    post.set_request_id(RandomUuid());
    post.mutable_message()->set_party(party);
    post.mutable_message()->set_text("note");
    v1::Message message;
    ASSERT_OK(Officer().Call(post, &message));
  }
  auto list = Named<v1::ListMessagesRequest>();
  v1::ListMessagesResponse messages;
  ASSERT_OK(Officer().Call(list, &messages));
  EXPECT_EQ(messages.messages_size(), 3);
  EXPECT_EQ(messages.messages(0).text(), "note") << "its own words";
  ASSERT_OK(server_.As({.subject = "wang", .roles = {"county_officer"}, .area = "411602"})
                .Call(list, &messages));
  EXPECT_EQ(messages.messages(0).text(), "***") << "another's";
  const rpc::Client first = Party(name_ + "/parties/1");
  ASSERT_OK(first.Call(list, &messages));
  ASSERT_EQ(messages.messages_size(), 1);
  EXPECT_EQ(messages.messages(0).party(), "1");
  EXPECT_EQ(messages.messages(0).text(), "note") << "written to it";
  list.set_party("2");
  EXPECT_THAT(first.Call(list, &messages), kAbsent());
  list.clear_party();
  EXPECT_THAT(Party(name_ + "/parties/3").Call(list, &messages), kAbsent()) << "no such party";
  EXPECT_THAT(Party("disputes/411602-2020-000009/parties/1").Call(list, &messages), kAbsent());
  v1::PostMessageRequest post = Named<v1::PostMessageRequest>();
  post.set_request_id(RandomUuid());
  post.mutable_message()->set_party("2");
  post.mutable_message()->set_text("not mine");
  v1::Message message;
  EXPECT_THAT(first.Call(post, &message), kAbsent());
  v1::Dispute read;
  ASSERT_OK(first.Call(Get(), &read));
  EXPECT_EQ(read.parties(0).phone(), "138****0001");
}

TEST_F(PartyTest, OnlyAPartyOfTheCaseReadsIt) {
  auto explain = Named<v1::ExplainDeadlineRequest>();
  v1::Dispute read;
  v1::ExplainDeadlineResponse explained;
  ASSERT_OK(Party(name_ + "/parties/2").Call(Get(), &read));
  ASSERT_OK(Party(name_ + "/parties/2").Call(explain, &explained));
  for (const char* party : {"/parties/999", "/parties/", "/parties/1/x", "/parties/01", "/1"}) {
    EXPECT_THAT(Party(name_ + party).Call(Get(), &read), kAbsent()) << party;
    EXPECT_THAT(Party(name_ + party).Call(explain, &explained), kAbsent()) << party;
  }
}

TEST_F(PartyTest, WhatAPartyIsShownInTheClearIsOnRecord) {
  const rpc::Client first = Party(name_ + "/parties/1");
  auto post = Named<v1::PostMessageRequest>();
  post.mutable_message()->set_text("note");
  v1::Message message;
  for (const char* party : {"", "2"}) {
    post.set_request_id(RandomUuid());
    post.mutable_message()->set_party(party);
    ASSERT_OK(Officer().Call(post, &message));
  }
  const auto list = Named<v1::ListMessagesRequest>();
  v1::ListMessagesResponse messages;
  const size_t before = Audit().size();
  ASSERT_OK(first.Call(list, &messages));
  EXPECT_EQ(messages.messages_size(), 0);
  ASSERT_OK(Officer().Call(list, &messages));
  EXPECT_EQ(Audit().size(), before) << "nobody was shown what another wrote";
  post.set_request_id(RandomUuid());
  post.mutable_message()->set_party("1");
  ASSERT_OK(Officer().Call(post, &message));
  ASSERT_OK(first.Call(list, &messages));
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), before + 2);
  EXPECT_EQ(audit[0].method(), "ListMessages");
  EXPECT_EQ(audit[0].name(), name_);
  EXPECT_EQ(audit[0].actor(), "p");
  EXPECT_EQ(audit[0].purpose(), "");
}

}  // namespace
}  // namespace pingan::testing
