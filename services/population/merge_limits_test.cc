// A merge makes no file that a write would not have made: each list has an end.
#include <string>

#include "common/testing/matchers.h"
#include "services/population/days.h"
#include "services/population/merge.h"
#include "services/population/merge_fixture.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::NamesField;
using testing::Merge;
using testing::Now;
using testing::Spell;
using testing::TwoFiles;
using testing::Unmerge;
using testing::World;

// What GetPerson gives can be written back.
TEST(MergeLimits, HasNoMoreOfAListThanAFileCan) {
  World world;
  MergeFiles files = TwoFiles(&world);
  for (int i = 0; i < 6; ++i) {
    files.survivor.mutable_person()->add_former_names("甲" + std::to_string(i));
    if (i < 3) files.absorbed.mutable_person()->add_former_names("乙" + std::to_string(i));
  }
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  const auto decided = DecideMerge(files, request, world.env());  // and the other display name
  ASSERT_OK(decided);
  EXPECT_EQ(decided->survivor.after.person().former_names_size(), 10);
  files.absorbed.mutable_person()->add_former_names("乙3");
  EXPECT_THAT(DecideMerge(files, request, world.env()), NamesField("take"));
}

// A residence that ended, of three days in the year of the place.
v1::Residence Past(int i) {
  const absl::CivilDay from = absl::CivilDay(2000, 1, 1) + 3 * i;
  return Spell(testing::kSecondVillage, Text(from), Text(from + 3));
}

// The file that is one would take no more of them for good; taken apart, both are as they were.
TEST(MergeLimits, HasNoMoreFactsThanAFileCan) {
  World world;
  MergeFiles files = TwoFiles(&world);
  const int room = 200 - 2;  // beside those of both that do not overlap
  for (int i = 0; i < room; ++i) {
    v1::PersonRecord& file = i % 2 ? files.survivor : files.absorbed;
    v1::RegisterResidenceRequest told;
    *told.mutable_residence() = Past(i);
    file = world.Must(DecideRegisterResidence(file, told, world.env()));
  }
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  const MergeFiles full = Merge(files, &world, {});
  EXPECT_EQ(full.survivor.person().residences_size(), 200);
  const MergeFiles apart = Unmerge(full, &world);
  EXPECT_EQ(Now(apart.survivor), Now(files.survivor));
  EXPECT_EQ(Now(apart.absorbed), Now(files.absorbed));

  v1::RegisterResidenceRequest told;
  *told.mutable_residence() = Past(room);
  MergeFiles more = files;
  more.absorbed = world.Must(DecideRegisterResidence(files.absorbed, told, world.env()));
  EXPECT_THAT(DecideMerge(more, request, world.env()), NamesField("take"));
  *told.mutable_residence() = Past(1);  // as on the survivor's file, before which it gives way
  more.absorbed = world.Must(DecideRegisterResidence(files.absorbed, told, world.env()));
  EXPECT_OK(DecideMerge(more, request, world.env()));

  using Fill = void (*)(v1::Person*, int);
  constexpr Fill kFills[] = {
      [](v1::Person* person, int) { person->add_employments(); },
      [](v1::Person* person, int) { person->add_service_items()->set_end_date("2026-01-05"); },
      [](v1::Person* person, int i) {
        person->add_relations()->set_other("persons/" + std::to_string(i));
      }};
  for (const Fill fill : kFills) {
    more = TwoFiles(&world);
    for (auto* file : {&more.survivor, &more.absorbed}) {
      file->mutable_person()->clear_employments();
      file->mutable_person()->clear_service_items();
      file->mutable_person()->clear_duties();
    }
    for (int i = 0; i < 200; ++i) {
      fill((i % 2 ? more.survivor : more.absorbed).mutable_person(), i);
    }
    EXPECT_OK(DecideMerge(more, request, world.env()));
    fill(more.absorbed.mutable_person(), 200);
    EXPECT_THAT(DecideMerge(more, request, world.env()), NamesField("take"));
  }
}

}  // namespace
}  // namespace pingan::population
