// Every rule finds what broken.proto breaks, and nothing else.
#include "tests/contract/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pingan::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const Apis& Broken() {
  static const Apis* apis = new Apis("tests/contract/broken.pb");
  return *apis;
}

// Findings without those of the shared messages, and without the package.
Findings Here(const Findings& all) {
  static const std::string kPackage = "pingan.broken.v1.";
  Findings here;
  for (const std::string& finding : all) {
    if (finding.rfind(kPackage, 0) == 0) here.push_back(finding.substr(kPackage.size()));
  }
  return here;
}

TEST(Rules, AreFoundBroken) {
  EXPECT_THAT(Here(MethodsWithoutRule(Broken())),
              ElementsAre("Broken.GetThing: no permission", "Broken.GetThing: no load class",
                          "Broken.GetThing: no deadline"));
  EXPECT_THAT(Here(PermissionsNotHeld(Broken(), {"thing.list", ""})),
              ElementsAre("Broken.WriteThing: nobody may thing.write"));
  EXPECT_THAT(Here(RevealsNotHeld(Broken(), {".reveal"})),
              ElementsAre("Broken.WriteThing: nobody may thing.reveal",
                          "Broken.ImportThing: nobody may thing.reveal",
                          "Broken.ListThings: nobody may thing.reveal"));
  EXPECT_THAT(Here(WritesNotIdempotent(Broken())),
              ElementsAre("Broken.WriteThing: no required request_id with a pattern",
                          "Broken.WriteThing: no validate_only"));
  EXPECT_THAT(Here(ListsWithoutPages(Broken(), {})),
              ElementsAre("Broken.ListThings: no page_size", "Broken.ListThings: no page_token",
                          "Broken.ListThings: no next_page_token"));
  EXPECT_THAT(Here(ListsWithoutPages(Broken(), {"ListThings"})), ElementsAre());
  EXPECT_THAT(Here(InputsWithoutLimit(Broken())),
              ElementsAre("GetThingRequest.title: neither length_max nor pattern",
                          "WriteThingRequest.request_id: neither length_max nor pattern",
                          "WriteThingRequest.things: no items_max",
                          "Thing.phone: neither length_max nor pattern",
                          "Thing.story: neither length_max nor pattern"));
  EXPECT_THAT(
      Here(Uncommented(Broken(), {"title", "kind", "phone", "story", "request_id", "thing"})),
      UnorderedElementsAre("Broken: no comment", "Broken.GetThing: no comment",
                           "WriteThingRequest.things: no comment", "Thing: no comment"));
  EXPECT_THAT(
      Here(RoutesNotUnique(Broken())),
      ElementsAre("Broken.GetThing: no route", "Broken.ListThings: same route as WriteThing"));
  EXPECT_THAT(Here(RequestsShared(Broken())),
              ElementsAre("Broken.ListThings: shares its request message"));
  EXPECT_THAT(Here(EnumsWithoutUnspecified(Broken())),
              ElementsAre("Thing.Kind: does not begin with UNSPECIFIED = 0"));
  EXPECT_THAT(Here(PersonalDataInTheOpen(Broken())), ElementsAre("Thing.phone: no sensitivity"));
  EXPECT_THAT(Here(MasksTaken(Broken())),
              ElementsAre("WriteThingRequest.story: not masked as pingan.broken.v1.Thing.story"));
  EXPECT_THAT(Here(WordsInTheOpen(Broken())),
              ElementsAre("Thing.phone: neither sensitive nor open, and no pattern",
                          "Thing.story: both sensitive and open"));
  EXPECT_THAT(Here(NumbersTaken(Broken())),
              ElementsAre("WriteThingRequest.keeper: takes a number, neither sensitive nor open"));
}

}  // namespace
}  // namespace pingan::contract
