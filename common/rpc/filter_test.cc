#include "common/rpc/filter.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/testing/matchers.h"

namespace pingan::rpc {
namespace {

using common::v1::FILTER_INVALID;
using store::Condition;
using testing::Fails;
using testing::NamesField;

const Table& Things() {
  static const Table* const table =
      new Table{.spec = {.name = "things",
                         .columns = {{"state"},
                                     {"word"},
                                     {"load"},
                                     {"major", store::Type::kInteger},
                                     {"size", store::Type::kInteger},
                                     {"create_time", store::Type::kInteger},
                                     {"hidden"}},
                         .orders = {{"create_time"}, {"size"}}},
                .filters = {{"state", {FilterKind::kEnum, common::v1::Sensitivity_descriptor()}},
                            {"load", {FilterKind::kRank, common::v1::Load_descriptor()}},
                            {"word", {FilterKind::kText}},
                            {"secret", {FilterKind::kSealed}},
                            {"major", {FilterKind::kBool}},
                            {"size", {FilterKind::kInteger}},
                            {"create_time", {FilterKind::kTime}}},
                .default_order = "create_time desc"};
  return *table;
}

// "state = s:OPEN, size > i:3"
std::string Shown(const std::vector<Condition>& conditions) {
  static constexpr const char* kSigns[] = {"=", "!=", "<", "<=", ">", ">="};
  return absl::StrJoin(conditions, ", ", [](std::string* out, const Condition& c) {
    const auto* number = std::get_if<int64_t>(&c.value);
    absl::StrAppend(out, c.column, " ", kSigns[c.op], " ",
                    number ? absl::StrCat("i:", *number) : "s:" + std::get<std::string>(c.value));
  });
}

TEST(ParseFilter, ReadsConditions) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"   ", ""},
      {"word = \"OPEN\"", "word = s:OPEN"},
      {"word=OPEN", "word = s:OPEN"},
      {"word != \"\"", "word != s:"},
      {R"(word = "a\"b\\c")", R"(word = s:a"b\c)"},
      {"word = \"x AND size = 1\"", "word = s:x AND size = 1"},
      {"size < 3 AND size <= 4 AND size > -5 AND size >= 6",
       "size < i:3, size <= i:4, size > i:-5, size >= i:6"},
      {"major = true AND major != false", "major = i:1, major != i:0"},
      {"create_time <= \"1970-01-01T08:00:01+08:00\"", "create_time <= i:1000000"},
      {"create_time >= \"1970-01-01T08:00:01+08:00\"",
       "create_time < i:9223372036854775807, create_time >= i:1000000"},
      {"create_time > \"1970-01-01T08:00:01+08:00\"",
       "create_time < i:9223372036854775807, create_time > i:1000000"},
      {"word = \"矛盾\"", "word = s:矛盾"},
      {"word = \"'; DROP TABLE things; --\"", "word = s:'; DROP TABLE things; --"},
      {"state = \"PHONE\" AND state != NAME", "state = s:PHONE, state != s:NAME"},
      {"state = \"SENSITIVITY_UNSPECIFIED\"", "state = s:SENSITIVITY_UNSPECIFIED"},
      {"load = LIST", "load = s:LIST"},
  };
  for (const auto& [filter, want] : cases) {
    ASSERT_OK_AND_ASSIGN(const auto conditions, ParseFilter(Things(), filter));
    EXPECT_EQ(Shown(conditions), want) << filter;
  }
}

// By number: CASEWORK, READ, LIST, STATISTICS, EXPORT. By alphabet EXPORT would come before LIST.
TEST(ParseFilter, ComparesRanksByNumber) {
  const std::string unset = "load != s:LOAD_UNSPECIFIED";
  const std::pair<const char*, std::string> cases[] = {
      {"load < LIST", unset + ", load != s:LIST, load != s:STATISTICS, load != s:EXPORT"},
      {"load <= LIST", unset + ", load != s:STATISTICS, load != s:EXPORT"},
      {"load > LIST", unset + ", load != s:CASEWORK, load != s:READ, load != s:LIST"},
      {"load >= LIST", unset + ", load != s:CASEWORK, load != s:READ"},
      {"load >= LOAD_UNSPECIFIED", unset},
      {"load > STATISTICS AND size = 1", unset +
                                             ", load != s:CASEWORK, load != s:READ, "
                                             "load != s:LIST, load != s:STATISTICS, size = i:1"},
  };
  for (const auto& [filter, want] : cases) {
    ASSERT_OK_AND_ASSIGN(const auto conditions, ParseFilter(Things(), filter));
    EXPECT_EQ(Shown(conditions), want) << filter;
  }
}

