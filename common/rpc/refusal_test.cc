#include "common/rpc/refusal.h"

#include "common/rpc/admission.h"
#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using testing::Fails;

TEST(Refusal, IsWhatAnyStatusWouldBeOnTheWire) {
  for (int step = 1; step <= WorkerPool::kRetrySteps; ++step) {
    const int retry_ms = step * WorkerPool::kRetryStepMs;
    for (const bool english : {false, true}) {
      const grpc::Status& wire = OverloadedOnWire(retry_ms, english);
      const grpc::Status usual = WireStatus(Overloaded(retry_ms), english);
      EXPECT_EQ(wire.error_code(), grpc::RESOURCE_EXHAUSTED);
      EXPECT_EQ(wire.error_message(), usual.error_message());
      EXPECT_EQ(wire.error_details(), usual.error_details());
      const Status told = FromWire(wire);
      EXPECT_THAT(told, Fails(absl::StatusCode::kResourceExhausted, common::v1::OVERLOADED));
      EXPECT_EQ(DetailsOf(told).retry_after_ms, retry_ms);
    }
  }
}

TEST(Refusal, ATimeOutsideTheScaleIsTheNearest) {
  EXPECT_EQ(DetailsOf(FromWire(OverloadedOnWire(0, true))).retry_after_ms, 500);
  EXPECT_EQ(DetailsOf(FromWire(OverloadedOnWire(60'000, true))).retry_after_ms, 10'000);
}

}  // namespace
}  // namespace pingan::rpc
