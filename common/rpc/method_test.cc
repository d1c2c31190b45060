#include "common/rpc/method.h"

#include "common/testing/matchers.h"
#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::rpc {
namespace {

namespace v1 = disputes::v1;
using google::protobuf::FieldDescriptor;

TEST(Shape, FindsFieldsByNameTypeAndNumber) {
  Shape request(v1::GetStatisticsRequest::descriptor());
  EXPECT_EQ(request.One("area", FieldDescriptor::CPPTYPE_STRING)->number(), 1);
  EXPECT_EQ(request.Many("group_by", FieldDescriptor::CPPTYPE_STRING)->number(), 4);
  EXPECT_OK(request.status());
  Shape response(v1::ListDisputesResponse::descriptor());
  EXPECT_EQ(response.Items()->name(), "disputes");
  EXPECT_OK(response.status());
}

TEST(Shape, RemembersTheFirstThatIsNotAsWanted) {
  const auto mistake = [](auto look) {
    Shape shape(v1::GetStatisticsRequest::descriptor());
    EXPECT_EQ(look(shape), nullptr);
    EXPECT_THAT(shape.status(),
                testing::Fails(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT));
    shape.One("also_absent", FieldDescriptor::CPPTYPE_BOOL);
    return std::string(shape.status().message());
  };
  constexpr auto text = FieldDescriptor::CPPTYPE_STRING;
  const std::string type = "pingan.disputes.v1.GetStatisticsRequest has no field ";
  EXPECT_EQ(mistake([](Shape& s) { return s.One("absent", text); }),
            type + "absent as its form needs");
  EXPECT_EQ(mistake([](Shape& s) { return s.One("group_by", text); }),
            type + "group_by as its form needs");
  EXPECT_EQ(mistake([](Shape& s) { return s.Many("area", text); }),
            type + "area as its form needs");
  EXPECT_EQ(mistake([](Shape& s) { return s.One("min_revision", text); }),
            type + "min_revision as its form needs");
  EXPECT_EQ(mistake([](Shape& s) { return s.Items(); }), type + "(items) as its form needs");
}

}  // namespace
}  // namespace pingan::rpc
