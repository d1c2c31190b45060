#include "common/auth/dev_keys.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/auth/authenticator.h"
#include "common/testing/matchers.h"

namespace pingan::auth {
namespace {

using absl::StatusCode;
using testing::Fails;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string Folder(std::string_view name) {
  return absl::StrCat(::testing::TempDir(), "/dev_keys_", AbslView(name), "_", RandomUuid());
}

mode_t ModeOf(const std::string& path) {
  struct stat found {};
  stat(path.c_str(), &found);
  return found.st_mode & 07777;
}

std::string ContentOf(const std::string& path) {
  return Fetch(path, {}).value();
}

TokenClaims ClaimsOf(Caller caller) {
  caller.expires = kNow + absl::Hours(1);
  return {.caller = std::move(caller), .issued = kNow};
}

class MintedTokens : public ::testing::Test {
 protected:
  StatusOr<std::shared_ptr<const Caller>> Authenticate(const std::string& folder,
                                                       const std::string& token) {
    ASSIGN_OR_RETURN(const std::string jwks, EnsureDevKeys(folder));
    Authenticator::Options options{.rules = {.issuer = kDevIssuer, .audience = kAudience},
                                   .trust = {.jwks = jwks, .interval = absl::ZeroDuration()}};
    ASSIGN_OR_RETURN(const auto authenticator, Authenticator::Open(options, &policy_, &clock_));
    return authenticator->Authenticate("Bearer " + token);
  }
  const Policy policy_ = Policy::Load("").value();
  const ManualClock clock_{kNow};
};

TEST_F(MintedTokens, ComeBackAsTheCallerTheyWereMadeFor) {
  const std::string folder = Folder("round");
  for (const Caller& caller : {
           Caller{.subject = "u",
          .roles = {"village_mediator"},
          .area = "411602001",
          .purposes = {"mediation", "follow_up"}},
           Caller{.subject = "all", .roles = {"city_officer", "auditor"}},
           Caller{
               .subject = "p", .roles = {"party"}, .area = "41", .party = "disputes/1/parties/1"},
       }) {
    ASSERT_OK_AND_ASSIGN(const std::string token, MintToken(folder, ClaimsOf(caller)));
    ASSERT_OK_AND_ASSIGN(const auto back, Authenticate(folder, token));
    EXPECT_EQ(back->subject, caller.subject);
    EXPECT_EQ(back->roles, caller.roles);
    EXPECT_EQ(back->area, caller.area);
    EXPECT_EQ(back->purposes, caller.purposes);
    EXPECT_EQ(back->party, caller.party);
    EXPECT_EQ(back->expires, kNow + absl::Hours(1));
  }
}

TEST_F(MintedTokens, OfAnotherFolderAreRefused) {
  ASSERT_OK_AND_ASSIGN(const std::string token, MintToken(Folder("a"), ClaimsOf({.subject = "u"})));
  EXPECT_THAT(Authenticate(Folder("b"), token),
              Fails(StatusCode::kUnauthenticated, common::v1::TOKEN_INVALID));
}

TEST(EnsureDevKeys, KeepsTheKeyAndItsModes) {
  const std::string folder = Folder("modes");
  ASSERT_OK_AND_ASSIGN(const std::string jwks, EnsureDevKeys(folder));
  const std::string key = ContentOf(folder + "/dev-key.json"), set = ContentOf(jwks);
  EXPECT_EQ(ModeOf(folder + "/dev-key.json"), 0600u);
  EXPECT_EQ(ModeOf(jwks), 0644u);
  EXPECT_EQ(set.find("\"d\""), std::string::npos);
  ASSERT_OK(EnsureDevKeys(folder));
  EXPECT_EQ(ContentOf(folder + "/dev-key.json"), key);
  EXPECT_EQ(ContentOf(jwks), set);
}

TEST(EnsureDevKeys, StartersAtOnceAgreeOnOneKey) {
  const std::string folder = Folder("race");
  std::vector<std::string> sets(8);
  std::vector<std::thread> threads;
  for (std::string& set : sets) {
    threads.emplace_back([&set, &folder] { set = ContentOf(EnsureDevKeys(folder).value()); });
  }
  for (auto& thread : threads) thread.join();
  for (const std::string& set : sets) EXPECT_EQ(set, sets[0]);
}

TEST(EnsureDevKeys, WhatIsNoKeyOrNoFolderIsSaid) {
  const std::string folder = Folder("bad");
  ASSERT_OK(EnsureDevKeys(folder));
  std::ofstream(folder + "/dev-key.json") << "{}";
  EXPECT_THAT(EnsureDevKeys(folder),
              Fails(StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
  EXPECT_THAT(EnsureDevKeys(folder + "/dev-key.json"),
              Fails(StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED));
}

}  // namespace
}  // namespace pingan::auth
