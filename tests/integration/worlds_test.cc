// Two worlds, one of which has more disputes outside the caller's area: the caller cannot tell
// which one it is in.
#include <gtest/gtest.h>

#include <regex>

#include "common/base/clock.h"
#include "common/testing/matchers.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

const absl::Time kStart = Clock::Real().Now();

// What is numbered over all areas, or made at random.
std::string WithoutNumbers(const google::protobuf::Message& message) {
  static const std::regex numbered("(^|\n) *(revision|etag|id|request_id|as_of_revision): [^\n]*");
  return message.GetTypeName() + std::regex_replace(message.DebugString(), numbered, "") + "\n";
}

class World {
 public:
  // Registers a dispute at the minute, accepts it, and has an officer of the city look at it.
  void Add(const std::string& area, int minute) {
    const absl::Time at = kStart + absl::Minutes(minute);
    v1::Dispute dispute;
    ASSERT_OK(city_.CallAt(at, NewDispute(area), &dispute));
    v1::AcceptDisputeRequest accept;
    accept.set_name(dispute.name());
    accept.set_request_id(RandomUuid());
    ASSERT_OK(city_.CallAt(at, accept, &dispute));
    v1::GetDisputeRequest get;
    get.set_name(dispute.name());
    ASSERT_OK(city_.CallAt(at, get, &dispute));
    revision_ = dispute.revision();
    names_.push_back(dispute.name());
  }

  // All that a caller of the area gets to see.
  std::string Seen(const std::string& area) const {
    return Listed(area) + Counted(area) + Told(area) + Audited(area) + Watched(area);
  }

 private:
  rpc::Client As(const std::string& role, const std::string& area) const {
    return server_.As({.roles = {role}, .area = area});
  }

  std::string Listed(const std::string& area) const {
    std::string seen;
    v1::ListDisputesRequest request;
    v1::ListDisputesResponse response;
    for (const char* filter : {"", "state = \"ACCEPTED\"", "state = \"REGISTERED\""}) {
      request.set_filter(filter);
      EXPECT_OK(As("viewer", area).Call(request, &response));
      seen += WithoutNumbers(response);
    }
    return seen;
  }

  std::string Counted(const std::string& area) const {
    std::string seen;
    v1::GetStatisticsRequest request;
    request.set_min_revision(revision_);
    v1::GetStatisticsResponse response;
    for (const char* group : {"", "area", "month", "category"}) {
      request.clear_group_by();
      if (*group) request.add_group_by(group);
      EXPECT_OK(As("viewer", area).Call(request, &response));
      seen += WithoutNumbers(response);
    }
    return seen;
  }

  // History of every dispute there is.
  std::string Told(const std::string& area) const {
    std::string seen;
    for (const std::string& name : names_) {
      v1::GetHistoryRequest request;
      request.set_name(name);
      v1::GetHistoryResponse response;
      if (As("county_officer", area).Call(request, &response).ok())
        seen += WithoutNumbers(response);
    }
    return seen;
  }

  std::string Audited(const std::string& area) const {
    v1::ListAuditEntriesResponse response;
    EXPECT_OK(As("auditor", area).Call(v1::ListAuditEntriesRequest(), &response));
    return WithoutNumbers(response);
  }

  // Events up to the last one of the area.
  std::string Watched(const std::string& area) const {
    std::string seen;
    int events = 0;
    EXPECT_OK(As("county_officer", area)
                  .Watch(v1::WatchDisputesRequest(), v1::WatchDisputesResponse(), absl::Seconds(30),
                         [&](const auto& answer) {
                           seen += WithoutNumbers(answer);
                           return ++events < 2 * kInside;
                         }));
    return seen;
  }

 public:
  static constexpr int kInside = 3;

 private:
  const TestServer server_;
  const rpc::Client city_ =
      server_.As({.roles = {"city_officer"}, .purposes = {"supervision"}}, "supervision");
  int64_t revision_ = 0;
  std::vector<std::string> names_;
};

TEST(Worlds, ACallerCannotTellWhatIsOutside) {
  World small, large;
  const char* inside[World::kInside] = {"411602001002", "411602001000", "411602002001"};
  const char* outside[World::kInside] = {"411621001001", "411600000000", "411621001002"};
  for (int i = 0; i < World::kInside; ++i) {
    small.Add(inside[i], i);
    large.Add(outside[i], i);
    large.Add(inside[i], i);
  }
  const std::string seen = small.Seen("411602");
  EXPECT_EQ(large.Seen("411602"), seen);
  EXPECT_NE(seen.find("411602002001"), std::string::npos);
  EXPECT_NE(seen.find("dispute.accepted"), std::string::npos);
  EXPECT_NE(seen.find("purpose: \"supervision\""), std::string::npos);
  EXPECT_NE(large.Seen("4116"), seen) << "where it counts, it shows";
}

}  // namespace
}  // namespace pingan::testing
