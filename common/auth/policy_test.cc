#include "common/auth/policy.h"

#include <fstream>
#include <set>

#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using common::v1::FIELD_INVALID;
using testing::Fails;

Caller With(std::vector<std::string> roles, std::vector<std::string> purposes = {}) {
  return {.subject = "u", .roles = std::move(roles), .purposes = std::move(purposes)};
}

TEST(Policy, BuiltInKeepsTheLinesThatMatter) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Load(""));
  struct Case {
    const char* role;
    const char* permission;
    bool allowed;
  };
  for (const auto& [role, permission, allowed] : std::vector<Case>{
           {"village_mediator", "dispute.create", true},
           {"village_mediator", "dispute.extend", false},
           {"village_mediator", "dispute.audit", false},
           {"township_mediator", "dispute.extend", true},
           {"township_mediator", "dispute.prioritise", false},
           {"county_officer", "dispute.prioritise", true},
           {"city_officer", "dispute.import", false},
           {"department_officer", "dispute.create", false},
           {"auditor", "dispute.audit", true},
           {"auditor", "dispute.reveal", false},
           {"viewer", "dispute.reveal", false},
           {"importer", "dispute.import", true},
           {"service", "dispute.watch", true},
           {"system_admin", "dispute.get", false},
           {"party", "dispute.get", true},
           {"party", "dispute.message", true},
           {"grid_worker", "person.verify", true},
           {"grid_worker", "person.update", false},
           {"grid_worker", "person.export", false},
           {"village_officer", "person.serve", true},
           {"village_officer", "person.issue", false},
           {"village_officer", "person.correct", false},
           {"police_officer", "person.issue", true},
           {"police_officer", "person.erase", false},
           {"village_mediator", "person.get", false},
           {"county_officer", "person.get", true},
           {"county_officer", "person.reveal", false},
           {"auditor", "person.reveal", false},
           {"root", "dispute.get", false},
           {"auditor", "dispute.unheard_of", false},
       }) {
    EXPECT_EQ(policy.Allows(With({role}), permission), allowed) << role << " " << permission;
  }
}

// Some rights belong to few: their holders are listed in full, so that a new role cannot slip in.
TEST(Policy, HoldersOfRareRightsAreKnown) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Load(""));
  const auto holders = [&](const char* permission) {
    std::set<std::string> found;
    for (const auto& [role, granted] : policy.roles()) {
      if (granted.contains(permission)) found.insert(role);
    }
    return found;
  };
  using Roles = std::set<std::string>;
  EXPECT_EQ(holders("dispute.audit"), Roles{"auditor"});
  EXPECT_EQ(holders("dispute.import"), Roles{"importer"});
  EXPECT_EQ(holders("dispute.prioritise"), (Roles{"county_officer", "city_officer"}));
  EXPECT_EQ(policy.roles().at("party"),
            (Policy::Names{"capability.get", "dispute.get", "dispute.message"}));
  EXPECT_EQ(holders("person.audit"), Roles{"auditor"});
  EXPECT_EQ(holders("person.import"), Roles{"importer"});
  EXPECT_EQ(holders("person.erase"), Roles{"data_protection_officer"});
  EXPECT_EQ(holders("person.reads"), Roles{"data_protection_officer"});
  EXPECT_EQ(holders("person.export"), Roles{"police_officer"});
  EXPECT_EQ(holders("person.issue"), Roles{"police_officer"});
  EXPECT_EQ(holders("duplicate.decide"), Roles{"police_officer"});
  EXPECT_EQ(holders("person.reveal"),
            (Roles{"data_protection_officer", "grid_worker", "police_officer", "village_officer"}));
  EXPECT_EQ(policy.roles().size(), 15u);
  for (const auto& permission : policy.permissions()) {
    EXPECT_FALSE(holders(permission.c_str()).empty()) << permission;
  }
}

TEST(Policy, RolesAddUpAndNoRoleIsNothing) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Load(""));
  EXPECT_TRUE(policy.Allows(With({"viewer", "auditor"}), "dispute.audit"));
  EXPECT_FALSE(policy.Allows(With({}), "dispute.get"));
}

TEST(Policy, PurposeMustBeInTokenAndPolicy) {
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Load(""));
  const Caller caller = With({"village_mediator"}, {"mediation", "curiosity"});
  EXPECT_TRUE(policy.AllowsPurpose(caller, "mediation"));
  EXPECT_FALSE(policy.AllowsPurpose(caller, "supervision"));
  EXPECT_FALSE(policy.AllowsPurpose(caller, "curiosity"));
  EXPECT_FALSE(policy.AllowsPurpose(caller, ""));
}

TEST(Policy, FileReplacesTheBuiltIn) {
  const std::string file = ::testing::TempDir() + "/policy.json";
  std::ofstream(file) << R"({"permissions":["a.b"],"purposes":[],"roles":{"r":["a.b"]}})";
  ASSERT_OK_AND_ASSIGN(const Policy policy, Policy::Load(file));
  EXPECT_TRUE(policy.Allows(With({"r"}), "a.b"));
  EXPECT_FALSE(policy.Allows(With({"auditor"}), "dispute.audit"));
  EXPECT_THAT(Policy::Load(file + ".absent"), Fails(absl::StatusCode::kNotFound, FIELD_INVALID));
}

TEST(Policy, MalformedDataIsRefused) {
  for (const char* json : {
           "",
           "[]",
           "{}",
           R"({"permissions":[],"purposes":[]})",
           R"({"permissions":[],"purposes":[],"roles":[]})",
           R"({"permissions":[],"purposes":[],"roles":{},"role":{}})",
           R"({"permissions":["a.b","a.b"],"purposes":[],"roles":{}})",
           R"({"permissions":[""],"purposes":[],"roles":{}})",
           R"({"permissions":[1],"purposes":[],"roles":{}})",
           R"({"permissions":"a.b","purposes":[],"roles":{}})",
           R"({"permissions":["a.b"],"purposes":[],"roles":{"r":["a.c"]}})",
           R"({"permissions":["a.b"],"purposes":[],"roles":{"r":["a.b"],"r":[]}})",
       }) {
    EXPECT_THAT(Policy::Parse(json), Fails(absl::StatusCode::kInvalidArgument, FIELD_INVALID))
        << json;
  }
}

}  // namespace
}  // namespace pingan::auth
