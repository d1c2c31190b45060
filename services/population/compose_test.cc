#include "services/population/compose.h"

#include <algorithm>
#include <memory>

#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/population/duplicate.h"
#include "services/population/dwelling.h"
#include "services/population/person.h"
#include "services/population/relation.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::pingan::testing::Fails;
using ::pingan::testing::NamesField;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Spell;
using testing::World;
using Candidate = v1::DuplicateCandidate;

const auto kAbsent = [] { return Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT); };

template <class... Record>
Related Having(const std::pair<const char*, Record>&... records) {
  Related related;
  (related.Add(records.first, std::make_shared<Record>(records.second)), ...);
  return related;
}

// The change of `also` that is of that type; there must be one.
template <class Record>
const Record& ChangedTo(const std::vector<Change>& also, size_t skip = 0) {
  for (const Change& change : also) {
    if (change.after->GetDescriptor() != Record::descriptor() || skip-- > 0) continue;
    return static_cast<const Record&>(*change.after);
  }
  ADD_FAILURE() << "no such change";
  static const Record none;
  return none;
}

v1::RegisterResidenceRequest Register(const std::string& dwelling,
                                      const char* area = testing::kVillage) {
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(area, "2026-01-01");
  request.mutable_residence()->set_dwelling(dwelling);
  return request;
}

TEST(Compose, NewFileThatLooksLikeAnotherIsACandidateNamedByTheCommit) {
  World world;
  const v1::PersonRecord known = world.Registered();
  const Related related = Having(std::pair(testing::kPersonName, known));
  v1::CreatePersonRequest request = World::NewPerson();
  EXPECT_THAT(ComposeCreate({}, request, related, world.env()),
              Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS));
  world.caller.area = "411603";
  request.mutable_person()->set_area(testing::kOtherVillage);
  ASSERT_OK_AND_ASSIGN(const auto decision, ComposeCreate({}, request, related, world.env()));
  ASSERT_THAT(decision.also, SizeIs(1));
  const Change& change = decision.also[0];
  EXPECT_EQ(change.name, "");
  EXPECT_THAT(change.events, ElementsAre("duplicate.suspected"));
  EXPECT_EQ(change.rests_on, testing::kPersonName) << "which may be erased meanwhile";
  v1::PersonRecord main = decision.after;
  main.mutable_person()->set_name("persons/411601-00000003");
  change.link(main, change.after.get());
  const Candidate& candidate = ChangedTo<v1::DuplicateRecord>(decision.also).candidate();
  EXPECT_EQ(candidate.name(), "duplicates/411601-00000003.411602-00000001");
  EXPECT_EQ(candidate.first(), "persons/411601-00000003");
  EXPECT_EQ(candidate.area(), testing::kOtherVillage);
  EXPECT_EQ(candidate.second_area(), testing::kVillage);
  EXPECT_EQ(candidate.state(), Candidate::OPEN);
}

TEST(Compose, ChangeOfAFileReassessesTheCandidatesItHas) {
  World world;
  const v1::PersonRecord one = world.Registered(),
                         other = world.Registered("", testing::kSecondName);
  const auto known = Suspect(one, other, {}, world.env())->after;
  v1::UpdatePersonRequest request;
  request.mutable_person()->set_name(testing::kPersonName);
  request.mutable_update_mask()->add_paths("documents");  // no longer has one
  const Wanted wanted = OnPerson<&DecideUpdate>::Wants(one, request);
  ASSERT_THAT(wanted
                  .then(Having(std::pair(testing::kPersonName, one),
                               std::pair(testing::kSecondName, other)))
                  .names,
              ElementsAre(known.candidate().name()));
  const Related related = Having(std::pair(testing::kSecondName, other),
                                 std::pair(known.candidate().name().c_str(), known));
  ASSERT_OK_AND_ASSIGN(const auto decision,
                       OnPerson<&DecideUpdate>::Decide(one, request, related, world.env()));
  ASSERT_THAT(decision.also, SizeIs(1));
  EXPECT_EQ(decision.also[0].name, known.candidate().name());
  EXPECT_THAT(decision.also[0].events, ElementsAre("duplicate.reassessed"));
}

