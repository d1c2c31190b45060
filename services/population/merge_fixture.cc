#include "services/population/merge_fixture.h"

#include "common/testing/matchers.h"
#include "services/population/duplicate.h"
#include "services/population/residence.h"

namespace pingan::population::testing {

MergeFiles TwoFiles(World* world) {
  MergeFiles files;
  files.survivor = world->Registered();
  v1::PersonRecord other = world->Registered("", kSecondName);
  other.mutable_person()->set_display_name("張建國");
  other.mutable_person()->set_education("20");
  other.mutable_person()->add_external_ids("grid:7");
  v1::RegisterResidenceRequest request;
  *request.mutable_residence() = Spell(kSecondVillage, "2023-01-01", "2024-01-01");
  other = world->Must(DecideRegisterResidence(other, request, world->env()));
  *request.mutable_residence() = Spell(kSecondVillage, "2026-01-01");
  other = world->Must(DecideRegisterResidence(other, request, world->env()));
  other = world->Do(Action::kRecordEmployment, other);
  other = world->Do(Action::kRequestService, other);
  files.absorbed = other;
  files.candidate = Suspect(files.survivor, files.absorbed, {}, world->env())->after;
  return files;
}

MergeFiles Commit(const MergeDecision& decision, World* world) {
  return {world->Commit(decision.survivor.after), world->Commit(decision.absorbed.after),
          decision.candidate.after};
}

MergeFiles Merge(const MergeFiles& files, World* world, std::initializer_list<const char*> take) {
  v1::MergePersonsRequest request;
  request.set_survivor(files.survivor.person().name());
  for (const char* field : take) request.add_take(field);
  const auto decided = DecideMerge(files, request, world->env());
  EXPECT_OK(decided);
  return Commit(*decided, world);
}

MergeFiles Unmerge(const MergeFiles& files, World* world,
                   std::initializer_list<std::string> to_absorbed) {
  v1::UnmergePersonsRequest request;
  for (const auto& id : to_absorbed) request.add_to_absorbed(id);
  const auto decided = DecideUnmerge(files, request, world->env());
  EXPECT_OK(decided);
  return Commit(*decided, world);
}

std::string Now(v1::PersonRecord record) {
  v1::Person& person = *record.mutable_person();
  person.clear_revision();
  for (auto& spell : *person.mutable_residences()) {
    spell.clear_recorded_time();
    spell.clear_recorded_revision();
    spell.clear_recorded_by();
  }
  return person.DebugString();
}

}  // namespace pingan::population::testing
