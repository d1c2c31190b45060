// A case that went up: those who have it act on it, those where it is read it.
#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/dispute_world.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

class OwnerTest : public DisputeWorld {
 protected:
  template <class Request>
  Status Do(const std::string& role, const std::string& area, Request request) {
    request.set_name(name_);
    request.set_request_id(RandomUuid());
    return server_.As({.subject = role, .roles = {role}, .area = area}).Call(request, &dispute_);
  }
};

TEST_F(OwnerTest, WhoHasTheCaseActsOnIt) {
  ASSERT_OK(Do("village_mediator", kArea, v1::AcceptDisputeRequest()));
  v1::EscalateDisputeRequest up;
  up.set_reason("out of reach");
  ASSERT_OK(Do("village_mediator", kArea, up));
  ASSERT_EQ(dispute_.level(), v1::TOWNSHIP);
  v1::OfferTransferRequest offer;
  offer.mutable_to()->set_code("411621100001-PMC");
  offer.mutable_to()->set_area("411621100001");
  offer.set_reason("not ours");
  const auto not_theirs =
      Fails(absl::StatusCode::kPermissionDenied, common::v1::PERMISSION_MISSING);
  EXPECT_THAT(Do("village_mediator", kArea, v1::StartMediationRequest()), not_theirs);
  EXPECT_THAT(Do("village_mediator", kArea, offer), not_theirs);
  EXPECT_THAT(Do("village_mediator", kArea, up), not_theirs);
  EXPECT_OK(server_.As({.subject = "v", .roles = {"village_mediator"}, .area = kArea})
                .Call(Get(), &dispute_));
  EXPECT_OK(Do("township_mediator", "411602001", v1::StartMediationRequest()));
  EXPECT_EQ(dispute_.state(), v1::Dispute::MEDIATING);
  EXPECT_THAT(Do("village_mediator", "411602001001", v1::StartMediationRequest()), IsAbsent())
      << "of another village";
}

}  // namespace
}  // namespace pingan::testing