TEST(Compose, IdOfAnotherSystemIsOnFileOnceHoweverItComes) {
  World world;
  v1::PersonRecord known = world.Registered();
  known.mutable_person()->add_external_ids("school:7");
  const Related related = Having(std::pair(testing::kPersonName, known));
  const auto exists = Fails(absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_EXISTS);
  const auto by_id = [](const Wanted& wanted) {
    return std::any_of(wanted.terms.begin(), wanted.terms.end(), [](const Term& term) {
      return term.index == "external_id" && term.value == "school:7";
    });
  };
  v1::CreatePersonRequest create;
  create.mutable_person()->set_area(testing::kVillage);
  create.mutable_person()->set_kind(v1::FLOATING);
  create.mutable_person()->set_display_name("欧阳小满");
  create.mutable_person()->add_external_ids("school:7");
  EXPECT_TRUE(by_id(OnPerson<&DecideCreate>::Wants({}, create)));
  EXPECT_THAT(ComposeCreate({}, create, related, world.env()), exists);
  v1::ImportPersonsRequest import;
  import.set_row_id("1");
  *import.mutable_person() = create.person();
  EXPECT_TRUE(by_id(WantedBy(v1::PersonRecord(), import)));
  const auto row = ComposeImport({}, import, related, world.env());
  EXPECT_THAT(row, exists);
  ASSERT_THAT(DetailsOf(row.status()).fields, SizeIs(1));
  EXPECT_EQ(DetailsOf(row.status()).fields[0].path, "person.external_ids");
  v1::UpdatePersonRequest update;
  *update.mutable_person() = create.person();
  update.mutable_update_mask()->add_paths("external_ids");
  const v1::PersonRecord other = world.Registered("", testing::kSecondName);
  EXPECT_TRUE(by_id(OnPerson<&DecideUpdate>::Wants(other, update)));
  EXPECT_THAT(ComposeUpdate(other, update, related, world.env()), exists);
}

TEST(Compose, WritesThatSayNothingOfWhoItIsLookForNobody) {
  World world;
  const v1::PersonRecord record = world.Registered();
  v1::VerifyPersonRequest request;
  EXPECT_THAT(OnPerson<&DecideVerify>::Wants(record, request).terms, IsEmpty());
}

TEST(Compose, DwellingsCountWhoLivesInThem) {
  World world;
  const v1::PersonRecord before = world.Registered("");
  const Related related = Having(std::pair(testing::kDwelling, world.Dwelling(4)));
  const auto decide = [&](const v1::RegisterResidenceRequest& request) {
    return OnPerson<&DecideRegisterResidence>::Decide(before, request, related, world.env());
  };
  ASSERT_OK_AND_ASSIGN(const auto in, decide(Register(testing::kDwelling)));
  ASSERT_THAT(in.also, SizeIs(1));
  EXPECT_EQ(in.also[0].name, testing::kDwelling);
  const auto dwelling = ChangedTo<v1::DwellingRecord>(in.also);
  EXPECT_EQ(dwelling.dwelling().occupants(), 1);
  EXPECT_THAT(decide(Register("dwellings/411602-00000009")), NamesField("residence.dwelling"));
  EXPECT_THAT(decide(Register(testing::kDwelling, testing::kSecondVillage)),
              NamesField("residence.dwelling"));
  world.caller.area = "411603";
  EXPECT_THAT(decide(Register(testing::kDwelling)), kAbsent());

  world.caller.area = "411602";
  v1::EndResidenceRequest end;
  end.set_residence(in.after.person().residences(0).id());
  end.set_to_date("2026-03-02");
  EXPECT_THAT(OnPerson<&DecideEndResidence>::Wants(in.after, end).names,
              ElementsAre(testing::kDwelling));
  ASSERT_OK_AND_ASSIGN(
      const auto out,
      OnPerson<&DecideEndResidence>::Decide(
          in.after, end, Having(std::pair(testing::kDwelling, dwelling)), world.env()));
  EXPECT_EQ(ChangedTo<v1::DwellingRecord>(out.also).dwelling().occupants(), 0);
}

