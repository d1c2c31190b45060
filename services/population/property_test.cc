// Properties over random lives: whatever is done in whatever order, they hold after each step.
// rapidcheck prints the seed of a failure (RC_PARAMS="seed=..." repeats it) and its smallest case.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/merge.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/settle.h"
#include "services/population/spells.h"
#include "services/population/statistics.h"
#include "services/population/task.h"

namespace pingan::population {
namespace {

using testing::Decided;
using testing::Spell;
using testing::World;

// One step of a life: an action, or the sweep for -1, after some days.
using Step = std::pair<int, int>;

std::vector<Step> Life() {
  return *rc::gen::container<std::vector<Step>>(
      rc::gen::pair(rc::gen::inRange(-1, kActionCount), rc::gen::inRange(0, 60)));
}

// What is irreversible would end most lives early.
bool Ends(Action action) {
  return action == Action::kRecordDeath || action == Action::kEraseSubject ||
         action == Action::kMergePersons;
}

std::vector<std::string> Told(const std::vector<v1::Residence>& spells) {
  std::vector<std::string> told;
  for (v1::Residence spell : spells) {
    // When it was superseded is told by later revisions only.
    spell.clear_superseded_time();
    spell.clear_superseded_revision();
    spell.clear_superseded_reason();
    told.push_back(spell.SerializeAsString());
  }
  return told;
}

void CheckFile(const v1::PersonRecord& record) {
  const v1::Person& person = record.person();
  const auto& spells = person.residences();
  int active = 0;
  for (int i = 0; i < spells.size(); ++i) {
    for (int j = 0; j < i; ++j) RC_ASSERT(!Overlap(spells[i], spells[j]));
    active += spells[i].kind() == v1::Residence::MAIN && spells[i].to_date().empty();
    RC_ASSERT(spells[i].recorded_revision() > 0);
  }
  RC_ASSERT(active <= 1);
  if (active == 1) RC_ASSERT(person.area() == OpenSpell(person, v1::Residence::MAIN)->area());
  if (person.state() == v1::Person::LEFT) RC_ASSERT(active == 0);
  for (const auto& past : record.superseded()) {
    RC_ASSERT(past.recorded_revision() < past.superseded_revision());
  }
  const auto due = NextDue(record);
  RC_ASSERT(person.has_next_due_time() == due.has_value());
}

struct Walk {
  World world;
  v1::PersonRecord record = world.Registered();
  std::map<std::string, int> done;
  std::map<int64_t, std::vector<std::string>> told;  // by revision, as it was first told

