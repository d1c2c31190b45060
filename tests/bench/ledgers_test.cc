// What the benchmarks write is taken by the rules of today; without this they would be found broken
// when somebody next measures.
#include "common/area/tree.h"
#include "common/rpc/validate.h"
#include "common/testing/matchers.h"
#include "services/disputes/import.h"
#include "services/disputes/rules_fixture.h"
#include "services/population/import.h"
#include "services/population/rules_fixture.h"
#include "tests/bench/cases.h"
#include "tests/bench/people.h"

namespace pingan::bench {
namespace {

constexpr int kRows = 500, kStride = 25;

template <class World>
World InZhoukou() {
  World world;
  world.now = disputes::testing::At("2026-11-02 10:00");
  auto areas = area::Tree::Load("common/area/data/zhoukou.tsv");
  EXPECT_OK(areas);
  if (areas.ok()) world.areas = *std::move(areas);
  return world;
}

TEST(Ledgers, PastCasesArePossible) {
  const auto world = InZhoukou<disputes::testing::World>();
  const Cases cases(kStride);
  for (int i = 0; i < kRows; ++i) {
    auto row = cases.Past(i);
    ASSERT_OK(rpc::Validate(&row));
    ASSERT_OK(disputes::DecideImport(row, world.env())) << row.DebugString();
  }
}

TEST(Ledgers, PeopleArePossible) {
  const auto world = InZhoukou<population::testing::World>();
  const People people(kStride);
  for (int i = 0; i < kRows; ++i) {
    auto row = people.Row(i);
    ASSERT_OK(rpc::Validate(&row));
    ASSERT_OK(population::DecideImport(row, world.env())) << row.DebugString();
  }
}

TEST(Ledgers, NewFilesAreWellFormed) {
  Cases cases(kStride);
  const People people(kStride);
  for (int i = 0; i < kRows; ++i) {
    auto dispute = cases.Create();
    EXPECT_OK(rpc::Validate(&dispute));
    for (auto person : {people.Create("run", i), people.Again("run", i)})
      EXPECT_OK(rpc::Validate(&person));
  }
}

}  // namespace
}  // namespace pingan::bench
