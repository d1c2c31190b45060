// Properties over random lives: whatever is done in whatever order, they hold after each step.
// rapidcheck prints the seed of a failure (RC_PARAMS="seed=..." repeats it) and its smallest case.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/merge.h"
#include "services/population/merge_fixture.h"
#include "services/population/residence.h"
#include "services/population/rules_fixture.h"
#include "services/population/settle.h"
#include "services/population/spells.h"
#include "services/population/statistics.h"
#include "services/population/task.h"

namespace pingan::population {
namespace {

using testing::Commit;
using testing::Decided;
using testing::Now;
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
  for (const v1::Residence& spell : spells) told.push_back(spell.SerializeAsString());
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
  static const World kWorld;
  const auto due = NextDue(record, kWorld.env());
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

// Two files of one person, each after a life of its own, and the pair that suspects them.
MergeFiles TwoLives(World* world) {
  Walk one, other;
  for (const Step& step : Life()) one.Take(step);
  other.world.revision = one.world.revision;
  for (const Step& step : Life()) other.Take(step);
  world->revision = other.world.revision;
  world->now = std::max(one.world.now, other.world.now);
  MergeFiles files{one.record, other.record, {}};
  files.absorbed.mutable_person()->set_name(testing::kSecondName);
  for (auto* file : {&files.survivor, &files.absorbed}) {
    for (auto& relation : *file->mutable_person()->mutable_relations()) {
      relation.set_other("persons/411602-00000003");
      relation.set_id(file->person().name() + relation.id());
    }
  }
  for (auto* file : {&files.survivor, &files.absorbed}) file->mutable_person()->clear_move();
  files.survivor = Settle(files.survivor, {}, world->env()).after;
  files.absorbed = Settle(files.absorbed, {}, world->env()).after;
  v1::DuplicateCandidate& candidate = *files.candidate.mutable_candidate();
  candidate.set_state(v1::DuplicateCandidate::OPEN);
  candidate.set_first(testing::kPersonName);
  candidate.set_second(testing::kSecondName);
  return files;
}

StatusOr<MergeDecision> MergeAnyhow(const MergeFiles& files, const World& world) {
  v1::MergePersonsRequest request;
  request.set_survivor(testing::kPersonName);
  for (const char* field : {"residences", "permit", "phone", "kind", "display_name"}) {
    if (*rc::gen::arbitrary<bool>()) request.add_take(field);
  }
  auto decided = DecideMerge(files, request, world.env());
  // Of either, one of the two files may have the only active registration or the better permit.
  for (int choice = 0; choice < 4 && !decided.ok(); ++choice) {
    request.clear_take();
    if (choice % 2 == 1) request.add_take("residences");
    if (choice / 2 == 1) request.add_take("permit");
    decided = DecideMerge(files, request, world.env());
  }
  return decided;
}

// Un-merge of a merge is what was, whatever the two files held and whatever was taken.
RC_GTEST_PROP(Merge, TakenApartIsWhatItWas, ()) {
  World world;
  const MergeFiles files = TwoLives(&world);
  const auto merged = MergeAnyhow(files, world);
  RC_ASSERT(merged.ok());
  const MergeFiles between = Commit(*merged, &world);
  CheckFile(between.survivor);
  const auto apart = DecideUnmerge(between, {}, world.env());
  RC_ASSERT(apart.ok());
  RC_ASSERT(Now(apart->survivor.after) == Now(files.survivor));
  RC_ASSERT(Now(apart->absorbed.after) == Now(files.absorbed));
}

// What a fact says, whichever file it stands in.
template <class Fact>
std::string Said(Fact fact) {
  fact.clear_id();
  fact.clear_origin();
  return fact.SerializeAsString();
}
std::string Said(v1::Residence spell) {
  spell.clear_id();
  spell.clear_origin();
  spell.clear_recorded_time();
  spell.clear_recorded_revision();
  spell.clear_recorded_by();
  return spell.SerializeAsString();
}

template <class List>
int CountOf(const List& facts, const std::string& said) {
  return static_cast<int>(std::count_if(facts.begin(), facts.end(),
                                        [&](const auto& fact) { return Said(fact) == said; }));
}

// Each fact of the file that was one is in one of the two: with the absorbed one if it came from
// there, else with the survivor, under its id.
template <class List>
void CheckSides(const List& together, const List& survivor, const List& absorbed) {
  List back, stays;
  for (const auto& fact : together) {
    const bool came = fact.origin().person() == testing::kSecondName;
    *(came ? back : stays).Add() = fact;
    const auto same = [&](const auto& other) { return other.id() == fact.id(); };
    RC_ASSERT(std::any_of(survivor.begin(), survivor.end(), same) == !came);
  }
  for (const auto& fact : stays)
    RC_ASSERT(CountOf(survivor, Said(fact)) >= CountOf(stays, Said(fact)));
  for (const auto& fact : back)
    RC_ASSERT(CountOf(absorbed, Said(fact)) >= CountOf(back, Said(fact)));
}

void CheckApart(const MergeFiles& merged, const v1::Person& together, const MergeFiles& apart) {
  const v1::Person& one = apart.survivor.person();
  const v1::Person& other = apart.absorbed.person();
  const v1::Merge& merge = *merged.survivor.merges().rbegin();
  CheckFile(apart.survivor);
  CheckFile(apart.absorbed);
  CheckSides(together.residences(), one.residences(), other.residences());
  CheckSides(together.employments(), one.employments(), other.employments());
  CheckSides(together.service_items(), one.service_items(), other.service_items());
  RC_ASSERT(one.employments_size() + other.employments_size() == together.employments_size());
  RC_ASSERT(one.service_items_size() + other.service_items_size() == together.service_items_size());
  for (const auto& relation : together.relations()) {
    const auto same = [&](const auto& known) {
      return known.other() == relation.other() && known.type() == relation.type();
    };
    const bool came = relation.origin().person() == testing::kSecondName;
    RC_ASSERT(std::any_of(one.relations().begin(), one.relations().end(), same) == !came);
  }
  const auto taken = [&](const char* field) {
    return std::count(merge.taken().begin(), merge.taken().end(), field) > 0;
  };
  // The permit goes with everything that became of it; a telephone that is newer than the merge
  // stays.
  RC_ASSERT((taken("permit") ? other : one).permit().SerializeAsString() ==
            together.permit().SerializeAsString());
  if (together.phone() != merged.survivor.person().phone()) {
    RC_ASSERT(one.phone() == together.phone());
  } else if (taken("phone")) {
    RC_ASSERT(one.phone() == merge.kept().phone());
  }
}

// The same with a further life in between: a residence, a telephone, a relation, a permit and all
// else that can come to a file.
TEST(Merge, TakenApartLaterFactsAreOnTheRightSide) {
  int apart = 0, refused = 0;
  std::map<std::string, int> done;
  EXPECT_TRUE(rc::check("each later fact is on one side", [&] {
    World world;
    const MergeFiles files = TwoLives(&world);
    const auto decided = MergeAnyhow(files, world);
    RC_ASSERT(decided.ok());
    const MergeFiles merged = Commit(*decided, &world);
    Walk later{.world = world, .record = merged.survivor};
    for (const Step& step : Life()) {
      // Who moved away is another county's.
      if (step.first < 0 ||
          std::string(NameOf(static_cast<Action>(step.first))).find("Move") == std::string::npos)
        later.Take(step);
    }
    const auto parted =
        DecideUnmerge({later.record, merged.absorbed, merged.candidate}, {}, later.world.env());
    ++(parted.ok() ? apart : refused);
    done.merge(later.done);
    if (parted.ok()) {
      CheckApart(merged, later.record.person(), Commit(*parted, &later.world));
    } else {
      // Residences that would overlap, which is for somebody to decide.
      RC_ASSERT(parted.status().code() == absl::StatusCode::kFailedPrecondition);
    }
  }));
  std::printf("%d taken apart, %d refused, %zu kinds of later acts\n", apart, refused, done.size());
  EXPECT_GE(apart, 60);
  for (const char* act : {"RegisterResidence", "UpdatePerson", "RelatePersons", "ApplyForPermit"})
    EXPECT_TRUE(done.contains(act)) << act;
}

// Whatever is done to two files, merge, un-merge and erasure among it, in whatever order: both keep
// what holds of every file, and what was erased does not come back.
TEST(Merge, LivesWithMergesAndErasuresStayWhole) {
  int merges = 0, unmerges = 0, erasures = 0;
  EXPECT_TRUE(rc::check("files stay whole", [&] {
    World world;
    MergeFiles files = TwoLives(&world);
    bool erased[2] = {false, false};
    const auto steps = *rc::gen::container<std::vector<Step>>(
        rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(0, kActionCount)));
    for (const auto& [what, action] : steps) {
      world.now += absl::Hours(24);
      const bool second = (what + action) % 2 == 1;
      v1::PersonRecord& file = second ? files.absorbed : files.survivor;
      if (what == 0) {
        const bool merged = files.candidate.candidate().state() == v1::DuplicateCandidate::MERGED;
        const auto decided =
            merged ? DecideUnmerge(files, {}, world.env()) : MergeAnyhow(files, world);
        if (!decided.ok()) continue;
        RC_ASSERT(!erased[0] && !erased[1]);
        ++(merged ? unmerges : merges);
        files = Commit(*decided, &world);
      } else {
        const bool ended = file.person().state() != v1::Person::ACTIVE;
        const Action act = what != 5 ? static_cast<Action>(action)
                           : ended   ? Action::kEraseSubject
                                     : Action::kRecordDeath;
        if (act == Action::kMergePersons) continue;
        if (act == Action::kClaimMove && file.person().documents().empty()) continue;
        const Decided decided = world.Apply(act, file);
        if (!decided.ok()) continue;
        erased[second] |= act == Action::kEraseSubject;
        erasures += act == Action::kEraseSubject;
        file = world.Commit(decided->after);
      }
      for (const bool of_second : {false, true}) {
        const v1::PersonRecord& known = of_second ? files.absorbed : files.survivor;
        CheckFile(known);
        RC_ASSERT((known.person().state() == v1::Person::MERGED) ==
                  !known.person().merged_into().empty());
        if (!erased[of_second]) continue;
        RC_ASSERT(AllowedActions(known.person()).empty());
        RC_ASSERT(known.SerializeAsString().find("张建国") == std::string::npos);
        RC_ASSERT(known.SerializeAsString().find("13800000001") == std::string::npos);
        RC_ASSERT(known.SerializeAsString().find("32010219900517") == std::string::npos);
      }
    }
  }));
  std::printf("%d merges, %d un-merges, %d erasures\n", merges, unmerges, erasures);
  EXPECT_GT(merges, 20);
  EXPECT_GT(unmerges, 0);
  EXPECT_GT(erasures, 3);  // each is the last of its file
}

}  // namespace
}  // namespace pingan::population
