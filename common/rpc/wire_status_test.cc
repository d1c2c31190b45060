#include "common/rpc/wire_status.h"

#include "common/testing/matchers.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace pingan::rpc {
namespace {

using absl::StatusCode;
using common::v1::ETAG_STALE;
using common::v1::INTERNAL_FAULT;
using testing::Fails;

google::rpc::LocalizedMessage Localized(const grpc::Status& status) {
  google::rpc::Status wire;
  google::rpc::LocalizedMessage localized;
  EXPECT_TRUE(wire.ParseFromString(status.error_details()));
  for (const auto& any : wire.details()) any.UnpackTo(&localized);
  return localized;
}

TEST(WireStatus, CarriesEveryDetailThereAndBack) {
  const ErrorDetails sent{.reason = ETAG_STALE,
                          .fields = {{"dispute.title", "is required"}, {"area", "want 12 digits"}},
                          .allowed_actions = {"Accept", "Refuse"},
                          .metadata = {{"etag", "17"}},
                          .retry_after_ms = 1234};
  const Status status = FromWire(WireStatus(Error(StatusCode::kAborted, "stale", sent), true));
  EXPECT_THAT(status, Fails(StatusCode::kAborted, ETAG_STALE));
  EXPECT_EQ(status.message(), "stale");
  const ErrorDetails got = DetailsOf(status);
  ASSERT_EQ(got.fields.size(), 2u);
  EXPECT_EQ(got.fields[1].path, "area");
  EXPECT_EQ(got.fields[1].problem, "want 12 digits");
  EXPECT_EQ(got.allowed_actions, sent.allowed_actions);
  EXPECT_EQ(got.metadata, sent.metadata);
  EXPECT_EQ(got.retry_after_ms, 1234);
}

TEST(WireStatus, OkIsOk) {
  EXPECT_TRUE(WireStatus(absl::OkStatus(), true).ok());
  EXPECT_OK(FromWire(grpc::Status::OK));
}

TEST(WireStatus, AFaultOfOursLeaksNothing) {
  for (const Status& fault :
       {absl::NotFoundError("row 17 of disputes"),
        absl::InternalError("select body from disputes: 张三"), absl::UnknownError("")}) {
    const grpc::Status wire = WireStatus(fault, false);
    EXPECT_EQ(wire.error_code(), grpc::INTERNAL);
    EXPECT_EQ(wire.error_message(), "internal fault");
    EXPECT_EQ(wire.error_details().find("disputes"), std::string::npos);
    EXPECT_EQ(wire.error_details().find("张三"), std::string::npos);
    EXPECT_THAT(FromWire(wire), Fails(StatusCode::kInternal, INTERNAL_FAULT));
  }
}

TEST(WireStatus, SpeaksTheCallersLanguage) {
  const Status status = FieldError("area", "want 12 digits");
  const auto zh = Localized(WireStatus(status, false)), en = Localized(WireStatus(status, true));
  EXPECT_EQ(zh.locale(), "zh-CN");
  EXPECT_EQ(zh.message(), "填写内容不符合要求");
  EXPECT_EQ(en.locale(), "en");
  EXPECT_EQ(en.message(), "area: want 12 digits");
}

TEST(WireStatus, EveryReasonHasItsLineInChinese) {
  const auto* reasons = common::v1::Reason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<common::v1::Reason>(reasons->value(i)->number());
    if (reason == common::v1::REASON_UNSPECIFIED) continue;
    const auto zh = Localized(WireStatus(Error(StatusCode::kInternal, reason, "x"), false));
    EXPECT_EQ(zh.locale(), "zh-CN") << reasons->value(i)->name();
  }
}

TEST(WireStatus, AnotherServersStatusKeepsCodeAndMessage) {
  const Status status = FromWire(grpc::Status(grpc::UNAVAILABLE, "no route", "not a status"));
  EXPECT_THAT(status, Fails(StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED));
  EXPECT_EQ(status.message(), "no route");
}

}  // namespace
}  // namespace pingan::rpc
