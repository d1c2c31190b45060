#include "services/population/duplicate.h"

#include "common/testing/matchers.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::testing::ElementsAre;
using testing::World;
using Candidate = v1::DuplicateCandidate;

struct Pair {
  explicit Pair(World* world)
      : one(world->Registered()), other(world->Registered("2025-03-03", testing::kSecondName)) {
    other.mutable_person()->set_area(testing::kOtherVillage);
  }
  v1::PersonRecord one, other;
};

TEST(Duplicate, IsOnePerPairWhicheverComesFirst) {
  World world;
  const Pair pair(&world);
  for (const bool turned : {false, true}) {
    const auto decided = turned ? Suspect(pair.other, pair.one, {}, world.env())
                                : Suspect(pair.one, pair.other, {}, world.env());
    ASSERT_TRUE(decided.has_value());
    EXPECT_THAT(decided->events, ElementsAre("duplicate.suspected"));
    const Candidate& candidate = decided->after.candidate();
    EXPECT_EQ(candidate.name(), "duplicates/411602-00000001.411602-00000002");
    EXPECT_EQ(candidate.first(), testing::kPersonName);
    EXPECT_EQ(candidate.area(), testing::kVillage);
    EXPECT_EQ(candidate.second_area(), testing::kOtherVillage);
    EXPECT_EQ(candidate.state(), Candidate::OPEN);
    EXPECT_EQ(candidate.points(), 100);
    EXPECT_EQ(candidate.reasons_size(), 7);
  }
  EXPECT_FALSE(Suspect(pair.one, pair.one, {}, world.env()).has_value());
}

// What was decided is not opened again; what is open is only reassessed.
TEST(Duplicate, DecisionIsRemembered) {
  World world;
  const Pair pair(&world);
  v1::DuplicateRecord known = Suspect(pair.one, pair.other, {}, world.env())->after;
  EXPECT_FALSE(Suspect(pair.one, pair.other, known, world.env()).has_value());
  auto changed = pair.other;
  changed.mutable_person()->clear_documents();
  const auto reassessed = Suspect(pair.one, changed, known, world.env());
  ASSERT_TRUE(reassessed.has_value());
  EXPECT_THAT(reassessed->events, ElementsAre("duplicate.reassessed"));
  EXPECT_LT(reassessed->after.candidate().points(), 100);
  for (const auto state : {Candidate::MERGED, Candidate::NOT_DUPLICATE, Candidate::UNMERGED}) {
    known.mutable_candidate()->set_state(state);
    EXPECT_FALSE(Suspect(pair.one, changed, known, world.env()).has_value());
  }
}

TEST(Duplicate, IsNotOfFilesThatDoNotGoOn) {
  World world;
  const Pair pair(&world);
  auto merged = pair.other, erased = pair.other, died = pair.other;
  merged.mutable_person()->set_state(v1::Person::MERGED);
  erased.mutable_person()->mutable_erase_time()->set_seconds(1);
  died.mutable_person()->set_state(v1::Person::DECEASED);
  EXPECT_FALSE(Suspect(pair.one, merged, {}, world.env()).has_value());
  EXPECT_FALSE(Suspect(pair.one, erased, {}, world.env()).has_value());
  EXPECT_TRUE(Suspect(pair.one, died, {}, world.env()).has_value());
}

// Whoever has both areas, as of a merge: neither side alone, though each sees the pair.
TEST(Duplicate, DismissedByWhoHasBothAreasOnce) {
  World world;
  const Pair pair(&world);
  const auto open = Suspect(pair.one, pair.other, {}, world.env())->after;
  v1::DismissDuplicateRequest request;
  request.set_reason("cousins");
  for (const char* area : {"411602", "411603", "411604"}) {
    world.caller.area = area;
    EXPECT_THAT(DecideDismiss(open, request, world.env()),
                Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT))
        << area;
  }
  world.caller.area = "4116";
  ASSERT_OK_AND_ASSIGN(const auto decided, DecideDismiss(open, request, world.env()));
  EXPECT_EQ(decided.after.candidate().state(), Candidate::NOT_DUPLICATE);
  EXPECT_EQ(decided.after.candidate().decider(), "officer-1");
  EXPECT_THAT(DecideDismiss(decided.after, request, world.env()),
              Fails(absl::StatusCode::kFailedPrecondition, common::v1::ACTION_NOT_ALLOWED));
}

