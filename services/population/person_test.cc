#include "services/population/person.h"

#include <string>

#include "common/testing/matchers.h"
#include "services/population/employment.h"
#include "services/population/identity.h"
#include "services/population/import.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using identifier::CitizenIdForm;
using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::World;

// Vectors of the citizen ID as a person's document: what is stored, or which field is named.
TEST(Identity, CitizenId) {
  const struct {
    std::string number;
    CitizenIdForm form;
    std::string stored;  // empty = refused
  } kCases[] = {
      {"11010519491231002X", CitizenIdForm::kCurrent, "11010519491231002X"},
      {"11010519491231002x", CitizenIdForm::kCurrent, "11010519491231002X"},
      {"１１０１０５１９４９１２３１００２Ｘ", CitizenIdForm::kCurrent, "11010519491231002X"},
      {"110105194912310021", CitizenIdForm::kCurrent, ""},
      {testing::CitizenIdOf("41162619900517123"), CitizenIdForm::kCurrent,
       testing::CitizenIdOf("41162619900517123")},  // dissolved 411626
      {testing::CitizenIdOf("41160220000229001"), CitizenIdForm::kCurrent,
       testing::CitizenIdOf("41160220000229001")},
      {testing::CitizenIdOf("41160219000229001"), CitizenIdForm::kCurrent, ""},
      {testing::CitizenIdOf("41160219900230001"), CitizenIdForm::kCurrent, ""},
      {testing::CitizenIdOf("41160219901301001"), CitizenIdForm::kCurrent, ""},
      {testing::CitizenIdOf("41160220260302001"), CitizenIdForm::kCurrent,
       testing::CitizenIdOf("41160220260302001")},  // born today
      {testing::CitizenIdOf("41160220260303001"), CitizenIdForm::kCurrent, ""},
      {"110105491231002", CitizenIdForm::kCurrent, ""},
      {"110105491231002", CitizenIdForm::kCurrentOrLegacy, "11010519491231002X"},
      {"110105490230002", CitizenIdForm::kCurrentOrLegacy, ""},
      {"", CitizenIdForm::kCurrent, ""},
  };
  const World world;
  for (const auto& row : kCases) {
    v1::Document document;
    document.set_document_type("111");
    document.set_document_number(row.number);
    const Status status = NormaliseDocument("documents[0]", &document, row.form, world.env());
    if (row.stored.empty()) {
      EXPECT_THAT(status, NamesField("documents[0].document_number")) << row.number;
    } else {
      ASSERT_OK(status) << row.number;
      EXPECT_EQ(document.document_number(), row.stored);
    }
  }
}

TEST(Person, IsCreatedFromWhatIsStated) {
  World world;
  v1::CreatePersonRequest request = World::NewPerson();
  // What a caller must not set is not taken.
  request.mutable_person()->set_state(v1::Person::DECEASED);
  request.mutable_person()->set_merged_into("persons/411602-00000009");
  request.mutable_person()->mutable_documents(0)->mutable_origin()->set_person("x");
  const auto decided = DecideCreate({}, request, world.env());
  ASSERT_OK(decided);
  EXPECT_THAT(decided->events, ::testing::ElementsAre("person.created"));
  const v1::Person& person = decided->after.person();
  EXPECT_EQ(person.state(), v1::Person::ACTIVE);
  EXPECT_EQ(person.merged_into(), "");
  EXPECT_EQ(person.birth_date(), "1990-05-17");
  EXPECT_EQ(person.sex(), v1::MALE);
  EXPECT_FALSE(person.documents(0).has_origin());
  EXPECT_EQ(person.name(), "");
  v1::PersonRecord record = decided->after;
  EXPECT_EQ(SequenceOf(record), "persons-411602");
  Number(&record, 42);
  EXPECT_EQ(record.person().name(), "persons/411602-00000042");
}

TEST(Person, TemporaryCardCarriesTheCitizenId) {
  World world;
  v1::CreatePersonRequest request = World::NewPerson();
  v1::Document& card = *request.mutable_person()->mutable_documents(0);
  card.set_document_type("112");
  const v1::Person person = world.Must(DecideCreate({}, request, world.env())).person();
  EXPECT_EQ(person.birth_date(), "1990-05-17");
  EXPECT_EQ(person.sex(), v1::MALE);
  *request.mutable_person()->add_documents() = card;
  request.mutable_person()->mutable_documents(1)->set_document_type("111");
  EXPECT_OK(DecideCreate({}, request, world.env())) << "both cards";
  card.set_document_number("110105491231002");
  EXPECT_THAT(DecideCreate({}, request, world.env()),
              NamesField("person.documents[0].document_number"));
}

// Whichever card comes first.
TEST(Person, HasNoTwoCitizenIdsThatSayOtherwise) {
  const struct {
    const char* second;
    const char* field;
  } kCases[] = {{"32010219900517145", ""},
                {"32010219900518123", "person.birth_date"},
                {"32010219900517124", "person.sex"}};
  World world;
  for (const auto& row : kCases) {
    for (const char* type : {"111", "112"}) {
      v1::CreatePersonRequest create = World::NewPerson();
      v1::Document& card = *create.mutable_person()->add_documents();
      card.set_document_type(type);
      card.set_document_number(testing::CitizenIdOf(row.second));
      v1::UpdatePersonRequest update;
      *update.mutable_person() = create.person();
      update.mutable_update_mask()->add_paths("documents");
      v1::ImportPersonsRequest import;
      *import.mutable_person() = create.person();
      const Status answers[] = {DecideCreate({}, create, world.env()).status(),
                                DecideUpdate(world.Registered(), update, world.env()).status(),
                                DecideImport(import, world.env()).status()};
      for (const Status& answer : answers) {
        if (*row.field == '\0') {
          EXPECT_OK(answer);
        } else {
          EXPECT_THAT(answer, NamesField(row.field));
        }
      }
    }
  }
}