TEST(Compose, MergeChangesBothFilesAndTheDwellingThatHasOneLess) {
  World world;
  v1::PersonRecord files[] = {world.Registered(),
                              world.Registered("2025-03-03", testing::kSecondName)};
  for (auto& file : files) {
    file.mutable_person()->mutable_residences(0)->set_dwelling(testing::kDwelling);
  }
  v1::DwellingRecord dwelling = world.Dwelling(4);
  dwelling.mutable_dwelling()->set_occupants(2);
  v1::DuplicateRecord candidate = Suspect(files[0], files[1], {}, world.env())->after;
  const auto related = [&] {
    return Having(std::pair(testing::kPersonName, files[0]),
                  std::pair(testing::kSecondName, files[1]),
                  std::pair(testing::kDwelling, dwelling));
  };
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kSecondName);
  EXPECT_THAT(WantedBy(candidate, request).names,
              ElementsAre(testing::kSecondName, testing::kPersonName));
  EXPECT_THAT(WantedBy(candidate, request).then(related()).names,
              ElementsAre(testing::kDwelling, testing::kDwelling));
  EXPECT_THAT(ComposeMerge(candidate, request, {}, world.env()), kAbsent());
  ASSERT_OK_AND_ASSIGN(const auto merged, ComposeMerge(candidate, request, related(), world.env()));
  ASSERT_THAT(merged.also, SizeIs(3));
  EXPECT_EQ(merged.also[0].name, testing::kSecondName);
  EXPECT_EQ(ChangedTo<v1::PersonRecord>(merged.also, 1).person().state(), v1::Person::MERGED);
  EXPECT_EQ(ChangedTo<v1::DwellingRecord>(merged.also).dwelling().occupants(), 1);

  files[1] = world.Commit(ChangedTo<v1::PersonRecord>(merged.also, 0));
  files[0] = world.Commit(ChangedTo<v1::PersonRecord>(merged.also, 1));
  dwelling = ChangedTo<v1::DwellingRecord>(merged.also);
  ASSERT_OK_AND_ASSIGN(const auto apart, ComposeUnmerge(merged.after, {}, related(), world.env()));
  ASSERT_THAT(apart.also, SizeIs(3));
  EXPECT_EQ(ChangedTo<v1::PersonRecord>(apart.also, 1).person().state(), v1::Person::ACTIVE);
  EXPECT_EQ(ChangedTo<v1::DwellingRecord>(apart.also).dwelling().occupants(), 2);
}

TEST(Compose, RelationStandsOnBothFiles) {
  World world;
  const v1::PersonRecord one = world.Registered(),
                         other = world.Registered("", testing::kSecondName);
  v1::RelatePersonsRequest request;
  request.mutable_relation()->set_other(testing::kSecondName);
  request.mutable_relation()->set_type(v1::Relation::SPOUSE);
  EXPECT_THAT(WantedBy(one, request).names, ElementsAre(testing::kSecondName));
  EXPECT_THAT(ComposeRelate(one, request, {}, world.env()), kAbsent());
  ASSERT_OK_AND_ASSIGN(
      const auto decision,
      ComposeRelate(one, request, Having(std::pair(testing::kSecondName, other)), world.env()));
  ASSERT_THAT(decision.also, SizeIs(1));
  EXPECT_EQ(decision.also[0].name, testing::kSecondName);
  EXPECT_EQ(ChangedTo<v1::PersonRecord>(decision.also).person().relations(0).other(),
            testing::kPersonName);
  v1::UnrelatePersonsRequest take;
  EXPECT_THAT(ComposeUnrelate(one, take, {}, world.env()), kAbsent());
}

TEST(Compose, TaskAndItsSubjectGoTogether) {
  World world;
  const v1::PersonRecord person = world.Registered();
  const Related related = Having(std::pair(testing::kPersonName, person));
  v1::OpenTaskRequest open;
  open.set_subject(testing::kPersonName);
  EXPECT_THAT(ComposeOpenTask({}, open, {}, world.env()), kAbsent());
  ASSERT_OK_AND_ASSIGN(const auto opened, ComposeOpenTask({}, open, related, world.env()));
  EXPECT_EQ(opened.after.task().name(), "tasks/p411602-00000001-1");
  EXPECT_EQ(ChangedTo<v1::PersonRecord>(opened.also).tasks_opened(), 1);
  v1::CompleteTaskRequest complete;
  complete.set_outcome(v1::VerificationTask::CONFIRMED);
  ASSERT_OK_AND_ASSIGN(const auto done,
                       ComposeCompleteTask(opened.after, complete, related, world.env()));
  EXPECT_THAT(done.also[0].events, ElementsAre("visit.confirmed"));
  open.set_subject(testing::kDwelling);
  ASSERT_OK_AND_ASSIGN(
      const auto of_dwelling,
      ComposeOpenTask({}, open, Having(std::pair(testing::kDwelling, world.Dwelling(0))),
                      world.env()));
  EXPECT_EQ(of_dwelling.after.task().name(), "tasks/d411602-00000001-1");
}

