// Random lives of cases: whatever is done in whatever order, the invariants hold after each step.
// The seed is printed; --seed=<n> repeats a walk.

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "common/testing/matchers.h"
#include "services/disputes/agreement.h"
#include "services/disputes/rules_fixture.h"
#include "services/disputes/settle.h"
#include "services/disputes/statistics.h"

namespace pingan::disputes {
namespace {

using testing::World;
using Totals = std::map<std::string, int64_t>;

uint64_t seed = std::random_device()();

void CheckCustody(const v1::Dispute& dispute) {
  ASSERT_FALSE(dispute.custody().empty());
  int open = 0;
  for (int i = 0; i < dispute.custody_size(); ++i) {
    const v1::Custody& entry = dispute.custody(i);
    EXPECT_FALSE(entry.unit().code().empty());
    const auto& begin = i == 0 ? dispute.create_time() : dispute.custody(i - 1).to_time();
    EXPECT_EQ(FromProto(entry.from_time()), FromProto(begin));
    if (entry.has_to_time()) {
      EXPECT_LE(FromProto(entry.from_time()), FromProto(entry.to_time()));
    } else {
      ++open;
    }
  }
  EXPECT_EQ(open, 1);
  const v1::Custody& last = *dispute.custody().rbegin();
  EXPECT_FALSE(last.has_to_time());
  EXPECT_EQ(last.unit().SerializeAsString(), dispute.owner().unit().SerializeAsString());
  EXPECT_EQ(last.person(), dispute.owner().person());
}

void CheckCase(const v1::DisputeRecord& record, const World& world) {
  const v1::Dispute& dispute = record.dispute();
  CheckCustody(dispute);
  EXPECT_GE(dispute.level(), v1::HOUSEHOLD);
  EXPECT_LE(record.tiers_fired_size(), 3);
  EXPECT_EQ(dispute.has_resolve_time(),
            dispute.state() == v1::Dispute::PERFORMING || dispute.state() == v1::Dispute::CLOSED);
  EXPECT_EQ(dispute.has_ending(),
            !IsOpen(dispute.state()) || dispute.state() == v1::Dispute::FAILED);
  if (!IsOpen(dispute.state())) {
    EXPECT_FALSE(dispute.has_transfer());
    EXPECT_FALSE(dispute.has_next_due_time());
    EXPECT_FALSE(IsPaused(dispute));
  }
  const auto paused = [](const v1::Clock& clock) {
    return !clock.pauses().empty() && !clock.pauses().rbegin()->has_to_time();
  };
  if (!StatutoryStep(dispute).empty()) {
    EXPECT_EQ(paused(dispute.statutory()), paused(dispute.management()));
  }
  const auto due = NextDue(record, world.env());
  EXPECT_EQ(dispute.has_next_due_time(), due.has_value());
  if (due) {
    EXPECT_EQ(FromProto(dispute.next_due_time()), due->time);
  }
}

void Fold(const v1::Dispute& dispute, int sign, Totals* totals) {
  common::v1::Deltas deltas;
  Measure(dispute, sign, &deltas);
  for (const auto& delta : deltas.deltas()) {
    for (size_t i = 0; i < kCounters.size(); ++i) {
      int64_t& total = (*totals)[absl::StrCat(delta.area(), " ", delta.dimensions(1), " ", i)];
      total += delta.counts(i);
    }
  }
}

void EraseZeros(Totals* totals) {
  std::erase_if(*totals, [](const auto& entry) { return entry.second == 0; });
}

// An oral agreement on one thing to do within two weeks.
v1::DisputeRecord Agree(const World& world, int days, const v1::DisputeRecord& before) {
  v1::RecordAgreementRequest request = testing::Agreement(true);
  *request.mutable_agreement()->add_instalments()->mutable_due_time() =
      ToProto(world.now + absl::Hours(24 * days));
  const auto decided = DecideRecordAgreement(before, request, world.env());
  EXPECT_OK(decided);
  return decided->after;
}

// One step of any kind; the name of the action that was done, if it was one.
std::string Step(std::mt19937_64* random, World* world, v1::DisputeRecord* record) {
  const int choice = static_cast<int>((*random)() % (kActionCount + 4));
  const v1::Dispute::State state = record->dispute().state();
  switch (choice - kActionCount) {
    case 0:
      world->Tick(world->now, record);
      return "";
    case 1:
      if (state == v1::Dispute::PERFORMING) *record = world->FindBroken(*record);
      return "";
    case 2:
      if (state == v1::Dispute::MEDIATING) *record = world->FailMeeting(*record);
      return "";
    case 3:
      if (state == v1::Dispute::MEDIATING) {
        *record = Agree(*world, static_cast<int>((*random)() % 14), *record);
      }
      return "";
    default:
      break;
  }
  const auto action = static_cast<Action>(choice);
  const auto decided = world->Apply(action, *record);
  if (!decided.ok()) return "";
  EXPECT_FALSE(decided->events.empty());
  *record = decided->after;
  return NameOf(action);
}

TEST(Walk, InvariantsHoldWhateverIsDone) {
  constexpr int kCases = 20, kSteps = 500;
  std::mt19937_64 random(seed);
  World world;
  std::vector<v1::DisputeRecord> records, ended;
  Totals folded;
  std::set<std::string> done;
  const auto start = [&] {
    v1::DisputeRecord record = world.Registered();
    Fold(record.dispute(), 1, &folded);
    return record;
  };
  for (int i = 0; i < kCases; ++i) records.push_back(start());
  for (int step = 0; step < kCases * kSteps; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, " step ", step));
    v1::DisputeRecord& record = records[random() % kCases];
    const v1::DisputeRecord before = record;
    world.now += absl::Minutes(random() % 120);
    done.insert(Step(&random, &world, &record));
    CheckCase(record, world);
    Fold(before.dispute(), -1, &folded);
    Fold(record.dispute(), 1, &folded);
    const auto state = record.dispute().state();
    const bool over = state == v1::Dispute::REFUSED || state == v1::Dispute::DIVERTED;
    if (!over || random() % 8 != 0) continue;  // for a while, as something might be done to it
    ended.push_back(record);
    record = start();
  }
  Totals recount;
  for (const auto& record : records) Fold(record.dispute(), 1, &recount);
  for (const auto& record : ended) Fold(record.dispute(), 1, &recount);
  EraseZeros(&folded);
  EraseZeros(&recount);
  EXPECT_EQ(folded, recount);
  for (int i = 0; i < kActionCount; ++i) {
    EXPECT_TRUE(done.contains(NameOf(static_cast<Action>(i)))) << NameOf(static_cast<Action>(i));
  }
}

}  // namespace
}  // namespace pingan::disputes

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg.rfind("--seed=", 0) == 0) pingan::disputes::seed = std::stoull(arg.substr(7));
  }
  std::cout << "seed " << pingan::disputes::seed << std::endl;
  return RUN_ALL_TESTS();
}
