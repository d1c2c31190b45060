// A client of the first version, which has only the fields it knew then (first.proto), is served
// whatever was added since.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/testing/matchers.h"
#include "tests/integration/probes.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using google::protobuf::Message;

class OldClient : public ::testing::Test {
 protected:
  OldClient() {
    std::ifstream file("tests/integration/first.pb", std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    EXPECT_TRUE(set.ParseFromIstream(&file));
    for (const auto& proto : set.file()) EXPECT_NE(pool_.BuildFile(proto), nullptr);
  }

  std::unique_ptr<Message> New(const std::string& type, const std::string& text = "") {
    std::unique_ptr<Message> message(
        messages_.GetPrototype(pool_.FindMessageTypeByName("first." + type))->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    return message;
  }

  // The answer as the old client reads it.
  StatusOr<std::unique_ptr<Message>> Call(const std::string& method, const std::string& type,
                                          const std::string& text, const std::string& answer_type,
                                          const std::string& version = "v1") {
    const std::string token = server_.Token({.roles = {"county_officer"}, .area = "411602"});
    ASSIGN_OR_RETURN(
        const std::string bytes,
        CallRaw(server_.target(), "/pingan.disputes." + version + ".Disputes/" + method,
                New(type, text)->SerializeAsString(), {{"authorization", "Bearer " + token}}));
    auto answer = New(answer_type);
    EXPECT_TRUE(answer->ParseFromString(bytes));
    return answer;
  }

  static std::string Text(const Message& message, const std::string& field) {
    return message.GetReflection()->GetString(message,
                                              message.GetDescriptor()->FindFieldByName(field));
  }
  static int64_t Number(const Message& message, const std::string& field) {
    return message.GetReflection()->GetInt32(message,
                                             message.GetDescriptor()->FindFieldByName(field));
  }

  const TestServer server_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory messages_{&pool_};
};

TEST_F(OldClient, RegistersReadsListsAndAccepts) {
  ASSERT_OK_AND_ASSIGN(const auto created, Call("CreateDispute", "CreateDispute",
                                                R"(request_id: "old-client-1" dispute {
                area: "411602001002" title: "两户因排水沟起争执" description: "雨水流入邻家院内"
                category: "0201" place: "宁庄社区三组" source: 1
                parties { kind: 1 display_name: "张三丰" phone: "13800000001" } })",
                                                "Dispute"));
  const std::string name = Text(*created, "name");
  EXPECT_EQ(Text(*created, "title"), "***");
  EXPECT_EQ(Number(*created, "state"), 1) << "REGISTERED";

  ASSERT_OK_AND_ASSIGN(const auto read,
                       Call("GetDispute", "GetDispute", "name: '" + name + "'", "Dispute"));
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());

  ASSERT_OK_AND_ASSIGN(
      const auto accepted,
      Call("AcceptDispute", "AcceptDispute",
           "name: '" + name + "' request_id: 'old-client-2' etag: '" + Text(*read, "etag") + "'",
           "Dispute"));
  EXPECT_EQ(Number(*accepted, "state"), 2) << "ACCEPTED";

  ASSERT_OK_AND_ASSIGN(
      const auto page,
      Call("ListDisputes", "ListDisputes",
           "area: '411602' page_size: 10 filter: 'state = \"ACCEPTED\"'", "Disputes"));
  const auto* disputes = page->GetDescriptor()->FindFieldByName("disputes");
  ASSERT_EQ(page->GetReflection()->FieldSize(*page, disputes), 1);
  EXPECT_EQ(page->GetReflection()->GetRepeatedMessage(*page, disputes, 0).SerializeAsString(),
            accepted->SerializeAsString());
}

TEST_F(OldClient, IsToldWhichVersionsThereAre) {
  const auto answer =
      Call("GetDispute", "GetDispute", "name: 'disputes/411602-2026-000001'", "Dispute", "v2");
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace pingan::testing