TEST(Compose, WhatTimeDoesOpensTasks) {
  World world;
  const v1::PersonRecord person = world.Registered();
  ASSERT_OK_AND_ASSIGN(const auto none, ComposeTick(person, {}, world.env()));
  EXPECT_THAT(none.also, IsEmpty());
  world.GoTo("2026-09-30 10:00");
  ASSERT_OK_AND_ASSIGN(const auto due, ComposeTick(person, {}, world.env()));
  ASSERT_THAT(due.also, SizeIs(1));
  EXPECT_EQ(due.also[0].name, "");
  EXPECT_THAT(due.also[0].events, ElementsAre("task.opened"));
  EXPECT_EQ(ChangedTo<v1::TaskRecord>(due.also).task().name(), "tasks/p411602-00000001-1");
}

TEST(Compose, RelationThatEndedDuringAMergeHasEndedForBoth) {
  World world;
  v1::PersonRecord files[] = {world.Registered(),
                              world.Registered("2025-03-03", testing::kSecondName)};
  v1::PersonRecord child = world.Registered("2025-03-03", "persons/411602-00000003");
  v1::RelatePersonsRequest relate;
  relate.mutable_relation()->set_other(child.person().name());
  relate.mutable_relation()->set_type(v1::Relation::CHILD);
  const auto family = *DecideRelate(files[0], child, relate, world.env());
  files[0] = world.Commit(family.person.after);
  child = world.Commit(family.other.after);
  v1::DuplicateRecord candidate = Suspect(files[0], files[1], {}, world.env())->after;
  const auto related = [&] {
    return Having(std::pair(testing::kPersonName, files[0]),
                  std::pair(testing::kSecondName, files[1]),
                  std::pair("persons/411602-00000003", child));
  };
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kSecondName);
  const auto merged = *ComposeMerge(candidate, request, related(), world.env());
  files[1] = world.Commit(ChangedTo<v1::PersonRecord>(merged.also, 0));
  files[0] = world.Commit(ChangedTo<v1::PersonRecord>(merged.also, 1));
  child = world.Commit(ChangedTo<v1::PersonRecord>(merged.also, 2));
  candidate = merged.after;
  const auto relations = [&] {
    const auto apart = *ComposeUnmerge(candidate, {}, related(), world.env());
    return ChangedTo<v1::PersonRecord>(apart.also, 1).person().relations_size();
  };
  EXPECT_EQ(relations(), 1);
  v1::UnrelatePersonsRequest end;
  end.set_other(child.person().name());
  end.set_type(v1::Relation::CHILD);
  const auto ended = *DecideUnrelate(files[1], child, end, world.env());
  files[1] = world.Commit(ended.person.after);
  child = world.Commit(ended.other.after);
  EXPECT_EQ(relations(), 0);
}

TEST(Compose, VisitSaysNothingOfWhoHasMovedAway) {
  World world;
  v1::PersonRecord person = world.Registered();
  const v1::TaskRecord task = DecideOpenTask(person, {}, world.env())->task.after;
  v1::CompleteTaskRequest request;
  request.set_outcome(v1::VerificationTask::CONFIRMED);
  world.caller.area = testing::kVillage;
  const auto complete = [&] {
    return ComposeCompleteTask(task, request, Having(std::pair(testing::kPersonName, person)),
                               world.env())
        ->also.size();
  };
  EXPECT_EQ(complete(), 1u);
  person.mutable_person()->set_area(testing::kOtherVillage);
  EXPECT_EQ(complete(), 0u);
}

