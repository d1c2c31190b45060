#include "services/disputes/message.h"

#include "common/testing/matchers.h"
#include "services/disputes/rules_fixture.h"

namespace pingan::disputes {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::World;

const auto kNotFound = [] {
  return Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT);
};

v1::PostMessageRequest Post(const char* party, const char* text) {
  v1::PostMessageRequest request;
  request.mutable_message()->set_party(party);
  request.mutable_message()->set_text(text);
  return request;
}

std::vector<std::string> TextsOf(const StatusOr<v1::ListMessagesResponse>& response) {
  std::vector<std::string> texts;
  if (!response.ok()) return {response.status().ToString()};
  for (const auto& message : response->messages()) texts.push_back(message.text());
  return texts;
}

class MessageTest : public ::testing::Test {
 protected:
  MessageTest() : record_(world_.Registered()) {
    for (const auto& post : {Post("", "officers"), Post("1", "to 1"), Post("2", "to 2")}) {
      record_ = DecidePostMessage(record_, post, world_.env())->after;
    }
  }

  auth::Caller Party(const char* id) const {
    return {.subject = "p", .party = record_.dispute().name() + "/parties/" + id};
  }

  World world_;
  v1::DisputeRecord record_;
};

TEST_F(MessageTest, OfficersReadAllChannels) {
  EXPECT_THAT(TextsOf(VisibleMessages(record_, world_.caller, "")),
              ::testing::ElementsAre("officers", "to 1", "to 2"));
  EXPECT_THAT(TextsOf(VisibleMessages(record_, world_.caller, "2")),
              ::testing::ElementsAre("to 2"));
  EXPECT_THAT(VisibleMessages(record_, world_.caller, "9"), NamesField("party"));
  world_.caller.area = "411603";
  EXPECT_THAT(VisibleMessages(record_, world_.caller, ""), kNotFound());
}

TEST_F(MessageTest, TheAnswerIsWhatWasPostedWhateverCameAfterIt) {
  const auto id = [&](const v1::PostMessageRequest& post) {
    return PostedMessage(record_, post, world_.env()).id();
  };
  EXPECT_EQ(id(Post("", "officers")), "1");
  EXPECT_EQ(id(Post("1", "to 1")), "2");
  EXPECT_EQ(id(Post("2", "to 1")), "");
  Env party = world_.env();
  const auth::Caller first = Party("1");
  EXPECT_EQ(PostedMessage(record_, Post("", "to 1"),
                          {first, party.now, party.areas, party.calendar, party.limits})
                .id(),
            "")
      << "an officer wrote it";
  record_ = DecidePostMessage(record_, Post("1", "to 1"), world_.env())->after;
  EXPECT_EQ(id(Post("1", "to 1")), "4") << "the same again: the later";
}

TEST_F(MessageTest, PartyReadsItsOwnChannelAlone) {
  EXPECT_THAT(TextsOf(VisibleMessages(record_, Party("1"), "")), ::testing::ElementsAre("to 1"));
  EXPECT_THAT(TextsOf(VisibleMessages(record_, Party("1"), "1")), ::testing::ElementsAre("to 1"));
  EXPECT_THAT(VisibleMessages(record_, Party("1"), "2"), kNotFound());
  EXPECT_THAT(VisibleMessages(record_, Party("3"), ""), kNotFound());
  EXPECT_THAT(VisibleMessages(record_, Party(""), ""), kNotFound());
  auth::Caller other = Party("1");
  other.party = "disputes/411602-2026-000002/parties/1";
  EXPECT_THAT(VisibleMessages(record_, other, ""), kNotFound());
  other.party = "disputes/411602-2026-00000";
  EXPECT_THAT(VisibleMessages(record_, other, ""), kNotFound());
}

TEST_F(MessageTest, PartyWritesToItsOwnChannelAlone) {
  world_.caller = Party("1");
  const auto posted = DecidePostMessage(record_, Post("", "mine"), world_.env());
  ASSERT_OK(posted);
  EXPECT_EQ(posted->after.messages().rbegin()->party(), "1");
  EXPECT_EQ(posted->after.messages().rbegin()->author(), "p");
  EXPECT_EQ(posted->after.messages().rbegin()->id(), "4");
  EXPECT_THAT(DecidePostMessage(record_, Post("2", "theirs"), world_.env()), kNotFound());
}

TEST_F(MessageTest, OfficerNamesAPartyOfTheCase) {
  EXPECT_THAT(DecidePostMessage(record_, Post("3", "x"), world_.env()),
              NamesField("message.party"));
}

}  // namespace
}  // namespace pingan::disputes