TEST(Person, NamesWhatIsWrong) {
  using Edit = void (*)(v1::Person*);
  const struct {
    const char* field;
    Edit edit;
  } kCases[] = {
      {"person.area", [](v1::Person* p) { p->set_area("411602001999"); }},
      {"person.area", [](v1::Person* p) { p->set_area("411602000000"); }},
      {"person.kind", [](v1::Person* p) { p->clear_kind(); }},
      {"person.display_name", [](v1::Person* p) { p->clear_display_name(); }},
      {"person.ethnicity", [](v1::Person* p) { p->set_ethnicity("57"); }},
      {"person.education", [](v1::Person* p) { p->set_education("11"); }},
      {"person.phone", [](v1::Person* p) { p->set_phone("12345678901"); }},
      {"person.sex", [](v1::Person* p) { p->set_sex(v1::FEMALE); }},
      {"person.birth_date", [](v1::Person* p) { p->set_birth_date("1990-05-18"); }},
      {"person.birth_date",
       [](v1::Person* p) {
         p->clear_documents();
         p->set_birth_date("2026-03-03");
       }},
      {"person.birth_date",
       [](v1::Person* p) {
         p->clear_documents();
         p->set_birth_date("1990-02-29");
       }},
      {"person.documents[0].document_type",
       [](v1::Person* p) { p->mutable_documents(0)->set_document_type("999"); }},
      {"person.documents[0].document_number",
       [](v1::Person* p) { p->mutable_documents(0)->set_document_number("110105491231002"); }},
      {"person.documents[0].valid_to",
       [](v1::Person* p) { p->mutable_documents(0)->set_valid_to("2030-02-30"); }},
      {"person.documents[1]", [](v1::Person* p) { *p->add_documents() = p->documents(0); }},
      {"person.documents[1].document_number",
       [](v1::Person* p) { p->add_documents()->set_document_type("414"); }},
      {"person.external_ids[1]",
       [](v1::Person* p) {
         p->add_external_ids("grid:1");
         p->add_external_ids("grid:1");
       }},
      {"person.household_area", [](v1::Person* p) { p->set_household_area("999999"); }},
  };
  World world;
  ASSERT_OK(DecideCreate({}, World::NewPerson(), world.env()));
  for (const auto& row : kCases) {
    v1::CreatePersonRequest request = World::NewPerson();
    row.edit(request.mutable_person());
    EXPECT_THAT(DecideCreate({}, request, world.env()), NamesField(row.field)) << row.field;
  }
}

TEST(Person, ForeignAreaAnswersLikeAnAbsentOne) {
  World world;
  world.caller.area = "411602";
  v1::CreatePersonRequest request = World::NewPerson();
  request.mutable_person()->set_area(testing::kOtherVillage);
  const auto foreign = DecideCreate({}, request, world.env());
  request.mutable_person()->set_area("999999999999");
  EXPECT_EQ(foreign.status(), DecideCreate({}, request, world.env()).status());
}

TEST(Person, UpdatesWhatTheMaskNames) {
  World world;
  const auto before = world.Registered();
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_phone("138 0000-0009");
  request.mutable_person()->set_display_name("不在其内");
  request.mutable_update_mask()->add_paths("phone");
  auto decided = DecideUpdate(before, request, world.env());
  ASSERT_OK(decided);
  EXPECT_EQ(decided->after.person().phone(), "13800000009");
  EXPECT_EQ(decided->after.person().display_name(), "张建国");
  request.mutable_update_mask()->add_paths("state");
  decided = DecideUpdate(before, request, world.env());
  EXPECT_THAT(decided, NamesField("update_mask"));
  EXPECT_EQ(DetailsOf(decided.status()).reason, common::v1::FIELD_UNKNOWN);
}

TEST(Person, IsNotBornAfterALifeHere) {
  World world;
  v1::PersonRecord before = world.Registered();
  v1::UpdatePersonRequest request;
  request.mutable_update_mask()->add_paths("documents");
  request.mutable_update_mask()->add_paths("birth_date");
  request.mutable_person()->set_birth_date("2025-03-04");
  EXPECT_THAT(DecideUpdate(before, request, world.env()), NamesField("person.birth_date"));
  request.mutable_person()->set_birth_date("2025-03-03");
  EXPECT_OK(DecideUpdate(before, request, world.env()));
  v1::RecordEmploymentRequest work;
  work.mutable_employment()->set_employer("一厂");
  work.mutable_employment()->set_from_date("1990-05-16");
  work.mutable_employment()->set_source(v1::SELF);
  EXPECT_THAT(DecideRecordEmployment(before, work, world.env()),
              NamesField("employment.from_date"));
}

}  // namespace
}  // namespace pingan::population