TEST(Compose, LookingEndsTheVisitThatWasToLook) {
  World world;
  v1::PersonRecord person = world.Registered();
  world.GoTo("2026-09-30 10:00");
  const auto due = *ComposeTick(person, {}, world.env());
  person = world.Commit(due.after);
  v1::TaskRecord task = ChangedTo<v1::TaskRecord>(due.also);
  using Verify = OnPersonWithTasks<&DecideVerify>;
  EXPECT_THAT(Verify::Wants(person, {}).names, ElementsAre("tasks/p411602-00000001-1"));
  ASSERT_OK_AND_ASSIGN(
      const auto verified,
      Verify::Decide(person, {}, Having(std::pair("tasks/p411602-00000001-1", task)), world.env()));
  ASSERT_THAT(verified.also, SizeIs(1));
  EXPECT_EQ(verified.also[0].name, "tasks/p411602-00000001-1");
  EXPECT_EQ(ChangedTo<v1::TaskRecord>(verified.also).task().state(), v1::VerificationTask::DONE);
}

// By however many merges.
TEST(Compose, VisitIsOfTheFileThatGoesOn) {
  World world;
  v1::PersonRecord files[] = {world.Registered(""), world.Registered("", testing::kSecondName),
                              world.Registered("", "persons/411602-00000003")};
  const v1::TaskRecord task = DecideOpenTask(files[0], {}, world.env())->task.after;
  for (int i = 0; i < 2; ++i) {
    files[i].mutable_person()->set_state(v1::Person::MERGED);
    files[i].mutable_person()->set_merged_into(files[i + 1].person().name());
  }
  const auto related = [&] {
    return Having(std::pair(testing::kPersonName, files[0]),
                  std::pair(testing::kSecondName, files[1]),
                  std::pair("persons/411602-00000003", files[2]));
  };
  v1::CompleteTaskRequest request;
  request.set_outcome(v1::VerificationTask::CONFIRMED);
  const Wanted wanted = WantedBy(task, request);
  EXPECT_THAT(wanted.names, ElementsAre(testing::kPersonName));
  const Wanted next = wanted.then(related());
  EXPECT_THAT(next.names, ElementsAre(testing::kSecondName));
  const Wanted last = next.then(related());
  EXPECT_THAT(last.names, ElementsAre("persons/411602-00000003"));
  EXPECT_THAT(last.then(related()).names, IsEmpty());
  world.GoTo("2026-03-05 10:00");
  ASSERT_OK_AND_ASSIGN(const auto done, ComposeCompleteTask(task, request, related(), world.env()));
  ASSERT_THAT(done.also, SizeIs(1));
  EXPECT_EQ(done.also[0].name, "persons/411602-00000003");
  EXPECT_EQ(FromProto(ChangedTo<v1::PersonRecord>(done.also).person().verify_time()), world.now);
  files[2].mutable_person()->set_state(v1::Person::DECEASED);
  EXPECT_THAT(ComposeCompleteTask(task, request, related(), world.env())->also, IsEmpty());
}

// As it is when the task opens, whoever or whatever opens it.
TEST(Compose, VisitWithoutAGridGoesToThatOfTheDwelling) {
  World world, later;
  later.GoTo("2026-09-30 10:00");
  v1::RegisterResidenceRequest request = Register(testing::kDwelling);
  v1::DwellingRecord dwelling = world.Dwelling(4);
  v1::OpenTaskRequest open;
  open.set_subject(testing::kPersonName);
  const auto grids = [&] {
    const auto person =
        world.Must(DecideRegisterResidence(world.Registered(""), request, world.env()));
    EXPECT_THAT(WantedByTick(person).names, ElementsAre(testing::kDwelling));
    const Related related =
        Having(std::pair(testing::kPersonName, person), std::pair(testing::kDwelling, dwelling));
    return ComposeOpenTask({}, open, related, world.env())->after.task().grid() + " " +
           ChangedTo<v1::TaskRecord>(ComposeTick(person, related, later.env())->also).task().grid();
  };
  dwelling.mutable_dwelling()->set_grid("411602001001001");  // later than they moved in
  EXPECT_EQ(grids(), "411602001001001 411602001001001");
  request.mutable_residence()->set_grid("411602001001002");
  EXPECT_EQ(grids(), "411602001001002 411602001001002") << "what is said of the residence";
}

}  // namespace
}  // namespace pingan::population
