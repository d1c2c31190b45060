// What a party of a case reads: its own case, masked, and its own channel, in the clear.
#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/dispute_world.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

class PartyTest : public DisputeWorld {
 protected:
  rpc::Client Party(const std::string& party) const {
    return server_.As({.subject = "p", .roles = {"party"}, .area = "411602", .party = party});
  }
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
  EXPECT_THAT(first.Call(list, &messages), IsAbsent());
  list.clear_party();
  EXPECT_THAT(Party(name_ + "/parties/3").Call(list, &messages), IsAbsent()) << "no such party";
  EXPECT_THAT(Party("disputes/411602-2020-000009/parties/1").Call(list, &messages), IsAbsent());
  v1::PostMessageRequest post = Named<v1::PostMessageRequest>();
  post.set_request_id(RandomUuid());
  post.mutable_message()->set_party("2");
  post.mutable_message()->set_text("not mine");
  v1::Message message;
  EXPECT_THAT(first.Call(post, &message), IsAbsent());
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
    EXPECT_THAT(Party(name_ + party).Call(Get(), &read), IsAbsent()) << party;
    EXPECT_THAT(Party(name_ + party).Call(explain, &explained), IsAbsent()) << party;
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
