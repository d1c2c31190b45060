// Watch over the wire: what an area is told of what comes, goes and is only offered; from where a
// watch may begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/probes.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
namespace v1 = disputes::v1;
namespace reason = common::v1;

constexpr char kHere[] = "411602001002", kThere[] = "411603001001", kThird[] = "411621001001";

class WatchTest : public ::testing::Test {
 protected:
  rpc::Client Officer(const std::string& area) const {
    return server_.As({.roles = {"county_officer"}, .area = area});
  }
  v1::Dispute Register(const std::string& area) const {
    v1::Dispute dispute;
    EXPECT_OK(Officer(area).Call(NewDispute(area), &dispute));
    return dispute;
  }
  template <class Request>
  v1::Dispute Do(const std::string& area, const std::string& name, Request request) const {
    request.set_name(name);
    request.set_request_id(RandomUuid());
    v1::Dispute dispute;
    EXPECT_OK(Officer(area).Call(request, &dispute)) << request.ShortDebugString();
    return dispute;
  }
  void Offer(const std::string& name, const std::string& to) const {
    v1::OfferTransferRequest offer;
    offer.mutable_to()->set_code("U-" + to);
    offer.mutable_to()->set_area(to);
    offer.set_reason("nearer");
    Do(kHere, name, offer);
  }
  v1::RejectTransferRequest Reject() const {
    v1::RejectTransferRequest reject;
    reject.set_reason("no");
    return reject;
  }

  // All that the area is told after `from`, up to something that is registered there now.
  std::vector<reason::Event> Told(const std::string& area, int64_t from = 0,
                                  const std::vector<std::string>& kinds = {}) const {
    const std::string last = Register(area).name();
    v1::WatchDisputesRequest request;
    request.set_from_revision(from);
    request.mutable_kinds()->Assign(kinds.begin(), kinds.end());
    std::vector<reason::Event> told;
    EXPECT_OK(Officer(area).Watch(
        request, v1::WatchDisputesResponse(), absl::Seconds(30), [&](const auto& message) {
          const auto& answer = static_cast<const v1::WatchDisputesResponse&>(message);
          if (!answer.has_event()) return true;
          EXPECT_EQ(answer.revision(), answer.event().revision());
          if (answer.event().name() == last) return false;
          told.push_back(answer.event());
          return true;
        }));
    return told;
  }
  static std::vector<std::string> Kinds(const std::vector<reason::Event>& told) {
    std::vector<std::string> kinds;
    for (const auto& event : told) kinds.push_back(event.kind());
    return kinds;
  }
  // Nothing but what is known of it there.
  static void ExpectLeft(const reason::Event& event, const std::string& name,
                         const std::string& area) {
    reason::Event left;
    left.set_revision(event.revision());
    *left.mutable_time() = event.time();
    left.set_name(name);
    left.set_area(area);
    left.set_kind("resource.left");
    EXPECT_EQ(event.SerializeAsString(), left.SerializeAsString()) << event.ShortDebugString();
  }
  Status Get(const std::string& area, const std::string& name) const {
    v1::GetDisputeRequest get;
    get.set_name(name);
    v1::Dispute dispute;
    return Officer(area).Call(get, &dispute);
  }

  const TestServer server_;
};

TEST_F(WatchTest, ACaseThatIsHandedOverLeavesAndArrives) {
  const std::string name = Register(kHere).name();
  Offer(name, kThere);
  EXPECT_OK(Get(kThere, name));
  Do(kHere, name, v1::AcceptDisputeRequest());
  Do(kThere, name, v1::AcceptTransferRequest());
  EXPECT_THAT(Get(kHere, name), Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT));
  Do(kThere, name, v1::StartMediationRequest());

  const auto here = Told(kHere), there = Told(kThere);
  ASSERT_THAT(Kinds(here), ElementsAre("dispute.registered", "transfer.offered", "dispute.accepted",
                                       "resource.left"));
  ExpectLeft(here.back(), name, kHere);
  ASSERT_THAT(Kinds(there), ElementsAre("transfer.offered", "dispute.accepted", "transfer.accepted",
                                        "mediation.started"));
  for (const auto& event : there) EXPECT_TRUE(event.has_resource()) << event.kind();
  EXPECT_THAT(Told(kThird), ElementsAre());

  // Wherever it stopped, it goes on with what comes next.
  for (size_t i = 0; i < here.size(); ++i) {
    const auto rest = Told(kHere, here[i].revision());
    for (size_t j = i + 1; j < here.size(); ++j) {
      ASSERT_GT(rest.size(), j - i - 1);
      EXPECT_EQ(rest[j - i - 1].SerializeAsString(), here[j].SerializeAsString());
    }
  }
}

// What leaves is of a kind of its own, whatever led to it is called where it went.
TEST_F(WatchTest, WhatLeavesIsAskedForByItsOwnKind) {
  const std::string name = Register(kHere).name(), registered = "dispute.registered";
  Offer(name, kThere);
  Do(kThere, name, v1::AcceptTransferRequest());
  EXPECT_THAT(Kinds(Told(kHere, 0, {registered, "transfer.accepted"})), ElementsAre(registered));
  EXPECT_THAT(Kinds(Told(kThere, 0, {registered, "transfer.accepted"})),
              ElementsAre("transfer.accepted"));
  const auto left = Told(kHere, 0, {registered, "resource.left"});
  EXPECT_THAT(Kinds(left), ElementsAre(registered, "resource.left", registered));
}

