#include "tests/integration/oracle.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "common/rpc/wire_status.h"
#include "common/testing/matchers.h"

namespace pingan::testing {
namespace {

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

// Everything a client can tell two refusals apart by.
std::string Bytes(const Answer& answer) {
  return std::to_string(answer.status.error_code()) + "|" + answer.status.error_message() + "|" +
         answer.status.error_details();
}

bool Writes(const MethodDescriptor* method) {
  return method->input_type()->FindFieldByName("request_id") != nullptr;
}

}  // namespace

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

bool Inside(const std::string& scope, const std::string& code) {
  const auto outer = LevelsOf(scope), inner = LevelsOf(code);
  return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

// Inside, a call may fail for what it says, never for who calls.
void ExpectSeen(const MethodDescriptor* method, const Answer& answer) {
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

void ExpectHidden(const MethodDescriptor* method, const Answer& answer, const Answer& absent) {
  EXPECT_EQ(Bytes(answer), Bytes(absent));
  EXPECT_EQ(answer.message->SerializeAsString(), absent.message->SerializeAsString());
  const auto code = rpc::FromWire(answer.status).code();
  if (AimsOf(method) != Aims::kNew) {
    EXPECT_EQ(code, absl::StatusCode::kNotFound);
  }
  EXPECT_TRUE(code != absl::StatusCode::kOk || method->client_streaming());
}

}  // namespace pingan::testing
