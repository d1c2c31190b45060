// The pipeline as a client sees it.
#include <gtest/gtest.h>

#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

TEST(ServerLife, StartsServesEndsAndStartsAgain) {
  TestServer server;
  v1::Dispute created, read;
  ASSERT_OK(server.As({.roles = {"county_officer"}, .area = "411602"})
                .Call(NewDispute("411602001002"), &created));
  EXPECT_EQ(server.Stop(), 0) << server.Log();
  server.Start();
  v1::GetDisputeRequest get;
  get.set_name(created.name());
  ASSERT_OK(server.As({.roles = {"viewer"}, .area = "411602"}).Call(get, &read));
  EXPECT_EQ(read.etag(), created.etag());
}

}  // namespace
}  // namespace pingan::testing
