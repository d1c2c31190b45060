#include "common/events/cube.h"

#include <random>

#include "common/area/scope.h"
#include "common/events/counts_fixture.h"

namespace pingan::events {
namespace {

namespace v1 = common::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What Ask must answer, by going through all deltas.
std::vector<CubeRow> Recount(const std::vector<v1::Delta>& deltas, const CubeQuery& query) {
  const auto value = [&](const v1::Delta& delta, const std::string& name) -> std::string {
    if (name == "month") return delta.period();
    if (name == "category") return delta.dimensions(0);
    if (name == "level") return delta.dimensions(1);
    if (name == "group") return delta.dimensions(0).substr(0, 2);
    for (size_t length : area::kScopeLengths) {
      if (length > query.scope.size()) return delta.area().substr(0, length);
    }
    return delta.area();
  };
  std::map<std::vector<std::string>, std::vector<int64_t>> sums;
  if (query.group_by.empty()) sums[{}].resize(3);
  for (const v1::Delta& delta : deltas) {
    if (delta.area().substr(0, query.scope.size()) != query.scope) continue;
    if (!query.from_period.empty() && delta.period() < query.from_period) continue;
    if (!query.to_period.empty() && delta.period() > query.to_period) continue;
    bool kept = true;
    for (const auto& [name, want] : query.filters) kept &= value(delta, name) == want;
    if (!kept) continue;
    std::vector<std::string> group;
    for (const auto& name : query.group_by) group.push_back(value(delta, name));
    auto& counts = sums[group];
    counts.resize(3);
    for (int i = 0; i < 3; ++i) counts[i] += delta.counts(i);
  }
  std::vector<CubeRow> rows;
  for (const auto& [group, counts] : sums) {
    if (!group.empty() && counts == std::vector<int64_t>(3)) continue;
    CubeRow row{.counts = counts};
    for (size_t i = 0; i < group.size(); ++i) row.group[query.group_by[i]] = group[i];
    rows.push_back(row);
  }
  return rows;
}

CubeQuery RandomQuery(std::mt19937& random, const std::vector<v1::Delta>& deltas) {
  const v1::Delta& some = deltas[random() % deltas.size()];
  CubeQuery query{.scope = some.area().substr(0, area::kScopeLengths[random() % 5])};
  if (random() % 2) query.from_period = RandomMonth(random);
  if (random() % 2) query.to_period = RandomMonth(random);
  for (const char* name : {"level", "month", "group", "area", "category"}) {
    if (random() % 3 == 0) query.group_by.push_back(name);
  }
  std::shuffle(query.group_by.begin(), query.group_by.end(), random);
  if (random() % 3 == 0) query.filters.emplace_back("level", std::to_string(1 + random() % 6));
  if (random() % 3 == 0) query.filters.emplace_back("category", some.dimensions(0));
  if (random() % 4 == 0) query.filters.emplace_back("group", some.dimensions(0).substr(0, 2));
  return query;
}

TEST(Cube, AnswersEqualARecountOfRandomDeltas) {
  std::mt19937 random(Seed());
  Cube cube(TestMeasures());
  std::vector<v1::Delta> deltas;
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 50; ++i) {
      deltas.push_back(RandomDelta(random));
      ASSERT_OK(cube.Add(deltas.back()));
      if (random() % 2) {  // the record moves: out of one cell, into another
        v1::Delta out = deltas.back();
        for (int c = 0; c < 3; ++c) out.set_counts(c, -out.counts(c));
        deltas.push_back(out);
        ASSERT_OK(cube.Add(out));
        deltas.push_back(RandomDelta(random));
        ASSERT_OK(cube.Add(deltas.back()));
      }
    }
    for (int i = 0; i < 25; ++i) {
      const CubeQuery query = RandomQuery(random, deltas);
      ASSERT_OK_AND_ASSIGN(const auto rows, cube.Ask(query));
      ASSERT_EQ(rows, Recount(deltas, query)) << Describe(query);
    }
  }
}

TEST(Cube, SiblingPrefixesDoNotLeak) {
  Cube cube(TestMeasures());
  ASSERT_OK(cube.Add(DeltaOf("411602100001", "2026-01", {"0101", "1"}, {1, 0, 0})));
  ASSERT_OK(cube.Add(DeltaOf("411602110001", "2026-01", {"0101", "1"}, {10, 0, 0})));
  ASSERT_OK(cube.Add(DeltaOf("411603100001", "2026-01", {"0101", "1"}, {100, 0, 0})));
  ASSERT_OK(cube.Add(DeltaOf("411702100001", "2026-01", {"0101", "1"}, {1000, 0, 0})));
  const struct {
    const char* scope;
    int64_t count;
  } rows[] = {{"41", 1111},       {"4116", 111},     {"411602", 11},      {"411603", 100},
              {"411602100", 1},   {"411602110", 10}, {"411602100001", 1}, {"4117", 1000},
              {"42", 0},          {"411604", 0},     {"411602101", 0},    {"411602100000", 0},
              {"411602100002", 0}};
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const auto total, cube.Ask({.scope = row.scope}));
    ASSERT_EQ(total.size(), 1u) << row.scope;
    EXPECT_EQ(total[0].counts[0], row.count) << row.scope;
    ASSERT_OK_AND_ASSIGN(const auto parts, cube.Ask({.scope = row.scope, .group_by = {"area"}}));
    int64_t sum = 0;
    for (const auto& part : parts) {
      EXPECT_TRUE(area::Covers(row.scope, part.group.at("area")));
      sum += part.counts[0];
    }
    EXPECT_EQ(sum, row.count) << row.scope;
  }
  EXPECT_THAT(cube.Ask({.scope = "4116021"}), testing::NamesField("area"));
}

