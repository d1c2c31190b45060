#include "services/population/search.h"

#include <memory>

#include "common/testing/matchers.h"
#include "services/population/match.h"
#include "services/population/rules_fixture.h"
#include "services/population/terms.h"
#include "services/population/wanted.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::World;

Related Of(const std::vector<v1::PersonRecord>& persons) {
  Related related;
  for (const auto& person : persons) {
    related.Add(person.person().name(), std::make_shared<v1::PersonRecord>(person));
  }
  return related;
}

TEST(Lookup, ByDocumentTelephoneOrExternalId) {
  World world;
  v1::PersonRecord person = world.Registered();
  person.mutable_person()->add_external_ids("school:1");
  person.mutable_person()->add_external_ids("health:77");
  v1::LookupPersonRequest document, phone, external;
  document.set_document_number(person.person().documents(0).document_number());
  phone.set_phone("+86 138-0000-0001");
  external.set_external_id("health:77");
  for (const auto& request : {document, phone, external}) {
    const Wanted wanted = WantedBy(v1::PersonRecord(), request);
    ASSERT_THAT(wanted.terms, SizeIs(1));
    EXPECT_TRUE(wanted.terms[0].secret);
    ASSERT_OK_AND_ASSIGN(const auto found, LookUp(request, Of({person}), world.env()));
    EXPECT_EQ(found.persons_size(), 1);
    v1::PersonRecord changed = person, merged = person;
    changed.mutable_person()->clear_documents();
    changed.mutable_person()->clear_phone();
    changed.mutable_person()->clear_external_ids();
    merged.mutable_person()->set_state(v1::Person::MERGED);
    ASSERT_OK_AND_ASSIGN(const auto gone, LookUp(request, Of({changed}), world.env()));
    EXPECT_EQ(gone.persons_size(), 0);
    ASSERT_OK_AND_ASSIGN(const auto elsewhere, LookUp(request, Of({merged}), world.env()));
    EXPECT_EQ(elsewhere.persons_size(), 0);
  }
}

TEST(Lookup, SaysThatThereAreMoreThanItTells) {
  World world;
  v1::LookupPersonRequest request;
  request.set_phone("13800000001");
  std::vector<v1::PersonRecord> sharing;
  for (const bool more : {false, true}) {
    for (size_t size = more ? 21 : 20; sharing.size() < size;) {
      const std::string name = "persons/411602-000000" + std::to_string(10 + sharing.size());
      sharing.push_back(world.Registered("", name));
    }
    ASSERT_OK_AND_ASSIGN(const auto found, LookUp(request, Of(sharing), world.env()));
    EXPECT_EQ(found.persons_size(), 20);
    EXPECT_EQ(found.more(), more);
  }
}

TEST(Lookup, WantsOneThingThatCanBe) {
  World world;
  v1::LookupPersonRequest none, both, broken;
  both.set_phone("13800000001");
  both.set_document_number("320102199005171236");
  broken.set_document_number("320102199002301236");
  for (const auto& request : {none, both, broken}) {
    EXPECT_THAT(LookUp(request, {}, world.env()), NamesField("document_number"));
    EXPECT_THAT(WantedBy(v1::PersonRecord(), request).terms, IsEmpty());
  }
  none.set_phone("1");
  EXPECT_THAT(LookUp(none, {}, world.env()), NamesField("phone"));
}

TEST(Lookup, TellsNoMoreThanAClientTakes) {
  World world;
  v1::LookupPersonRequest request;
  request.set_phone("13800000001");
  std::vector<v1::PersonRecord> sharing;
  for (const char* name : {testing::kPersonName, testing::kSecondName, "persons/411602-00000003"}) {
    sharing.push_back(world.Registered("", name));
    sharing.back().mutable_person()->set_household_address(std::string(1'600'000, 'x'));
  }
  ASSERT_OK_AND_ASSIGN(const auto found, LookUp(request, Of(sharing), world.env()));
  EXPECT_EQ(found.persons_size(), 1);
  EXPECT_TRUE(found.more());
}

// A file is found by each of its keys, also those of a person who is stated in another form.
TEST(Terms, AreTheKeysOfWhoeverMayBeTheSame) {
  World world;
  const v1::PersonRecord person = world.Registered();
  const auto terms = TermsOf(person);
  EXPECT_THAT(terms, SizeIs(BlockingKeys(person.person()).size()));
  v1::FindDuplicatesRequest request;
  *request.mutable_person() = World::NewPerson().person();
  request.mutable_person()->set_phone("138 0000 0001");
  for (const Term& wanted : WantedBy(v1::PersonRecord(), request).terms) {
    EXPECT_TRUE(std::any_of(terms.begin(), terms.end(), [&](const Term& term) {
      return term.index == wanted.index && term.value == wanted.value;
    })) << wanted.value;
  }
}

class Residents : public ::testing::Test {
 protected:
  Residents() {
    request_.set_dwelling(testing::kDwelling);
    for (const char* name :
         {testing::kPersonName, testing::kSecondName, "persons/411602-00000003"}) {
      persons_.push_back(world_.Registered("2025-03-03", name));
      persons_.back().mutable_person()->mutable_residences(0)->set_dwelling(testing::kDwelling);
    }
  }
  StatusOr<v1::ListResidentsResponse> List() const {
    Related related = Of(persons_);
    related.Add(testing::kDwelling, std::make_shared<v1::DwellingRecord>(dwelling_));
    return ListResidents(request_, related, world_.env());
  }

  World world_;
  const v1::DwellingRecord dwelling_ = world_.Dwelling(0);
  std::vector<v1::PersonRecord> persons_;
  v1::ListResidentsRequest request_;
};

TEST_F(Residents, ComeInPagesThatNeitherRepeatNorSkip) {
  request_.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, List());
  EXPECT_EQ(first.residents_size(), 2);
  request_.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, List());
  ASSERT_EQ(second.residents_size(), 1);
  EXPECT_EQ(second.residents(0).person(), "persons/411602-00000003");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(Residents, AreThoseOfTheDayWhoseFileIsTheCallers) {
  request_.set_on_date("2025-03-02");
  ASSERT_OK_AND_ASSIGN(const auto before, List());
  EXPECT_EQ(before.residents_size(), 0);
  request_.set_on_date("2026-02-30");
  EXPECT_THAT(List(), NamesField("on_date"));
  request_.clear_on_date();
  persons_[0].mutable_person()->set_area(testing::kOtherVillage);
  world_.caller.area = "411602";
  ASSERT_OK_AND_ASSIGN(const auto here, List());
  EXPECT_EQ(here.residents_size(), 2);
  world_.caller.area = "411603";
  EXPECT_THAT(List(), Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

}  // namespace
}  // namespace pingan::population
