// Documents and names in the form in which they are stored and looked up.
#include "services/population/identity.h"

#include "common/testing/matchers.h"
#include "services/population/person.h"
#include "services/population/rules_fixture.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

using pingan::testing::NamesField;
using testing::World;

// The number as it is stored; empty = refused.
std::string Stored(const std::string& type, const std::string& number) {
  v1::Document document;
  document.set_document_type(type);
  document.set_document_number(number);
  const Status status = NormaliseDocument("", &document, identifier::CitizenIdForm::kCurrent);
  if (status.ok()) return document.document_number();
  EXPECT_THAT(status, NamesField("document_number"));
  return "";
}

TEST(Document, IsFoundHoweverItsNumberIsWritten) {
  for (const char* type : {"414", "511", "516", "554"}) {
    for (const char* written :
         {"E12345678", "e12345678", "Ｅ１２３４５６７８", "E 1234 5678", "E1234\u30005678",
          "E1234\u00a05678", "E\t12345678", "E-12345678", "E－12345678", "E\u201312345678"}) {
      EXPECT_EQ(Stored(type, written), "E12345678") << type << written;
    }
    for (const char* wrong : {"中文护照", "E1234567*", "E1234/5678", "É12345678", " - "}) {
      EXPECT_EQ(Stored(type, wrong), "") << type << wrong;
    }
  }
  for (const char* type : {"113", "114", "115"}) {
    EXPECT_EQ(Stored(type, "军字第 0012345 号"), "军字第0012345号") << "has words";
  }
  v1::LookupPersonRequest stored, written;
  stored.set_document_type("414");
  stored.set_document_number("E12345678");
  written = stored;
  written.set_document_number("ｅ1234\u30005678");
  ASSERT_OK_AND_ASSIGN(const Term one, LookupTerm(stored));
  ASSERT_OK_AND_ASSIGN(const Term other, LookupTerm(written));
  EXPECT_EQ(one.value, other.value);
}

TEST(FormerNames, StandOnceBesideThePresentOne) {
  World world;
  v1::CreatePersonRequest request = World::NewPerson();
  v1::Person& person = *request.mutable_person();
  person.add_former_names("张卫东");
  const v1::PersonRecord before = world.Must(DecideCreate({}, request, world.env()));
  for (const std::string& again : {person.former_names(0), person.display_name()}) {
    v1::CreatePersonRequest twice = request;
    twice.mutable_person()->add_former_names(again);
    EXPECT_THAT(DecideCreate({}, twice, world.env()), NamesField("person.former_names[1]"));
    v1::UpdatePersonRequest update;
    *update.mutable_person() = twice.person();
    update.mutable_update_mask()->add_paths("former_names");
    EXPECT_THAT(DecideUpdate(before, update, world.env()), NamesField("person.former_names[1]"));
  }
  // What a merge has brought together does not stand in the way of another field.
  v1::PersonRecord merged = before;
  merged.mutable_person()->add_former_names(before.person().display_name());
  v1::UpdatePersonRequest phone;
  phone.mutable_person()->set_phone("13800000002");
  phone.mutable_update_mask()->add_paths("phone");
  EXPECT_OK(DecideUpdate(merged, phone, world.env()));
}

}  // namespace
}  // namespace pingan::population
