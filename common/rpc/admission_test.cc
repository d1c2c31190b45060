#include "common/rpc/admission.h"

#include "common/base/clock.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using testing::Fails;

// The other ways to end are shown over the wire, in tests/integration/streams_test.cc; the longest
// that a method allows is too long to wait for.
TEST(StillAdmitted, UntilTheDeadline) {
  const grpc::CallbackServerContext context;
  const Admitted late{.deadline = Clock::Real().Now()};
  EXPECT_THAT(StillAdmitted({}, context, late),
              Fails(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED));
}

}  // namespace
}  // namespace pingan::rpc
