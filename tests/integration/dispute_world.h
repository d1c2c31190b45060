// A disputes server with one case of two parties, and who asks about it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {

class DisputeWorld : public ::testing::Test {
 protected:
  static constexpr char kArea[] = "411602001002";  // of the case

  void SetUp() override {
    disputes::v1::CreateDisputeRequest request = NewDispute(kArea);
    *request.mutable_dispute()->add_parties() = request.dispute().parties(0);
    ASSERT_OK(Officer().Call(request, &dispute_));
    name_ = dispute_.name();
  }

  rpc::Client Officer(const std::string& purpose = "") const {
    return server_.As({.subject = "li",
                       .roles = {"county_officer"},
                       .area = "411602",
                       .purposes = {"mediation", "follow_up"}},
                      purpose);
  }

  // What an auditor of the area sees, newest first.
  std::vector<common::v1::AuditEntry> Audit(const std::string& area = "411602") const {
    disputes::v1::ListAuditEntriesResponse page;
    EXPECT_OK(server_.As({.roles = {"auditor"}, .area = area})
                  .Call(disputes::v1::ListAuditEntriesRequest(), &page));
    return {page.entries().begin(), page.entries().end()};
  }

  // A request about the case.
  template <class Request>
  Request Named() const {
    Request request;
    request.set_name(name_);
    return request;
  }
  disputes::v1::GetDisputeRequest Get() const { return Named<disputes::v1::GetDisputeRequest>(); }

  const TestServer server_;
  disputes::v1::Dispute dispute_;  // as its registration was answered
  std::string name_;
};

inline auto IsAbsent() {
  return Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT);
}

}  // namespace pingan::testing