// The same document in the caller's area is refused; elsewhere it is not told.
TEST(Duplicate, OnFileIsToldOfOnesOwnAreaOnly) {
  World world;
  const Pair pair(&world);
  v1::Person person = World::NewPerson().person();
  const auto refused = CheckNotOnFile({}, person, {&pair.one}, world.env());
  EXPECT_THAT(refused, Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  EXPECT_EQ(DetailsOf(refused).metadata[0].second, testing::kPersonName);
  EXPECT_OK(CheckNotOnFile({}, pair.one.person(), {&pair.one}, world.env()));
  person.mutable_documents(0)->set_document_type("112");
  EXPECT_THAT(CheckNotOnFile({}, person, {&pair.one}, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS))
      << "the temporary card has the same number";
  person.mutable_documents(0)->set_document_number(testing::CitizenIdOf("32010219900517457"));
  EXPECT_OK(CheckNotOnFile({}, person, {&pair.one}, world.env()));
  world.caller.area = "411603";
  EXPECT_OK(CheckNotOnFile({}, World::NewPerson().person(), {&pair.one}, world.env()));
}

// Of a file that is changed only what it did not have; what two have from before does not stand in
// the way of other changes.
TEST(Duplicate, OnFileIsAskedOfWhatIsNew) {
  World world;
  Pair pair(&world);
  v1::Person before = pair.other.person(), after = before;
  EXPECT_OK(CheckNotOnFile(before, after, {&pair.one}, world.env()));
  before.clear_documents();
  EXPECT_THAT(CheckNotOnFile(before, after, {&pair.one}, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  EXPECT_OK(CheckIdsNotOnFile(before, after, {&pair.one}, world.env()));
  after.clear_documents();
  after.add_external_ids("school:7");
  pair.one.mutable_person()->add_external_ids("school:7");
  for (const auto& check : {CheckNotOnFile, CheckIdsNotOnFile}) {
    EXPECT_THAT(check(before, after, {&pair.one}, world.env()),
                Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
    EXPECT_OK(check(after, after, {&pair.one}, world.env()));
  }
  pair.one.mutable_person()->set_state(v1::Person::MERGED);
  EXPECT_OK(CheckNotOnFile(before, after, {&pair.one}, world.env()));
}

TEST(Duplicate, FindAnswersWhatTheCallerMaySeeBestFirst) {
  World world;
  Pair pair(&world);
  pair.other.mutable_person()->clear_documents();
  v1::FindDuplicatesRequest request;
  *request.mutable_person() = World::NewPerson().person();
  ASSERT_OK_AND_ASSIGN(auto found, FindMatches(request, {&pair.other, &pair.one}, world.env()));
  ASSERT_EQ(found.matches_size(), 2);
  EXPECT_EQ(found.matches(0).person(), testing::kPersonName);
  EXPECT_GT(found.matches(0).points(), found.matches(1).points());
  world.caller.area = "411603";
  ASSERT_OK_AND_ASSIGN(found, FindMatches(request, {&pair.other, &pair.one}, world.env()));
  ASSERT_EQ(found.matches_size(), 1);
  EXPECT_EQ(found.matches(0).person(), testing::kSecondName);
  request.mutable_person()->set_phone("1");
  EXPECT_THAT(FindMatches(request, {}, world.env()), ::pingan::testing::NamesField("person.phone"));
}

}  // namespace
}  // namespace pingan::population
