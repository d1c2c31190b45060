#include "services/population/import.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::NamesField;
using testing::Spell;
using testing::World;
using Permit = v1::ResidencePermit;

v1::ImportPersonsRequest Ledger() {
  v1::ImportPersonsRequest request;
  v1::Person& person = *request.mutable_person();
  person = World::NewPerson().person();
  *person.add_residences() = Spell(testing::kSecondVillage, "2024-01-01", "2025-01-01");
  *person.add_residences() = Spell(testing::kVillage, "2025-01-01");
  v1::Employment& job = *person.add_employments();
  job.set_employer("一厂");
  job.set_from_date("2024-02-01");
  v1::ServiceItem& item = *person.add_service_items();
  item.set_kind(v1::ServiceItem::MEDICAL);
  item.set_state(v1::ServiceItem::DELIVERED);
  item.set_request_date("2025-06-02");
  item.set_end_date("2025-06-10");
  Permit& permit = *person.mutable_permit();
  permit.set_state(Permit::VALID);
  permit.set_number("411602000001");
  permit.set_issue_date("2024-08-01");
  permit.add_endorsements()->set_date("2025-07-15");
  return request;
}

TEST(Import, TakesAWholeFile) {
  World world;
  const auto decided = DecideImport(Ledger(), world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(decided->events, ::testing::ElementsAre("person.imported"));
  const v1::Person& person = decided->after.person();
  EXPECT_EQ(person.state(), v1::Person::ACTIVE);
  EXPECT_EQ(person.residences(0).register_date(), "2024-01-01");
  EXPECT_NE(person.residences(0).id(), person.residences(1).id());
  EXPECT_EQ(person.employments(0).source(), v1::LEDGER);
  EXPECT_TRUE(person.service_items(0).late());  // due on 2025-06-09
  EXPECT_EQ(person.service_items(0).accept_date(), "2025-06-02");
  EXPECT_EQ(person.permit().endorse_by(), "2026-08-01");
  EXPECT_EQ(person.duties_size(), 0);
}

TEST(Import, Takes15Digits) {
  World world;
  v1::ImportPersonsRequest request = Ledger();
  request.mutable_person()->mutable_documents(0)->set_document_number("320102900517123");
  const auto decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.person().documents(0).document_number(),
            testing::CitizenIdOf("32010219900517123"));
}

TEST(Import, WhoLivesNowhereAnyMoreHasLeft) {
  World world;
  v1::ImportPersonsRequest request = Ledger();
  request.mutable_person()->clear_permit();
  request.mutable_person()->mutable_residences()->RemoveLast();
  EXPECT_EQ(DecideImport(request, world.env())->after.person().state(), v1::Person::LEFT);
  request.mutable_person()->clear_residences();
  EXPECT_EQ(DecideImport(request, world.env())->after.person().state(), v1::Person::ACTIVE);
}

// A permit without the endorsement of its last full year is out of use.
TEST(Import, PermitIsWhatItsEndorsementsSay) {
  const struct {
    Permit::State state;
    const char* endorsed;
    bool fits;
    const char* endorse_by;
  } kCases[] = {{Permit::VALID, "2025-07-15", true, "2026-08-01"},
                {Permit::SUSPENDED, "2025-07-15", false, ""},
                {Permit::VALID, "", false, ""},
                {Permit::SUSPENDED, "", true, "2025-08-01"},
                {Permit::VALID, "2025-09-01", true, "2026-09-01"},
                {Permit::APPLIED, "", false, ""}};
  World world;
  for (const auto& row : kCases) {
    v1::ImportPersonsRequest request = Ledger();
    Permit& permit = *request.mutable_person()->mutable_permit();
    permit.set_state(row.state);
    permit.clear_endorsements();
    if (*row.endorsed != '\0') permit.add_endorsements()->set_date(row.endorsed);
    const auto decided = DecideImport(request, world.env());
    if (row.fits) {
      ASSERT_OK(decided);
      EXPECT_EQ(decided->after.person().permit().endorse_by(), row.endorse_by);
    } else {
      EXPECT_THAT(decided, NamesField("person.permit.state"));
    }
  }
}

TEST(Import, ARowIsOfTheImportersOwnAreaWhereverItNamesOne) {
  World world;
  world.caller.area = testing::kVillage;
  v1::ImportPersonsRequest request = Ledger();
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("person.residences[0].area"));
  request.mutable_person()->clear_residences();
  request.mutable_person()->clear_permit();
  EXPECT_OK(DecideImport(request, world.env()));
  request.mutable_person()->set_area(testing::kSecondVillage);
  EXPECT_THAT(DecideImport(request, world.env()), NamesField("person.area"));
}

