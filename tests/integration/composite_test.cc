// What is made of several parts: a dispute with its parties is stored as a whole or not at all, a
// batch row by row.
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

constexpr char kVillage[] = "411602001002";

class Composite : public ::testing::Test {
 protected:
  // Names of all disputes.
  std::vector<std::string> Stored() const {
    v1::ListDisputesResponse page;
    EXPECT_OK(server_.As({.roles = {"city_officer"}}).Call(v1::ListDisputesRequest(), &page));
    std::vector<std::string> names;
    for (const auto& dispute : page.disputes()) names.push_back(dispute.name());
    return names;
  }

  size_t Audited() const {
    v1::ListAuditEntriesResponse page;
    EXPECT_OK(server_.As({.roles = {"auditor"}}).Call(v1::ListAuditEntriesRequest(), &page));
    return page.entries_size();
  }

  const TestServer server_;
};

TEST_F(Composite, OneBadPartyAmongManyAndNothingIsStored) {
  const rpc::Client officer = server_.As({.roles = {"county_officer"}, .area = "411602"});
  v1::CreateDisputeRequest request = NewDispute(kVillage);
  for (int i = 1; i < 20; ++i)
    *request.mutable_dispute()->add_parties() = request.dispute().parties(0);
  v1::Dispute created;
  for (const int bad : {0, 7, 19}) {
    v1::CreateDisputeRequest broken = request;
    broken.mutable_dispute()->mutable_parties(bad)->set_phone("no number");
    EXPECT_THAT(officer.Call(broken, &created),
                NamesField(absl::StrCat("dispute.parties[", bad, "].phone")));
  }
  EXPECT_EQ(Stored().size(), 0u);
  EXPECT_EQ(Audited(), 0u);
  ASSERT_OK(officer.Call(request, &created)) << "the request_id is still free";
  EXPECT_EQ(created.parties_size(), 20);
  EXPECT_EQ(created.name().substr(created.name().size() - 6), "000001") << "and so is the code";
}

TEST_F(Composite, EachRowOfABatchHasItsOwnOutcome) {
  std::vector<v1::ImportDisputesRequest> rows(5);
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].set_row_id(absl::StrCat("row-", i));
    v1::Dispute& dispute = *rows[i].mutable_dispute();
    dispute = NewDispute(kVillage).dispute();
    dispute.set_state(v1::Dispute::REGISTERED);
    dispute.set_level(v1::VILLAGE);
    dispute.mutable_create_time()->set_seconds(absl::ToUnixSeconds(Clock::Real().Now()) - 3600);
    v1::Custody& custody = *dispute.add_custody();
    custody.mutable_unit()->set_code("411602001002-PMC");
    custody.mutable_unit()->set_area(kVillage);
    *custody.mutable_from_time() = dispute.create_time();
  }
  rows[1].mutable_dispute()->mutable_parties(0)->clear_display_name();
  rows[3].mutable_dispute()->set_area("411602999999");
  const auto upload = [&](v1::ImportDisputesResponse* answer) {
    size_t next = 0;
    return server_.As({.roles = {"importer"}, .area = "411602"})
        .Upload(
            v1::ImportDisputesRequest::descriptor(),
            [&] { return next < rows.size() ? &rows[next++] : nullptr; }, answer);
  };
  v1::ImportDisputesResponse answer;
  ASSERT_OK(upload(&answer));
  EXPECT_EQ(answer.rows_read(), 5);
  EXPECT_EQ(answer.rows_stored(), 3) << answer.DebugString();
  const auto refused = [&answer] {
    std::map<std::string, std::string> fields;
    for (const auto& refusal : answer.refusals()) fields[refusal.row_id()] = refusal.field();
    return fields;
  };
  using Fields = std::map<std::string, std::string>;
  EXPECT_EQ(refused(),
            (Fields{{"row-1", "dispute.parties[0].display_name"}, {"row-3", "dispute.area"}}));
  EXPECT_EQ(Stored().size(), 3u);

  rows[1] = rows[0];
  rows[1].set_row_id("row-1");
  ASSERT_OK(upload(&answer)) << "sent again with one row mended";
  EXPECT_EQ(answer.rows_known(), 3);
  EXPECT_EQ(answer.rows_stored(), 1);
  EXPECT_EQ(Stored().size(), 4u);

  rows.push_back(rows[0]);
  rows[5].set_row_id("row-5");
  rows[2].mutable_dispute()->set_title("another");
  for (auto& row : rows) row.set_dry_run(true);
  const size_t audited = Audited();
  ASSERT_OK(upload(&answer)) << "a dry run";
  EXPECT_EQ(answer.rows_known(), 3);
  EXPECT_EQ(answer.rows_stored(), 1);
  EXPECT_EQ(refused(), (Fields{{"row-2", "row_id"}, {"row-3", "dispute.area"}}));
  EXPECT_EQ(Stored().size(), 4u);
  EXPECT_EQ(Audited(), audited);
}

}  // namespace
}  // namespace pingan::testing
