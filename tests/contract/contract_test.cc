// The APIs that ship keep every rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/contract/rules.h"

namespace pingan::contract {
namespace {

using ::testing::IsEmpty;

const Apis& Ours() {
  static const Apis* apis = new Apis("tests/contract/apis.pb");
  return *apis;
}

nlohmann::json Policy() {
  return nlohmann::json::parse(std::ifstream("common/auth/policy.json"));
}

TEST(Contract, EveryMethodHasARule) {
  EXPECT_THAT(MethodsWithoutRule(Ours()), IsEmpty());
}

TEST(Contract, EveryPermissionIsHeldByARole) {
  std::set<std::string> held;
  const nlohmann::json policy = Policy();
  const std::set<std::string> listed = policy.at("permissions");
  for (const auto& [role, permissions] : policy.at("roles").items()) {
    for (const std::string permission : permissions) {
      EXPECT_EQ(listed.count(permission), 1u) << role << " holds " << permission;
      held.insert(permission);
    }
  }
  EXPECT_EQ(held, listed);
  EXPECT_THAT(PermissionsNotHeld(Ours(), held), IsEmpty());
  EXPECT_THAT(RevealsNotHeld(Ours(), held), IsEmpty());
}

TEST(Contract, EveryWriteCanBeRepeated) {
  EXPECT_THAT(WritesNotIdempotent(Ours()), IsEmpty());
}

// Codes are a few lists of data; the messages of a case are part of its record.
TEST(Contract, EveryListHasPages) {
  EXPECT_THAT(ListsWithoutPages(Ours(), {"ListCodes", "ListMessages"}), IsEmpty());
}

TEST(Contract, EveryInputHasALimit) {
  EXPECT_THAT(InputsWithoutLimit(Ours()), IsEmpty());
}

// Fields that mean the same everywhere are explained once, in the comments of service and
// conventions.
const std::set<std::string> kConventions = {
    "name",        "area",        "title",           "description", "id",          "version",
    "create_time", "update_time", "revision",        "etag",        "request_id",  "validate_only",
    "page_size",   "page_token",  "next_page_token", "reason",      "actor",       "purpose",
    "from_time",   "to_time",     "phone",           "address",     "display_name"};

TEST(Contract, EverythingIsExplained) {
  EXPECT_THAT(Uncommented(Ours(), kConventions), IsEmpty());
}

TEST(Contract, EveryRouteIsUnique) {
  EXPECT_THAT(RoutesNotUnique(Ours()), IsEmpty());
}

TEST(Contract, EveryMethodHasARequestOfItsOwn) {
  EXPECT_THAT(RequestsShared(Ours()), IsEmpty());
}

TEST(Contract, EveryEnumBeginsUnspecified) {
  EXPECT_THAT(EnumsWithoutUnspecified(Ours()), IsEmpty());
}

TEST(Contract, PersonalDataIsMaskedAndEncrypted) {
  EXPECT_THAT(PersonalDataInTheOpen(Ours()), IsEmpty());
}

TEST(Contract, NoMaskIsTakenForWords) {
  EXPECT_THAT(MasksTaken(Ours()), IsEmpty());
}

TEST(Contract, WordsAreMaskedOrDeclaredOpen) {
  EXPECT_THAT(WordsInTheOpen(Ours()), IsEmpty());
}

TEST(Contract, NoNumberOfAPersonIsTakenForTheNameOfAThing) {
  EXPECT_THAT(NumbersTaken(Ours()), IsEmpty());
}

}  // namespace
}  // namespace pingan::contract