TEST(Import, NamesWhatIsWrong) {
  using Edit = void (*)(v1::Person*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"person.area", [](v1::Person* p) { p->set_area("110101001001"); }},
      {"person.documents[0].document_number",
       [](v1::Person* p) { p->mutable_documents(0)->set_document_number("320102900532123"); }},
      {"person.residences[1].from_date",
       [](v1::Person* p) { p->mutable_residences(1)->set_from_date("2024-06-01"); }},
      {"person.residences[1].area",
       [](v1::Person* p) { p->mutable_residences(1)->set_area(testing::kSecondVillage); }},
      {"person.residences[0].to_date",
       [](v1::Person* p) { p->mutable_residences(0)->set_to_date("2023-01-01"); }},
      {"person.employments[0].credit_code",
       [](v1::Person* p) { p->mutable_employments(0)->set_credit_code("1"); }},
      {"person.service_items[0].end_date",
       [](v1::Person* p) { p->mutable_service_items(0)->clear_end_date(); }},
      {"person.service_items[0].end_date",
       [](v1::Person* p) { p->mutable_service_items(0)->set_end_date("2025-06-01"); }},
      {"person.service_items[0].request_date",
       [](v1::Person* p) { p->mutable_service_items(0)->set_request_date("2025-06-31"); }},
      {"person.service_items[0].accept_date",
       [](v1::Person* p) { p->mutable_service_items(0)->set_accept_date("2025-06-01"); }},
      {"person.service_items[0].accept_date",
       [](v1::Person* p) { p->mutable_service_items(0)->set_accept_date("2025-06-11"); }},
      {"person.service_items[0].state",
       [](v1::Person* p) { p->mutable_service_items(0)->set_state(v1::ServiceItem::LAPSED); }},
      {"person.residences[0].from_date",
       [](v1::Person* p) {
         p->clear_documents();
         p->set_birth_date("2024-01-02");
       }},
      {"person.residences[1].grid",
       [](v1::Person* p) { p->mutable_residences(1)->set_grid("411602001009001"); }},
      {"person.permit.replacements[0].date",
       [](v1::Person* p) { p->mutable_permit()->add_replacements()->set_date("2024-07-31"); }},
      {"person.permit.number", [](v1::Person* p) { p->mutable_permit()->clear_number(); }},
      {"person.permit.number", [](v1::Person* p) { p->mutable_permit()->set_number("41160"); }},
      {"person.permit.number", [](v1::Person* p) { p->mutable_permit()->set_number("41160a"); }},
      {"person.permit.number",
       [](v1::Person* p) { p->mutable_permit()->set_number(std::string(23, '1')); }},
      {"person.household_area", [](v1::Person* p) { p->set_household_area("411626"); }},
      {"person.permit.issue_date",
       [](v1::Person* p) { p->mutable_permit()->set_issue_date("2023-12-31"); }},
      {"person.permit.endorsements[0].date",
       [](v1::Person* p) { p->mutable_permit()->mutable_endorsements(0)->set_date("2024-08-01"); }},
      {"person.state", [](v1::Person* p) { p->set_state(v1::Person::LEFT); }},
      {"person.state",
       [](v1::Person* p) {
         p->clear_permit();
         p->mutable_residences()->RemoveLast();
         p->set_state(v1::Person::ACTIVE);
       }},
      {"person.state", [](v1::Person* p) { p->set_state(v1::Person::MERGED); }},
  };
  World world;
  for (const auto& row : kCases) {
    v1::ImportPersonsRequest request = Ledger();
    row.edit(request.mutable_person());
    EXPECT_THAT(DecideImport(request, world.env()), NamesField(row.field)) << row.field;
  }
}

TEST(Import, TakesDwellings) {
  World world;
  v1::ImportDwellingsRequest request;
  *request.mutable_dwelling() = world.Dwelling(8).dwelling();
  request.mutable_dwelling()->set_occupants(9);
  request.mutable_dwelling()->set_over_occupied(true);
  v1::Hazard& hazard = *request.mutable_dwelling()->add_hazards();
  hazard.set_type("02");
  hazard.set_find_date("2025-01-02");
  const auto decided = DecideImportDwelling(request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.dwelling().occupants(), 0);
  EXPECT_FALSE(decided->after.dwelling().over_occupied());
  EXPECT_THAT(decided->events, ::testing::ElementsAre("dwelling.imported"));
  EXPECT_EQ(decided->after.dwelling().hazards(0).id(), "1");
  request.mutable_dwelling()->mutable_hazards(0)->set_rectify_date("2025-01-01");
  EXPECT_THAT(DecideImportDwelling(request, world.env()),
              NamesField("dwelling.hazards[0].rectify_date"));
  request.mutable_dwelling()->mutable_hazards(0)->set_find_date("2027-01-02");
  EXPECT_THAT(DecideImportDwelling(request, world.env()),
              NamesField("dwelling.hazards[0].find_date"));
}

// Nobody's clock runs on the application that led to a permit in hand.
TEST(Import, NothingIsKeptOfTheApplication) {
  World world;
  v1::ImportPersonsRequest request = Ledger();
  Permit& permit = *request.mutable_person()->mutable_permit();
  const Permit clean = DecideImport(request, world.env())->after.person().permit();
  permit.set_apply_date("2024-07-01");
  permit.set_accept_date("2024-07-02");
  permit.set_due_date("2024-07-17");
  permit.set_extended(true);
  permit.set_issue_late(true);
  permit.add_missing_papers("photo");
  permit.set_cancel_date("2025-01-01");
  permit.set_cancel_reason("left");
  const auto decided = DecideImport(request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.person().permit().DebugString(), clean.DebugString());
}

}  // namespace
}  // namespace pingan::population
