#include "services/population/relation.h"

#include <memory>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using testing::World;
using Type = v1::Relation;

TEST(Relation, InverseOfTheInverseIsItself) {
  for (int i = Type::Type_MIN + 1; i <= Type::Type_MAX; ++i) {
    const auto type = static_cast<Type::Type>(i);
    EXPECT_NE(InverseOf(type), Type::TYPE_UNSPECIFIED);
    EXPECT_EQ(InverseOf(InverseOf(type)), type);
  }
  EXPECT_EQ(InverseOf(Type::CHILD), Type::PARENT);
  EXPECT_EQ(InverseOf(Type::SPOUSE), Type::SPOUSE);
}

TEST(Relation, StandsOnBothFilesAndGoesFromBoth) {
  World world;
  const auto parent = world.Registered(),
             child = world.Registered("2025-03-03", testing::kSecondName);
  v1::RelatePersonsRequest request;
  request.mutable_relation()->set_other(testing::kSecondName);
  request.mutable_relation()->set_type(Type::CHILD);
  request.mutable_relation()->set_from_date("2010-03-02");
  ASSERT_OK_AND_ASSIGN(const auto related, DecideRelate(parent, child, request, world.env()));
  const auto& here = related.person.after.person().relations(0);
  const auto& there = related.other.after.person().relations(0);
  EXPECT_EQ(here.other(), testing::kSecondName);
  EXPECT_EQ(here.type(), Type::CHILD);
  EXPECT_EQ(there.other(), testing::kPersonName);
  EXPECT_EQ(there.type(), Type::PARENT);
  EXPECT_EQ(there.from_date(), "2010-03-02");
  EXPECT_EQ(there.id(), here.id());
  EXPECT_THAT(here.id(), ::testing::StartsWith("411602-00000001-"));
  EXPECT_THAT(DecideRelate(related.person.after, related.other.after, request, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));

  v1::RelatePersonsRequest inverse = request;
  inverse.mutable_relation()->set_type(Type::PARENT);
  EXPECT_THAT(DecideRelate(related.person.after, related.other.after, inverse, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  inverse.mutable_relation()->set_type(Type::GUARDIAN);
  EXPECT_OK(DecideRelate(related.person.after, related.other.after, inverse, world.env()));

  v1::UnrelatePersonsRequest undo;
  undo.set_other(testing::kSecondName);
  undo.set_type(Type::PARENT);
  EXPECT_THAT(DecideUnrelate(related.person.after, related.other.after, undo, world.env()),
              NamesField("other"));
  undo.set_type(Type::CHILD);
  ASSERT_OK_AND_ASSIGN(const auto apart, DecideUnrelate(related.person.after, related.other.after,
                                                        undo, world.env()));
  EXPECT_EQ(apart.person.after.person().SerializeAsString(), parent.person().SerializeAsString());
  EXPECT_EQ(apart.other.after.SerializeAsString(), child.SerializeAsString());
}

TEST(Relation, WantsBothFilesInScopeAndOtherwiseAPersonOfItsOwn) {
  World world;
  const auto one = world.Registered();
  auto other = world.Registered("2025-03-03", testing::kSecondName);
  v1::RelatePersonsRequest request;
  request.mutable_relation()->set_other(testing::kPersonName);
  request.mutable_relation()->set_type(Type::SIBLING);
  EXPECT_THAT(DecideRelate(one, one, request, world.env()), NamesField("relation.other"));
  request.mutable_relation()->set_from_date("2030-01-01");
  EXPECT_THAT(DecideRelate(one, other, request, world.env()), NamesField("relation.from_date"));
  other.mutable_person()->set_area(testing::kOtherVillage);
  world.caller.area = "411602";
  EXPECT_THAT(DecideRelate(one, other, request, world.env()),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

TEST(Relation, GoesWithoutAWriteToAnErasedFile) {
  World world;
  const auto person = world.Registered();
  auto other = world.Registered("2025-03-03", testing::kSecondName);
  v1::RelatePersonsRequest relate;
  relate.mutable_relation()->set_other(testing::kSecondName);
  relate.mutable_relation()->set_type(Type::SPOUSE);
  const auto related = DecideRelate(person, other, relate, world.env());
  other.mutable_person()->mutable_erase_time()->set_seconds(1);
  v1::UnrelatePersonsRequest end;
  end.set_other(testing::kSecondName);
  end.set_type(Type::SPOUSE);
  Related found;
  found.Add(testing::kSecondName, std::make_shared<v1::PersonRecord>(other));
  ASSERT_OK_AND_ASSIGN(const auto apart,
                       ComposeUnrelate(related->person.after, end, found, world.env()));
  EXPECT_EQ(apart.after.person().relations_size(), 0);
  EXPECT_EQ(apart.also.size(), 0u);
}

}  // namespace
}  // namespace pingan::population
