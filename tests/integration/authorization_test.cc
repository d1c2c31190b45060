// Who may do what where: every role x every method x every relation of areas, against one server.
// What is expected is worked out by tests/integration/oracle.h, by nothing of ours.
#include <gtest/gtest.h>

#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"
#include "tests/integration/matrix.h"
#include "tests/integration/oracle.h"
#include "tests/integration/server_fixture.h"

namespace pingan::testing {
namespace {

namespace v1 = disputes::v1;

constexpr char kVillage[] = "411602001002", kTownship[] = "411602001000";
constexpr char kOther[] = "411621001001";
constexpr char kNowhere[] = "994116020010";
constexpr char kAbsent[] = "disputes/411602-2020-999999";

// Areas of callers, in all relations to the three above. 411620 is no county: cut by digits instead
// of levels it would be the beginning of 411621.
constexpr const char* kAreas[] = {
    "",       "41",   "4116",   "411602",       "411602001",    "411602002", "411621",
    "411620", "4117", kVillage, "411602001003", "411602001020", "411602010", "42"};

class Authorization : public ::testing::Test {
 protected:
  struct Target {
    std::string area, name;
  };

  static void SetUpTestSuite() {
    server_ = new TestServer;
    client_ = new rpc::Client(server_->target());
    const rpc::Client officer = server_->As({.roles = {"city_officer"}});
    for (const char* area : {kVillage, kTownship, kOther}) {
      v1::Dispute dispute;
      ASSERT_OK(officer.Call(NewDispute(area), &dispute));
      targets_.push_back({area, dispute.name()});
    }
  }
  static void TearDownTestSuite() {
    delete client_;
    delete server_;
  }

  static Answer Try(const std::string& token, const MethodDescriptor* method,
                    const std::string& name, const std::string& area) {
    return Ask(client_->channel(), token, method,
               *RequestFor(method, {.area = area, .names = {{"disputes", name}}}));
  }

  // A party sees its own file, whatever its token says of areas; everybody else their area.
  static bool MaySee(const std::string& role, const std::string& area, const Target& target) {
    return role == "party" ? target.name == targets_[0].name : Inside(area, target.area);
  }

  static void Check(const std::string& role, const std::string& area, const std::string& token,
                    const MethodDescriptor* method, bool permitted) {
    for (const Target& target : targets_) {
      const Answer answer = Try(token, method, target.name, target.area);
      const Status status = rpc::FromWire(answer.status);
      const bool denied = DetailsOf(status).reason == common::v1::PERMISSION_MISSING;
      ASSERT_EQ(denied, !permitted) << status;
      if (denied) {
        EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
        continue;
      }
      if (AimsOf(method) == Aims::kAll && !Inside(area, kCity)) {
        EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
      } else if (AimsOf(method) == Aims::kNothing || AimsOf(method) == Aims::kAll) {
        EXPECT_OK(status);
      } else if (MaySee(role, area, target)) {
        ExpectSeen(method, answer);
      } else {
        ExpectHidden(method, answer, Try(token, method, kAbsent, kNowhere));
      }
    }
  }

  static inline TestServer* server_ = nullptr;
  static inline rpc::Client* client_ = nullptr;
  static inline std::vector<Target> targets_;
};

TEST(Oracle, ReadsCodesByLevels) {
  EXPECT_TRUE(Inside("", kVillage) && Inside("4116", kVillage) && Inside("411602001", kTownship));
  EXPECT_TRUE(Inside("411602000000", kVillage));
  EXPECT_FALSE(Inside(kVillage, kTownship) || Inside("411620", kOther) ||
               Inside("411602002", kVillage));
}

TEST_F(Authorization, EveryRoleMethodAndAreaAsThePolicySays) {
  const auto roles = Roles();
  ASSERT_GE(roles.size(), 11u);
  ASSERT_GE(Methods(v1::GetDisputeRequest::descriptor()).size(), 35u);
  for (const auto& [role, permissions] : roles) {
    for (const std::string area : kAreas) {
      auth::Caller caller{.roles = {role}, .area = area};
      if (role == "party") caller.party = targets_[0].name + "/parties/1";
      const std::string token = server_->Token(caller);
      for (const MethodDescriptor* method : Methods(v1::GetDisputeRequest::descriptor())) {
        SCOPED_TRACE(role + " of " + (area.empty() ? "everywhere" : area) + ": " + method->name());
        Check(role, area, token, method, permissions.contains(PermissionOf(method)));
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace pingan::testing
