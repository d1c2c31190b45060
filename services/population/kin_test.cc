#include "services/population/kin.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include "common/testing/matchers.h"
#include "services/population/compose.h"
#include "services/population/duplicate.h"
#include "services/population/relation.h"
#include "services/population/rules_fixture.h"

namespace pingan::population {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::World;
using Said = std::set<std::pair<std::string, int>>;  // whom a file names, and as what

std::string File(int number) {
  return "persons/411602-0000000" + std::to_string(number);
}

// A few files and what is decided on them, each decision given what is kept by then.
struct Families {
  World world;
  std::map<std::string, v1::PersonRecord> files;
  std::map<std::string, v1::DuplicateRecord> pairs;

  explicit Families(int size) {
    for (int i = 1; i <= size; ++i) files[File(i)] = world.Registered("", File(i));
  }

  Related Kept() const {
    Related related;
    for (const auto& [name, file] : files) {
      related.Add(name, std::make_shared<v1::PersonRecord>(file));
    }
    return related;
  }

  void Store(const std::string& name, v1::PersonRecord after, const std::vector<Change>& also) {
    if (!name.empty()) files[name] = world.Commit(std::move(after));
    for (const Change& change : also) {
      if (!files.contains(change.name)) continue;
      files[change.name] = world.Commit(static_cast<const v1::PersonRecord&>(*change.after));
    }
  }

  bool Relate(int one, int other, v1::Relation::Type type) {
    v1::RelatePersonsRequest request;
    request.mutable_relation()->set_other(File(other));
    request.mutable_relation()->set_type(type);
    auto decided = ComposeRelate(files[File(one)], request, Kept(), world.env());
    if (decided.ok()) Store(File(one), decided->after, decided->also);
    return decided.ok();
  }

  bool Unrelate(int one, int other, v1::Relation::Type type) {
    v1::UnrelatePersonsRequest request;
    request.set_other(File(other));
    request.set_type(type);
    auto decided = ComposeUnrelate(files[File(one)], request, Kept(), world.env());
    if (decided.ok()) Store(File(one), decided->after, decided->also);
    return decided.ok();
  }

  bool Merge(int absorbed, int survivor) {
    v1::DuplicateRecord pair;
    NamePair(files[File(absorbed)].person(), files[File(survivor)].person(),
             pair.mutable_candidate());
    pair.mutable_candidate()->set_state(v1::DuplicateCandidate::OPEN);
    v1::MergePersonsRequest request;
    request.set_survivor(File(survivor));
    auto decided = ComposeMerge(pair, request, Kept(), world.env());
    if (!decided.ok()) return false;
    pairs[pair.candidate().name()] = decided->after;
    Store("", {}, decided->also);
    return true;
  }

  bool Unmerge(int absorbed, int survivor) {
    auto& pair = pairs[CandidateName(File(absorbed), File(survivor))];
    auto decided = ComposeUnmerge(pair, {}, Kept(), world.env());
    if (!decided.ok()) return false;
    Store("", {}, decided->also);
    return true;
  }

