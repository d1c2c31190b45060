// Who may do what where: every role x every method x every relation of areas, against one server.
// What is expected is worked out here from policy.json and the digits of the codes, by nothing of
// ours.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"
#include "tests/integration/matrix.h"
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

std::map<std::string, std::set<std::string>> Roles() {
  std::stringstream json;
  json << std::ifstream("common/auth/policy.json").rdbuf();
  google::protobuf::Struct policy;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json.str(), &policy).ok());
  std::map<std::string, std::set<std::string>> roles;
  for (const auto& [role, permissions] : policy.fields().at("roles").struct_value().fields()) {
    for (const auto& name : permissions.list_value().values())
      roles[role].insert(name.string_value());
  }
  return roles;
}

// The levels of a code of 2, 4, 6, 9 or 12 digits, down to the last that is not all zeros.
std::vector<std::string> LevelsOf(const std::string& code) {
  std::vector<std::string> levels;
  size_t at = 0;
  for (const size_t width : {2, 2, 2, 3, 3}) {
    if (at < code.size()) levels.push_back(code.substr(at, width));
    at += width;
  }
  while (!levels.empty() && levels.back().find_first_not_of('0') == std::string::npos)
    levels.pop_back();
  return levels;
}

bool Inside(const std::string& scope, const std::string& code) {
  const auto outer = LevelsOf(scope), inner = LevelsOf(code);
  return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// Everything a client can tell two refusals apart by.
std::string Bytes(const Answer& answer) {
  return std::to_string(answer.status.error_code()) + "|" + answer.status.error_message() + "|" +
         answer.status.error_details();
}

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
    return Ask(client_->channel(), token, method, *RequestFor(method, name, area));
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
      if (AimsOf(method) == Aims::kNothing) {
        EXPECT_OK(status);
      } else if (MaySee(role, area, target)) {
        Seen(method, answer);
      } else {
        const Answer absent = Try(token, method, kAbsent, kNowhere);
        Hidden(method, answer, absent);
      }
    }
  }

  // Inside, a call may fail for what it says, never for who calls.
  static void Seen(const MethodDescriptor* method, const Answer& answer) {
    const Status status = rpc::FromWire(answer.status);
    const std::set<absl::StatusCode> codes = {absl::StatusCode::kOk,
                                              absl::StatusCode::kFailedPrecondition,
                                              absl::StatusCode::kInvalidArgument};
    EXPECT_TRUE(codes.contains(status.code())) << status;
    const bool read = !Writes(method);
    if (read && (AimsOf(method) == Aims::kArea || AimsOf(method) == Aims::kRecord)) {
      EXPECT_OK(status);
    }
    EXPECT_EQ(std::string(status.message()).find("no such area"), std::string::npos) << status;
  }

  static void Hidden(const MethodDescriptor* method, const Answer& answer, const Answer& absent) {
    EXPECT_EQ(Bytes(answer), Bytes(absent));
    EXPECT_EQ(answer.message->SerializeAsString(), absent.message->SerializeAsString());
    const auto code = rpc::FromWire(answer.status).code();
    if (AimsOf(method) != Aims::kNew) {
      EXPECT_EQ(code, absl::StatusCode::kNotFound);
    }
    EXPECT_TRUE(code != absl::StatusCode::kOk || method->client_streaming());
  }

  static bool Writes(const MethodDescriptor* method) {
    return method->input_type()->FindFieldByName("request_id") != nullptr;
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
  ASSERT_GE(Methods().size(), 35u);
  for (const auto& [role, permissions] : roles) {
    for (const std::string area : kAreas) {
      auth::Caller caller{.roles = {role}, .area = area};
      if (role == "party") caller.party = targets_[0].name + "/parties/1";
      const std::string token = server_->Token(caller);
      for (const MethodDescriptor* method : Methods()) {
        SCOPED_TRACE(role + " of " + (area.empty() ? "everywhere" : area) + ": " + method->name());
        Check(role, area, token, method, permissions.contains(PermissionOf(method)));
        if (HasFatalFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace pingan::testing