TEST_F(WatchTest, AnOfferThatIsOverLeavesTheAreaItWasMadeTo) {
  const std::string name = Register(kHere).name();
  Offer(name, kThere);
  Do(kThere, name, Reject());
  Offer(name, kThere);
  Do(kHere, name, v1::RevokeTransferRequest());
  Do(kHere, name, v1::AcceptDisputeRequest());
  EXPECT_THAT(Get(kThere, name), Fails(StatusCode::kNotFound, reason::RESOURCE_ABSENT));
  const auto there = Told(kThere);
  ASSERT_THAT(Kinds(there), ElementsAre("transfer.offered", "resource.left", "transfer.offered",
                                        "resource.left"));
  ExpectLeft(there[1], name, kThere);
  ExpectLeft(there[3], name, kThere);
  EXPECT_THAT(Kinds(Told(kHere)),
              ElementsAre("dispute.registered", "transfer.offered", "transfer.rejected",
                          "transfer.offered", "transfer.revoked", "dispute.accepted"));
}

TEST_F(WatchTest, BeyondTheLastRevisionIsRefused) {
  const int64_t last = Register(kHere).revision();
  v1::WatchDisputesRequest request;
  request.set_from_revision(last + 1);
  const auto none = [](const auto&) { return false; };
  EXPECT_THAT(Officer(kHere).Watch(request, v1::WatchDisputesResponse(), absl::Seconds(30), none),
              Fails(StatusCode::kOutOfRange, reason::REVISION_AHEAD));
  // From the last one on it waits, and is told what comes.
  EXPECT_THAT(Told(kHere, last), ElementsAre());
}

// Two days on, what was two days ago is forgotten as far as the counts are saved.
TEST(Retention, ForgetsWhatIsOldAndSaysSo) {
  TestServer server({"--retention_days=1", "--sweep_seconds=3600"});
  const auto officer = [&] { return server.As({.roles = {"city_officer"}, .area = "4116"}); };
  const v1::CreateDisputeRequest create = NewDispute(kHere);
  v1::Dispute old, fresh;
  ASSERT_OK(officer().Call(create, &old));
  v1::AcceptDisputeRequest accept;
  accept.set_name(old.name());
  accept.set_request_id(RandomUuid());
  ASSERT_OK(officer().Call(accept, &old));
  // What is counted is saved with the end, and only that can be forgotten.
  v1::GetStatisticsRequest count;
  count.set_min_revision(2);
  v1::GetStatisticsResponse counted;
  ASSERT_OK(officer().Call(count, &counted));
  ASSERT_EQ(server.Stop(), 0);
  server.Start();
  // Of a new day, but for some minutes of each when it is still today.
  const absl::Time now = Clock::Real().Now();
  v1::Dispute read;
  v1::GetDisputeRequest get;
  get.set_name(old.name());
  ASSERT_OK(officer().CallAt(now + absl::Hours(24) - absl::Minutes(10), get, &read));
  EXPECT_EQ(Metric(server.metrics(), "pingan_compacted_revision"), 0) << "a day is 24 hours";
  const absl::Time later = now + absl::Hours(48);
  ASSERT_OK(officer().CallAt(later, NewDispute(kThere), &fresh));
  EXPECT_EQ(Metric(server.metrics(), "pingan_compacted_revision"), 2);

  v1::GetHistoryRequest history;
  v1::GetHistoryResponse told;
  history.set_name(old.name());
  ASSERT_OK(officer().Call(history, &told));
  EXPECT_EQ(told.compacted_revision(), 2);
  for (const auto& event : told.events()) EXPECT_GT(event.revision(), 2);
  history.set_name(fresh.name());
  ASSERT_OK(officer().Call(history, &told));
  EXPECT_EQ(told.events_size(), 1);

  v1::WatchDisputesRequest watch;
  int64_t first = 0;
  const auto take = [&](const auto& answer) {
    first = static_cast<const v1::WatchDisputesResponse&>(answer).event().revision();
    return false;
  };
  const auto from = [&](int64_t revision) {
    watch.set_from_revision(revision);
    return officer().Watch(watch, v1::WatchDisputesResponse(), absl::Seconds(30), take);
  };
  EXPECT_THAT(from(1), Fails(StatusCode::kOutOfRange, reason::REVISION_COMPACTED));
  ASSERT_OK(from(0));
  EXPECT_EQ(first, 3);
  ASSERT_OK(from(2));
  EXPECT_EQ(first, 3);

  ASSERT_OK(officer().Call(get, &read));
  EXPECT_EQ(read.create_time().seconds(), old.create_time().seconds());
  count.set_min_revision(fresh.revision());
  ASSERT_OK(officer().Call(count, &counted));
  EXPECT_EQ(counted.rows(0).counts().at("registered"), 2);
  ASSERT_OK(officer().Call(create, &read));
  EXPECT_NE(read.name(), old.name()) << "a request is remembered as long as its event";
}

}  // namespace
}  // namespace pingan::testing