  void Take(const Step& step) {
    world.now += absl::Hours(24) * step.second;
    const v1::PersonRecord before = record;
    if (step.first < 0) {
      world.Tick(Text(calendar::DayOf(world.now)) + " 12:00", &record);
      RC_ASSERT(TasksOpened(before, record, world.env()).size() ==
                static_cast<size_t>(record.tasks_opened() - before.tasks_opened()));
    } else if (!Ends(static_cast<Action>(step.first))) {
      auto decided = world.Apply(static_cast<Action>(step.first), record);
      if (!decided.ok()) return;
      RC_ASSERT(!decided->events.empty());
      record = world.Commit(std::move(decided->after));
      ++done[NameOf(static_cast<Action>(step.first))];
    }
    told.emplace(world.revision, Told(SpellsKnownAt(record, world.revision, "")));
    CheckFile(record);
  }
};

RC_GTEST_PROP(Life, SpellsNeverOverlapAndThePastStands, ()) {
  Walk walk;
  for (const Step& step : Life()) walk.Take(step);
  for (const auto& [revision, told] : walk.told) {
    RC_ASSERT(Told(SpellsKnownAt(walk.record, revision, "")) == told);
  }
}

TEST(Life, ComesAround) {
  std::map<std::string, int> done;
  EXPECT_TRUE(rc::check("lives do most of what can be done", [&done] {
    Walk walk;
    for (const Step& step : Life()) walk.Take(step);
    done.merge(walk.done);
  }));
  EXPECT_GE(done.size(), 22u);
}

RC_GTEST_PROP(Life, StatisticsFoldedEqualARecount, ()) {
  Walk walk;
  std::map<std::string, int64_t> folded, recount;
  const auto fold = [](const v1::Person& person, int sign, std::map<std::string, int64_t>* to) {
    common::v1::Deltas deltas;
    Measure(person, sign, &deltas);
    for (const auto& delta : deltas.deltas()) {
      for (size_t i = 0; i < kCounters.size(); ++i) {
        (*to)[delta.area() + delta.dimensions(1) + std::to_string(i)] += delta.counts(i);
      }
    }
  };
  fold(walk.record.person(), 1, &folded);
  for (const Step& step : Life()) {
    const v1::PersonRecord before = walk.record;
    walk.Take(step);
    fold(before.person(), -1, &folded);
    fold(walk.record.person(), 1, &folded);
  }
  fold(walk.record.person(), 1, &recount);
  const auto zero = [](const auto& entry) { return entry.second == 0; };
  std::erase_if(folded, zero);
  std::erase_if(recount, zero);
  RC_ASSERT(folded == recount);
}

// Two officers decide on the same file; the loser of the race decides again on what the winner
// wrote. Whatever they do, one registration is active.
RC_GTEST_PROP(Move, RacesLeaveOneActiveRegistration, ()) {
  const Action kMoves[] = {Action::kOfferMove,       Action::kClaimMove,
                           Action::kAcceptMove,      Action::kRejectMove,
                           Action::kRevokeMove,      Action::kEndResidence,
                           Action::kChangeResidence, Action::kRegisterResidence};
  World world;
  v1::PersonRecord record = world.Registered();
  const auto races = *rc::gen::container<std::vector<Step>>(
      rc::gen::pair(rc::gen::inRange(0, 8), rc::gen::inRange(0, 8)));
  for (const auto& [one, other] : races) {
    world.now += absl::Hours(24);
    const Decided first = world.Apply(kMoves[one], record);
    const Decided second = world.Apply(kMoves[other], record);
    if (first.ok()) record = world.Commit(first->after);
    if (second.ok()) {
      // The commit finds another version, so it is gathered and decided again.
      const Decided again = first.ok() ? world.Apply(kMoves[other], record) : second;
      if (again.ok()) record = world.Commit(again->after);
    }
    CheckFile(record);
  }
}

std::string Now(v1::PersonRecord record) {
  record.mutable_person()->clear_revision();
  for (auto& spell : *record.mutable_person()->mutable_residences()) {
    spell.clear_recorded_time();
    spell.clear_recorded_revision();
    spell.clear_recorded_by();
  }
  return record.person().SerializeAsString();
}

// Un-merge of a merge is what was, whatever the two files held and whatever was taken.
RC_GTEST_PROP(Merge, TakenApartIsWhatItWas, ()) {
  Walk one, other;
  for (const Step& step : Life()) one.Take(step);
  other.world.revision = one.world.revision;
  for (const Step& step : Life()) other.Take(step);
  World& world = one.world;
  world.revision = other.world.revision;
  world.now = std::max(one.world.now, other.world.now);
  MergeFiles files{one.record, other.record, {}};
  files.absorbed.mutable_person()->set_name(testing::kSecondName);
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_move();
  files.survivor = Settle(files.survivor, {}, world.env()).after;
  files.absorbed = Settle(files.absorbed, {}, world.env()).after;
  v1::DuplicateCandidate& candidate = *files.candidate.mutable_candidate();
  candidate.set_state(v1::DuplicateCandidate::OPEN);
  candidate.set_first(testing::kPersonName);
  candidate.set_second(testing::kSecondName);
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  for (const char* field : {"residences", "permit", "phone", "kind", "display_name"}) {
    if (*rc::gen::arbitrary<bool>()) request.add_take(field);
  }
  const auto merged = DecideMerge(files, request, world.env());
  RC_ASSERT(merged.ok());
  MergeFiles between{world.Commit(merged->survivor.after), world.Commit(merged->absorbed.after),
                     merged->candidate.after};
  CheckFile(between.survivor);
  const auto apart = DecideUnmerge(between, {}, world.env());
  RC_ASSERT(apart.ok());
  RC_ASSERT(Now(apart->survivor.after) == Now(files.survivor));
  RC_ASSERT(Now(apart->absorbed.after) == Now(files.absorbed));
}

}  // namespace
}  // namespace pingan::population
