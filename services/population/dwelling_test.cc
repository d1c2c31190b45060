#include "services/population/dwelling.h"

#include "common/testing/matchers.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using testing::Spell;
using testing::World;

TEST(Dwelling, IsCreatedFromWhatIsStated) {
  World world;
  v1::DwellingRecord record = world.Dwelling(8);
  EXPECT_EQ(record.dwelling().name(), testing::kDwelling);
  EXPECT_EQ(SequenceOf(record), "dwellings-411602");
  EXPECT_FALSE(record.dwelling().over_occupied());
}

TEST(Dwelling, NamesWhatIsWrong) {
  using Edit = void (*)(v1::Dwelling*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"dwelling.area", [](v1::Dwelling* d) { d->set_area("411602000000"); }},
      {"dwelling.area", [](v1::Dwelling* d) { d->set_area("110101001001"); }},
      {"dwelling.address", [](v1::Dwelling* d) { d->clear_address(); }},
      {"dwelling.use", [](v1::Dwelling* d) { d->clear_use(); }},
      {"dwelling.grid", [](v1::Dwelling* d) { d->set_grid("411602001003001"); }},
      {"dwelling.rent_purposes[0]", [](v1::Dwelling* d) { d->add_rent_purposes("77"); }},
      {"dwelling.rent_purposes[0]",
       [](v1::Dwelling* d) {
         d->set_use(v1::Dwelling::OWN);
         d->add_rent_purposes("02");
       }},
      {"dwelling.owner.phone", [](v1::Dwelling* d) { d->mutable_owner()->set_phone("1"); }},
      {"dwelling.owner.document_number",
       [](v1::Dwelling* d) {
         d->mutable_owner()->set_document_type("111");
         d->mutable_owner()->set_document_number("110105194912310021");
       }},
      {"dwelling.owner.document_number",
       [](v1::Dwelling* d) {
         d->mutable_owner()->set_document_type("USCC");
         d->mutable_owner()->set_document_number("91350100M000100Y44");
       }},
      {"dwelling.owner.document_type",
       [](v1::Dwelling* d) { d->mutable_owner()->set_document_number("1"); }},
  };
  World world;
  for (const auto& row : kCases) {
    v1::CreateDwellingRequest request;
    *request.mutable_dwelling() = world.Dwelling(8).dwelling();
    ASSERT_OK(DecideCreateDwelling({}, request, world.env()));
    row.edit(request.mutable_dwelling());
    EXPECT_THAT(DecideCreateDwelling({}, request, world.env()), NamesField(row.field));
  }
}