TEST(ParseFilter, SaysWhatWasWantedWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"hidden = 1", "want a column that can be filtered by at character 1"},
      {"area = \"41\"", "want a column that can be filtered by at character 1"},
      {"STATE = 1", "want a column that can be filtered by at character 1"},
      {"state", "want = != < <= > or >= at character 6"},
      {"state ~ 1", "want = != < <= > or >= at character 7"},
      {"state =", "want a value at character 8"},
      {"state = \"open", "want a closing quote at character 9"},
      {"state = \"open\\", "want a closing quote at character 9"},
      {"state = \"OPEN\"",
       "want one of SENSITIVITY_UNSPECIFIED NAME ID_NUMBER PHONE ADDRESS FREE_TEXT at character 9"},
      {"state != name",
       "want one of SENSITIVITY_UNSPECIFIED NAME ID_NUMBER PHONE ADDRESS FREE_TEXT at character "
       "10"},
      {"state = \"\"",
       "want one of SENSITIVITY_UNSPECIFIED NAME ID_NUMBER PHONE ADDRESS FREE_TEXT at character 9"},
      {"state < NAME", "want = or != for what has no order at character 7"},
      {"load < 3",
       "want one of LOAD_UNSPECIFIED CASEWORK READ LIST STATISTICS EXPORT at character 8"},
      {"size = three", "want a whole number at character 8"},
      {"size = 9223372036854775808", "want a whole number at character 8"},
      {"size = 1.5", "want a whole number at character 8"},
      {"major = 1", "want true or false at character 9"},
      {"create_time > \"yesterday\"",
       "want a time such as \"2026-01-31T00:00:00Z\" at character 15"},
      {"size = 1 OR size = 2", "want AND at character 10"},
      {"size = 1 and size = 2", "want AND at character 10"},
      {"size = 1 AND", "want a column that can be filtered by at character 13"},
      {"(size = 1)", "want a column that can be filtered by at character 1"},
      {"size = 1;", "want AND at character 9"},
  };
  for (const auto& [filter, want] : cases) {
    const auto conditions = ParseFilter(Things(), filter);
    ASSERT_THAT(conditions, Fails(absl::StatusCode::kInvalidArgument, FILTER_INVALID)) << filter;
    ASSERT_THAT(conditions.status(), NamesField("filter"));
    EXPECT_EQ(DetailsOf(conditions.status()).fields.front().problem, want) << filter;
  }
}

TEST(ParseFilter, TakesSixteenConditions) {
  std::string filter = "size > 0";
  for (int i = 1; i < 16; ++i) absl::StrAppend(&filter, " AND size > ", i);
  ASSERT_OK_AND_ASSIGN(const auto conditions, ParseFilter(Things(), filter));
  EXPECT_EQ(conditions.size(), 16u);
  EXPECT_THAT(ParseFilter(Things(), filter + " AND size > 16"),
              Fails(absl::StatusCode::kInvalidArgument, FILTER_INVALID));
}

TEST(ParseOrderBy, ReadsDeclaredOrders) {
  const struct {
    const char *text, *column;
    bool descending;
  } cases[] = {{"", "create_time", true},
               {"create_time", "create_time", false},
               {"create_time asc", "create_time", false},
               {"size desc", "size", true},
               {"  size   desc ", "size", true}};
  for (const auto& c : cases) {
    ASSERT_OK_AND_ASSIGN(const OrderBy order, ParseOrderBy(Things(), c.text));
    EXPECT_EQ(order.column, c.column) << c.text;
    EXPECT_EQ(order.descending, c.descending) << c.text;
  }
  for (const char* text :
       {"state", "size DESC", "size desc desc", "size, create_time", "-size", " "}) {
    const auto order = ParseOrderBy(Things(), text);
    EXPECT_THAT(order, Fails(absl::StatusCode::kInvalidArgument, FILTER_INVALID)) << text;
    EXPECT_THAT(order.status(), NamesField("order_by")) << text;
  }
}

}  // namespace
}  // namespace pingan::rpc
