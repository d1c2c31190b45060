#include "tools/pinganctl/persons/columns.h"

#include <set>

#include "common/testing/matchers.h"
#include "tools/pinganctl/persons/advice.h"
#include "tools/pinganctl/persons/cells.h"

namespace pingan::ctl {
namespace {

using testing::Fails;
using ::testing::HasSubstr;
namespace v1 = population::v1;

constexpr char kVillage[] = "411602001002";

Head Of(const std::vector<std::string>& cells) {
  return *Head::Of(cells, {"list", kVillage, "FLOATING"}, false);
}

TEST(Columns, AreNamedOnceAndLeadToFieldsThatExist) {
  std::set<std::string> names;
  const auto* descriptor = v1::ImportPersonsRequest::descriptor();
  for (const Column& column : PersonColumns()) {
    EXPECT_TRUE(names.insert(column.name).second) << column.name;
    for (const char* zh : column.zh) EXPECT_TRUE(names.insert(zh).second) << zh;
    EXPECT_EQ(ColumnOfPath(column.path), &column) << column.path;
    const google::protobuf::Descriptor* message = descriptor;
    std::string path = column.path;
    for (size_t dot = 0; dot != std::string::npos && message != nullptr;) {
      dot = path.find('.');
      const auto* field = message->FindFieldByName(path.substr(0, path.find_first_of(".[")));
      ASSERT_NE(field, nullptr) << column.path;
      message = field->message_type();
      path.erase(0, dot + 1);
    }
  }
}

TEST(Columns, TakeARowAsPeopleWriteIt) {
  const Head head = Of({"姓名", "性别", "民族", "身份证号", "人口类别", "曾用名", "现住址",
                        "入住日期", "工作单位", "从业日期", "居住证号", "居住证签注日期"});
  v1::ImportPersonsRequest row;
  const auto problems = head.Read(7,
                                  {"王芳", "女", "汉", "x", "20", "王花；王小花", "一村1号",
                                   "2026年3月2日", "某厂", "2025/1/9", "A1", "2024.1.2、20250103"},
                                  &row);
  EXPECT_TRUE(problems.empty()) << problems.front().reason;
  EXPECT_EQ(row.row_id(), "list-7");
  const v1::Person& person = row.person();
  EXPECT_EQ(person.area(), kVillage);
  EXPECT_EQ(person.kind(), v1::FLOATING);
  EXPECT_EQ(person.sex(), v1::FEMALE);
  EXPECT_EQ(person.ethnicity(), "01");
  EXPECT_EQ(person.former_names_size(), 2);
  EXPECT_EQ(person.documents(0).document_type(), "111");
  EXPECT_EQ(person.residences(0).from_date(), "2026-03-02");
  EXPECT_EQ(person.residences(0).area(), kVillage);
  EXPECT_EQ(person.residences(0).kind(), v1::Residence::MAIN);
  EXPECT_EQ(person.employments(0).from_date(), "2025-01-09");
  EXPECT_EQ(person.permit().state(), v1::ResidencePermit::VALID);
  EXPECT_EQ(person.permit().endorsements(1).date(), "2025-01-03");
}

TEST(Columns, NameEveryBadCellOfARow) {
  const Head head = Of({"row_id", "display_name", "sex", "ethnicity", "birth_date"});
  v1::ImportPersonsRequest row;
  const auto problems = head.Read(2, {"11010519491231002X", "王芳", "F", "魏", "31/12/1990"}, &row);
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_STREQ(problems[0].column->name, "sex");
  EXPECT_STREQ(problems[1].column->name, "ethnicity");
  EXPECT_STREQ(problems[2].column->name, "birth_date");
  EXPECT_STREQ(problems[3].column->name, "row_id");
  EXPECT_EQ(row.row_id(), "") << "an identity number would stand in the logs";
  EXPECT_THAT(head.Read(3, {"x"}, &row).front().reason, HasSubstr("has 1 cells, the first line 5"));
}

TEST(Columns, ARowThatCannotBeReadHasItsIdWhereThatIsSure) {
  const Head own = Of({"row_id", "display_name"}), last = Of({"display_name", "row_id"});
  EXPECT_EQ(own.RowId(7, {"a-1"}), "a-1");
  EXPECT_EQ(own.RowId(7, {}), "");
  EXPECT_EQ(own.RowId(7, {"11010519491231002X"}), "")
      << "an identity number would stand in the report";
  EXPECT_EQ(last.RowId(7, {"王芳"}), "");
  EXPECT_EQ(Of({"display_name"}).RowId(7, {}), "list-7");
  v1::ImportPersonsRequest row;
  EXPECT_EQ(own.Read(7, {"a-1", "王芳", "x"}, &row).size(), 1u);
  EXPECT_EQ(row.row_id(), "a-1");
  EXPECT_EQ(last.Read(7, {"王", "芳", "a-1"}, &row).size(), 1u);
  EXPECT_EQ(row.row_id(), "") << "which cell is one too many is not known";
}

TEST(Columns, ARowIdIsOneThatTheServiceTakes) {
  const Head head = Of({"row_id", "display_name"});
  v1::ImportPersonsRequest row;
  const std::string longest(64, 'x');
  EXPECT_TRUE(head.Read(2, {longest, "王芳"}, &row).empty());
  EXPECT_EQ(row.row_id(), longest);
  for (const std::string& id : {longest + "x", std::string(300, 'x'), std::string("王芳")}) {
    const auto problems = head.Read(3, {id, "王芳"}, &row);
    ASSERT_EQ(problems.size(), 1u) << id;
    EXPECT_STREQ(problems[0].column->name, "row_id");
    EXPECT_EQ(problems[0].reason, "does not match [A-Za-z0-9._-]{1,64}");
    EXPECT_EQ(row.row_id(), "") << "it may hold anything";
  }
}

TEST(Columns, AFirstLineThatIsNotUnderstoodIsAnErrorOfUsage) {
  const auto problem = [](const std::vector<std::string>& cells, Head::Defaults defaults) {
    const auto head = Head::Of(cells, std::move(defaults), false);
    EXPECT_THAT(head, Fails(absl::StatusCode::kInvalidArgument, common::v1::REASON_UNSPECIFIED));
    return std::string(head.status().message());
  };
  EXPECT_THAT(problem({"姓名", "星座"}, {"l", kVillage, "FLOATING"}), HasSubstr("星座"));
  EXPECT_THAT(problem({"姓名", "display_name"}, {"l", kVillage, "FLOATING"}), HasSubstr("twice"));
  EXPECT_THAT(problem({"姓名"}, {"l", "", "FLOATING"}), HasSubstr("--area"));
  EXPECT_THAT(problem({"姓名"}, {"l", kVillage, ""}), HasSubstr("--kind"));
  EXPECT_THAT(problem({"姓名"}, {"", kVillage, "FLOATING"}), HasSubstr("--ledger"));
  EXPECT_THAT(problem({"姓名"}, {"l", kVillage, "人"}), HasSubstr("--kind: want one of"));
  EXPECT_THAT(problem({"性别"}, {"l", kVillage, "FLOATING"}), HasSubstr("姓名"));
  for (const char* whole : {"姓名;性别", "姓名\t性别"}) {
    EXPECT_THAT(problem({whole}, {"l", kVillage, "FLOATING"}), HasSubstr("want commas"));
  }
  EXPECT_OK(Head::Of({"姓名", "星座"}, {"l", kVillage, "FLOATING"}, true));
}

TEST(Columns, ARefusedFieldLeadsToItsColumn) {
  const struct {
    const char* path;
    const char* column;
  } kRows[] = {
      {"person.documents[0]", "document_type"},
      {"person.documents[0].document_number", "document_number"},
      {"person.permit.endorsements[2].date", "permit_endorse_dates"},
      {"row_id", "row_id"},
  };
  for (const auto& row : kRows) {
    ASSERT_NE(ColumnOfPath(row.path), nullptr) << row.path;
    EXPECT_STREQ(ColumnOfPath(row.path)->name, row.column);
  }
  EXPECT_EQ(ColumnOfPath("person"), nullptr);
  EXPECT_EQ(ColumnOfPath(""), nullptr);
}

TEST(Advice, SaysWhatToDoAndNotWhatTheCellHolds) {
  const auto areas = area::Tree::Load("common/area/data/zhoukou.tsv");
  ASSERT_OK(areas);
  const struct {
    const char* path;
    const char* reason;
    const char* cell;
    const char* advice;
  } kRows[] = {
      {"person.area", "no such area", "411602001999", "areas list 411602001"},
      {"person.area", "no such area", "990000000000", "no county of this city"},
      {"person.documents[0].document_number", "want an ID number of 18 characters", "4.116E+17",
       "the spreadsheet has rounded it"},
      {"person.documents[0].document_number", "the check character does not match",
       "990001199005170010", "compare it with the card"},
      {"person.sex", "is not that of the citizen ID", "男", "or leave this empty"},
      {"person.ethnicity", "no such ethnicity", "魏", "01 汉族"},
      {"person.birth_date", "the day does not exist", "2023-02-30", "write it as 2026-03-02"},
      {"person.residences[0].from_date", "want a day as 2026-03-02", "", "fill it in"},
      {"person.phone", "does not match [0-9+ -]*", "138OO", "write it in digits"},
      {"person.employments[0].credit_code", "the check character does not match", "9141",
       "compare it with the licence"},
      {"row_id", "REQUEST_ID_REUSED: was stored before", "7", "changed in the register"},
      {"person.display_name", "is longer than 50 characters", "x", ""},
  };
  for (const auto& row : kRows) {
    const std::string advice = Advice({ColumnOfPath(row.path), row.reason}, row.cell, &*areas);
    EXPECT_THAT(advice, HasSubstr(row.advice)) << row.path;
    EXPECT_EQ(advice.find("990001"), std::string::npos) << "a number must not be printed";
  }
}

TEST(Cells, ADayIsOneInForm) {
  EXPECT_EQ(DayOfCell("2026/3/2"), "2026-03-02");
  EXPECT_EQ(DayOfCell("20260302"), "2026-03-02");
  EXPECT_EQ(DayOfCell("2026-02-30"), "2026-02-30") << "the service says that it does not exist";
  EXPECT_EQ(DayOfCell("2026年3月2日"), "2026-03-02");
  EXPECT_EQ(DayOfCell("2026.12.2"), "2026-12-02");
  for (const char* cell :
       {"3/2/2026", "2026-3/2", "2026年3-2", "2026/3/2日", "2026032", "2026-3"}) {
    EXPECT_EQ(DayOfCell(cell), std::nullopt) << cell;
  }
  EXPECT_EQ(DayOfCell("去年"), std::nullopt);
  EXPECT_EQ(CodeOfCell("ethnicity", "Han"), "01");
  EXPECT_EQ(CodeOfCell("dwelling-kind", "单位"), "05");
  EXPECT_EQ(CodeOfCell("dwelling-kind", "临时"), "06");
  EXPECT_EQ(CodeOfCell("ethnicity", "族"), std::nullopt);
}

}  // namespace
}  // namespace pingan::ctl