// The ninth occupant of a dwelling for eight is an event, and so is the one who leaves it at eight.
TEST(Dwelling, TellsWhenMoreLiveThereThanMay) {
  World world;
  v1::DwellingRecord record = world.Dwelling(8);
  const auto change = [&](int by) {
    auto decided = DecideOccupancy(record, by, world.env());
    EXPECT_OK(decided);
    record = decided->after;
    return decided->events;
  };
  for (int i = 1; i <= 8; ++i) EXPECT_THAT(change(1), ElementsAre("dwelling.occupied"));
  EXPECT_THAT(change(1), ElementsAre("dwelling.occupied", "dwelling.over_occupied"));
  EXPECT_THAT(change(1), ElementsAre("dwelling.occupied"));
  EXPECT_THAT(change(-1), ElementsAre("dwelling.occupied"));
  EXPECT_THAT(change(-1), ElementsAre("dwelling.occupied", "dwelling.relieved"));
  EXPECT_EQ(record.dwelling().occupants(), 8);

  v1::UpdateDwellingRequest request;
  request.mutable_dwelling()->set_permitted_occupants(7);
  request.mutable_update_mask()->add_paths("permitted_occupants");
  auto decided = DecideUpdateDwelling(record, request, world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(decided->events, ElementsAre("dwelling.updated", "dwelling.over_occupied"));
  request.mutable_update_mask()->add_paths("occupants");
  EXPECT_THAT(DecideUpdateDwelling(record, request, world.env()), NamesField("update_mask"));
}

TEST(Dwelling, OccupantsFollowTheResidences) {
  World world;
  const v1::PersonRecord nobody;
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(testing::kVillage, "2026-03-01");
  request.mutable_residence()->set_dwelling(testing::kDwelling);
  const auto away = world.Registered("");
  const auto here = world.Must(DecideRegisterResidence(away, request, world.env()));
  EXPECT_THAT(OccupancyChanges(nobody, here), ElementsAre(Pair(testing::kDwelling, 1)));
  EXPECT_THAT(OccupancyChanges(here, here), IsEmpty());
  v1::RegisterResidenceRequest beside = request;
  beside.mutable_residence()->set_kind(v1::Residence::TEMPORARY);
  const auto twice = world.Must(DecideRegisterResidence(here, beside, world.env()));
  EXPECT_THAT(OccupancyChanges(here, twice), IsEmpty()) << "one person, by two spells";
  EXPECT_THAT(OccupancyChanges(twice, away), ElementsAre(Pair(testing::kDwelling, -1)));
  request.mutable_residence()->set_dwelling("dwellings/411602-00000002");
  request.mutable_residence()->set_from_date("2026-03-02");
  v1::ChangeResidenceRequest change;
  *change.mutable_residence() = request.residence();
  const auto there = world.Must(DecideChangeResidence(here, change, world.env()));
  EXPECT_THAT(OccupancyChanges(here, there),
              ElementsAre(Pair(testing::kDwelling, -1), Pair("dwellings/411602-00000002", 1)));
  auto merged = there;
  merged.mutable_person()->set_state(v1::Person::MERGED);
  EXPECT_THAT(OccupancyChanges(there, merged), ElementsAre(Pair("dwellings/411602-00000002", -1)));

  const v1::DwellingRecord dwelling = world.Dwelling(8);
  EXPECT_OK(CheckDwellingOf("residence", here.person().residences(0), dwelling));
  EXPECT_THAT(CheckDwellingOf("residence", change.residence(), dwelling),
              NamesField("residence.dwelling"));
  request.mutable_residence()->set_dwelling(testing::kDwelling);
  request.mutable_residence()->set_area(testing::kSecondVillage);
  EXPECT_THAT(CheckDwellingOf("residence", request.residence(), dwelling),
              NamesField("residence.dwelling"));
}

TEST(Dwelling, HazardsAreFoundAndMended) {
  World world;
  v1::RecordHazardRequest request;
  request.mutable_hazard()->set_type("02");
  auto decided = DecideRecordHazard(world.Dwelling(8), request, world.env());
  ASSERT_OK(decided);
  const v1::DwellingRecord found = decided->after;
  EXPECT_EQ(found.dwelling().hazards(0).find_date(), "2026-03-02");
  v1::RectifyHazardRequest rectify;
  rectify.set_hazard("1");
  decided = DecideRectifyHazard(found, rectify, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.dwelling().hazards(0).rectify_date(), "2026-03-02");
  EXPECT_THAT(DecideRectifyHazard(decided->after, rectify, world.env()), NamesField("hazard"));
  for (const char* type : {"00", "03", ""}) {
    request.mutable_hazard()->set_type(type);
    EXPECT_THAT(DecideRecordHazard(found, request, world.env()), NamesField("hazard.type"));
  }
}

TEST(Dwelling, IsNotFoundOutside) {
  World world;
  const auto record = world.Dwelling(8);
  world.caller.area = "411603";
  const auto absent = Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT);
  EXPECT_THAT(DecideUpdateDwelling(record, {}, world.env()), absent);
  EXPECT_THAT(DecideRecordHazard(record, {}, world.env()), absent);
  EXPECT_THAT(DecideRectifyHazard(record, {}, world.env()), absent);
  EXPECT_THAT(DecideVerifyDwelling(record, {}, world.env()), absent);
}

}  // namespace
}  // namespace pingan::population