TEST(Cube, AnAreaAboveAVillageIsCountedBelowItself) {
  Cube cube(TestMeasures());
  ASSERT_OK(cube.Add(DeltaOf("411602000000", "2026-01", {"0101", "1"}, {1, 0, 0})));
  ASSERT_OK(cube.Add(DeltaOf("411602001000", "2026-01", {"0101", "1"}, {2, 0, 0})));
  ASSERT_OK_AND_ASSIGN(const auto rows, cube.Ask({.scope = "411602", .group_by = {"area"}}));
  EXPECT_THAT(rows, ElementsAre(CubeRow{{{"area", "411602000"}}, {1, 0, 0}},
                                CubeRow{{{"area", "411602001"}}, {2, 0, 0}}));
}

TEST(Cube, WhatWasNeverMetCountsNothing) {
  Cube cube(TestMeasures());
  ASSERT_OK_AND_ASSIGN(auto rows, cube.Ask({.scope = "4116"}));
  EXPECT_THAT(rows, ElementsAre(CubeRow{{}, {0, 0, 0}}));
  ASSERT_OK(cube.Add(DeltaOf("411602001001", "2026-01", {"0101", "1"}, {1, 1, 1})));
  ASSERT_OK_AND_ASSIGN(rows, cube.Ask({.scope = "4116", .filters = {{"category", "9999"}}}));
  EXPECT_THAT(rows, ElementsAre(CubeRow{{}, {0, 0, 0}}));
  ASSERT_OK_AND_ASSIGN(
      rows, cube.Ask({.scope = "4116", .group_by = {"month"}, .filters = {{"level", "9"}}}));
  EXPECT_THAT(rows, IsEmpty());
}

TEST(Cube, ShortDeltasOfOlderProgramsAreFilledUp) {
  Cube cube(TestMeasures());
  ASSERT_OK(cube.Add(DeltaOf("411602001001", "2026-01", {"0101"}, {7})));
  ASSERT_OK_AND_ASSIGN(const auto rows,
                       cube.Ask({.scope = "4116", .group_by = {"level", "category"}}));
  EXPECT_THAT(rows, ElementsAre(CubeRow{{{"level", ""}, {"category", "0101"}}, {7, 0, 0}}));
}

TEST(Cube, MalformedDeltasAddNothing) {
  const v1::Delta rows[] = {
      DeltaOf("4116", "2026-01", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("41160200100x", "2026-01", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026-13", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026-00", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026/01", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "202a-01", {"0101", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026-01", {"01/01", "1"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026-01", {"0101", "1", "x"}, {1, 1, 1}),
      DeltaOf("411602001001", "2026-01", {"0101", "1"}, {1, 1, 1, 1}),
  };
  Cube cube(TestMeasures());
  for (const auto& delta : rows) {
    EXPECT_THAT(cube.Add(delta), testing::Fails(absl::StatusCode::kInternal, v1::INTERNAL_FAULT))
        << delta.ShortDebugString();
  }
  EXPECT_EQ(cube.cells(), 0u);
}

TEST(Cube, TooManyValuesOfADimensionAreRefused) {
  Cube cube(Measures{.dimensions = {"category"}, .counters = {"n"}});
  for (size_t i = 0; i < Axis::kValuesMax; ++i) {
    ASSERT_OK(cube.Add(DeltaOf("411602001001", "2026-01", {std::to_string(i)}, {1})));
  }
  EXPECT_THAT(cube.Add(DeltaOf("411602001001", "2026-01", {"one more"}, {1})),
              testing::Fails(absl::StatusCode::kInternal, v1::INTERNAL_FAULT));
  ASSERT_OK_AND_ASSIGN(const auto rows, cube.Ask({.scope = "4116", .group_by = {"category"}}));
  EXPECT_EQ(rows.size(), Axis::kValuesMax);
}

TEST(Cube, MalformedQuestionsNameTheField) {
  const struct {
    CubeQuery query;
    const char* field;
  } rows[] = {
      {{.scope = ""}, "area"},
      {{.scope = "41160"}, "area"},
      {{.scope = "4116", .from_period = "2026-1"}, "from_month"},
      {{.scope = "4116", .to_period = "now"}, "to_month"},
      {{.scope = "4116", .group_by = {"area", "colour"}}, "group_by[1]"},
      {{.scope = "4116", .group_by = {"level", "category", "group", "level", "level"}}, "group_by"},
      {{.scope = "4116", .filters = {{"colour", "red"}}}, "colour"},
  };
  Cube cube(TestMeasures());
  for (const auto& row : rows) {
    EXPECT_THAT(cube.Ask(row.query), testing::NamesField(row.field)) << Describe(row.query);
  }
}

TEST(Cube, DirtyCellsRestoreTheCube) {
  std::mt19937 random(Seed());
  Cube cube(TestMeasures()), restored(TestMeasures());
  std::map<std::string, std::string> stored;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 200; ++i) ASSERT_OK(cube.Add(RandomDelta(random)));
    EXPECT_EQ(cube.dirty_cells(), cube.Dirty().size());
    for (const auto& [key, body] : cube.Dirty()) stored[key] = body;
    cube.ClearDirty();
    EXPECT_THAT(cube.Dirty(), IsEmpty());
  }
  for (const auto& [key, body] : stored) {
    v1::Delta cell;
    ASSERT_TRUE(cell.ParseFromString(body));
    ASSERT_OK(restored.Add(cell));
  }
  EXPECT_EQ(Everything(restored), Everything(cube));
}

}  // namespace
}  // namespace pingan::events
