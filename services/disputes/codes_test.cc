#include "services/disputes/codes.h"

#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "pingan/disputes/v1/dispute.pb.h"

namespace pingan::disputes {
namespace {

std::map<std::string, common::v1::CodeList> ByName() {
  std::map<std::string, common::v1::CodeList> lists;
  for (const auto& list : CodeLists()) lists[list.name()] = list;
  return lists;
}

TEST(Codes, EveryListIsWellFormed) {
  EXPECT_EQ(CodeLists().size(), 8u);
  for (const auto& list : CodeLists()) {
    EXPECT_FALSE(list.version().empty()) << list.name();
    EXPECT_FALSE(list.source().empty()) << list.name();
    std::set<std::string> codes;
    for (const auto& code : list.codes()) {
      EXPECT_TRUE(codes.insert(code.code()).second) << list.name() << " " << code.code();
      EXPECT_FALSE(code.label_zh().empty()) << list.name() << " " << code.code();
      EXPECT_FALSE(code.label_en().empty()) << list.name() << " " << code.code();
      EXPECT_TRUE(code.parent().empty() || codes.contains(code.parent())) << code.code();
    }
  }
}

// GB/T 31000-2015: 17 groups; the number of codes in each.
TEST(Codes, CategoriesAreComplete) {
  const std::map<std::string, int> kGroups = {{"01", 4}, {"02", 4}, {"03", 4}, {"04", 4}, {"05", 8},
                                              {"06", 5}, {"07", 5}, {"08", 5}, {"09", 5}, {"10", 7},
                                              {"11", 6}, {"12", 4}, {"13", 8}, {"14", 4}, {"15", 3},
                                              {"16", 2}, {"99", 0}};
  std::map<std::string, int> groups;
  const common::v1::CodeList categories = ByName()["dispute-category"];
  for (const auto& code : categories.codes()) {
    if (code.parent().empty()) {
      groups[code.code()];
    } else {
      EXPECT_EQ(code.code().substr(0, 2), code.parent());
      ++groups[code.parent()];
    }
  }
  EXPECT_EQ(groups, kGroups);
}

TEST(Codes, EnumListsAreTheEnums) {
  const std::map<std::string, const google::protobuf::EnumDescriptor*> kEnums = {
      {"scale", v1::Scale_descriptor()},
      {"risk", v1::Risk_descriptor()},
      {"level", v1::Level_descriptor()},
      {"source", v1::Source_descriptor()}};
  for (const auto& [name, descriptor] : kEnums) {
    const common::v1::CodeList list = ByName()[name];
    ASSERT_EQ(list.codes_size(), descriptor->value_count() - 1) << name;
    for (int i = 0; i < list.codes_size(); ++i) {
      EXPECT_EQ(list.codes(i).code(), descriptor->value(i + 1)->name());
    }
  }
}

TEST(Codes, Leaves) {
  for (const char* leaf : {"0101", "0299", "1602", "99"}) EXPECT_TRUE(IsLeafCategory(leaf)) << leaf;
  for (const char* other : {"", "01", "16", "0105", "9999", "1499"}) {
    EXPECT_FALSE(IsLeafCategory(other)) << other;
  }
  EXPECT_TRUE(IsCause("enterprise-restructuring"));
  EXPECT_FALSE(IsCause("0101"));
  EXPECT_FALSE(IsMethod("98"));
  for (const char* type : {"111", "414", "USCC"}) EXPECT_TRUE(IsDocumentType(type)) << type;
  for (const char* type : {"", "zzz", "110"}) EXPECT_FALSE(IsDocumentType(type)) << type;
  for (const std::string& route : OtherRoutes()) EXPECT_TRUE(IsMethod(route)) << route;
}

TEST(Codes, AssignmentRulesAreWhole) {
  const RuleTable& table = AssignmentTable();
  EXPECT_FALSE(table.version.empty());
  ASSERT_FALSE(table.rows.empty());
  std::set<std::string> rules;
  bool anything = false;
  for (const auto& row : table.rows) {
    ASSERT_EQ(row.size(), 6u) << row[0];
    EXPECT_TRUE(rules.insert(row[0]).second) << row[0];
    v1::Level level;
    EXPECT_TRUE(v1::Level_Parse(row[3], &level)) << row[0];
    anything |= row[1] == "-" && row[2] == "-";
  }
  EXPECT_TRUE(anything) << "want a rule for whatever has none";
}

}  // namespace
}  // namespace pingan::disputes