  Said Of(int number) const {
    Said said;
    for (const auto& relation : files.at(File(number)).person().relations()) {
      EXPECT_TRUE(said.emplace(relation.other(), relation.type()).second) << "shown twice";
    }
    return said;
  }
};

constexpr auto kParent = v1::Relation::PARENT, kChild = v1::Relation::CHILD,
               kSibling = v1::Relation::SIBLING;

TEST(Kin, RelativeNamesTheFileThatGoesOnThroughTwoMerges) {
  Families of(4);
  ASSERT_TRUE(of.Relate(1, 4, kChild));
  ASSERT_TRUE(of.Merge(1, 2));
  ASSERT_TRUE(of.Merge(2, 3));
  EXPECT_THAT(of.Of(4), ElementsAre(std::pair(File(3), kParent)));
  EXPECT_THAT(of.Of(3), ElementsAre(std::pair(File(4), kChild)));
  ASSERT_TRUE(of.Unmerge(2, 3));
  EXPECT_THAT(of.Of(4), ElementsAre(std::pair(File(2), kParent)));
  EXPECT_THAT(of.Of(3), IsEmpty());
  ASSERT_TRUE(of.Unmerge(1, 2));
  EXPECT_THAT(of.Of(4), ElementsAre(std::pair(File(1), kParent)));
  EXPECT_THAT(of.Of(1), ElementsAre(std::pair(File(4), kChild)));
}

TEST(Kin, WhatEndedDuringTwoMergesHasEnded) {
  Families of(4);
  ASSERT_TRUE(of.Relate(1, 4, kChild));
  ASSERT_TRUE(of.Merge(1, 2));
  ASSERT_TRUE(of.Merge(2, 3));
  ASSERT_TRUE(of.Unrelate(4, 3, kParent));
  ASSERT_TRUE(of.Unmerge(2, 3));
  ASSERT_TRUE(of.Unmerge(1, 2));
  for (int i = 1; i <= 4; ++i) EXPECT_THAT(of.Of(i), IsEmpty()) << i;
}

TEST(Kin, RelativeWhoWasMergedHimselfIsNamedAsHeGoesOn) {
  Families of(4);
  ASSERT_TRUE(of.Relate(1, 3, kChild));
  ASSERT_TRUE(of.Merge(1, 2));
  ASSERT_TRUE(of.Merge(3, 4));
  EXPECT_THAT(of.Of(2), ElementsAre(std::pair(File(4), kChild)));
  ASSERT_TRUE(of.Unmerge(1, 2));
  EXPECT_THAT(of.Of(1), ElementsAre(std::pair(File(4), kChild)));
  EXPECT_THAT(of.Of(4), ElementsAre(std::pair(File(1), kParent)));
  ASSERT_TRUE(of.Unmerge(3, 4));
  EXPECT_THAT(of.Of(1), ElementsAre(std::pair(File(3), kChild)));
  EXPECT_THAT(of.Of(3), ElementsAre(std::pair(File(1), kParent)));
}

TEST(Kin, NobodyIsRelatedToTheirOwnFile) {
  Families of(3);
  ASSERT_TRUE(of.Relate(1, 2, kSibling));
  ASSERT_TRUE(of.Merge(1, 2));
  EXPECT_THAT(of.Of(2), IsEmpty());
  ASSERT_TRUE(of.Merge(2, 3));
  EXPECT_THAT(of.Of(3), IsEmpty());
  ASSERT_TRUE(of.Unmerge(2, 3));
  EXPECT_THAT(of.Of(2), IsEmpty());
  ASSERT_TRUE(of.Unmerge(1, 2));
  EXPECT_THAT(of.Of(1), ElementsAre(std::pair(File(2), kSibling)));
  EXPECT_THAT(of.Of(2), ElementsAre(std::pair(File(1), kSibling)));
  EXPECT_EQ(of.files[File(1)].all_relations_size(), 0);
}

// The same as the files say, told by the relations alone: each is between two files, and stands to
// whom those two are one with by now.
struct Told {
  struct Line {
    int ends[2];
    v1::Relation::Type type;  // of the second end to the first
    bool ended = false;
  };
  std::vector<Line> lines;
  std::map<int, int> into;

  int Now(int file) const {
    while (into.contains(file)) file = into.at(file);
    return file;
  }
  // Ends those that stand so now.
  void End(int one, int other, v1::Relation::Type type) {
    for (Line& line : lines) {
      for (int side : {0, 1}) {
        const bool so = Now(line.ends[side]) == one && Now(line.ends[1 - side]) == other;
        if (so && (side == 0 ? line.type : InverseOf(line.type)) == type) line.ended = true;
      }
    }
  }
  Said Of(int file) const {
    Said said;
    for (const Line& line : lines) {
      const int ends[] = {Now(line.ends[0]), Now(line.ends[1])};
      if (line.ended || ends[0] == ends[1]) continue;
      if (ends[0] == file) said.emplace(File(ends[1]), line.type);
      if (ends[1] == file) said.emplace(File(ends[0]), InverseOf(line.type));
    }
    return said;
  }
};

// Whatever is related, ended, merged and taken apart, in whatever order.
TEST(Kin, FilesSayWhatTheRelationsAre) {
  int merged = 0, apart = 0, ended = 0;
  EXPECT_TRUE(rc::check("files and relations agree", [&] {
    Families of(6);
    Told told;
    using Acts = std::vector<std::tuple<int, int, int, int>>;
    const auto act = rc::gen::tuple(rc::gen::inRange(0, 6), rc::gen::inRange(1, 7),
                                    rc::gen::inRange(1, 7), rc::gen::inRange(1, 3));
    const auto acts = *rc::gen::container<Acts>(rc::gen::resize(100, act));
    for (const auto& [what, one, other, kind] : acts) {
      const auto type = static_cast<v1::Relation::Type>(kind);
      if (one == other) continue;
      if (what < 3 && of.Relate(one, other, type)) {
        told.lines.push_back({{one, other}, type});
      } else if (what == 3 && of.Unrelate(one, other, type)) {
        told.End(one, other, type);
        ++ended;
      } else if (what == 4 && of.Merge(one, other)) {
        told.into[one] = other;
        ++merged;
      } else if (what > 4 && !told.into.empty()) {
        const auto [absorbed, survivor] =
            *std::next(told.into.begin(), static_cast<int>(one % told.into.size()));
        if (!of.Unmerge(absorbed, survivor)) continue;
        told.into.erase(absorbed);
        ++apart;
      }
      for (int i = 1; i <= 6; ++i) {
        if (!told.into.contains(i)) RC_ASSERT(of.Of(i) == told.Of(i));
      }
    }
  }));
  std::printf("%d merged, %d taken apart, %d relations ended\n", merged, apart, ended);
  EXPECT_GT(merged, 150);
  EXPECT_GT(apart, 80);
  EXPECT_GT(ended, 20);
}

}  // namespace
}  // namespace pingan::population
