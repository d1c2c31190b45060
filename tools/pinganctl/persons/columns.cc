#include "tools/pinganctl/persons/columns.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/pinganctl/persons/put.h"
#include "tools/pinganctl/upload/rows.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

const std::vector<Column>* MakeColumns() {
  // clang-format off
  return new std::vector<Column>{
    {"row_id", {"行编号", "编号"}, "row_id"},
    {"area", {"区划代码", "现住地区划代码"}, "person.area"},
    {"kind", {"人口类别"}, "person.kind", "",
     {{"户籍人口", "HOUSEHOLD"}, {"流动人口", "FLOATING"}, {"境外人员", "FROM_ABROAD"},
      {"未落户人员", "UNREGISTERED"}, {"10", "HOUSEHOLD"}, {"20", "FLOATING"}, {"30", "FROM_ABROAD"},
      {"40", "UNREGISTERED"}}},
    {"display_name", {"姓名"}, "person.display_name"},
    {"former_names", {"曾用名"}, "person.former_names"},
    {"document_type", {"证件类型"}, "person.documents[0].document_type", "document-type"},
    {"document_number", {"公民身份号码", "身份证号", "身份证号码", "证件号码"},
     "person.documents[0].document_number"},
    {"sex", {"性别"}, "person.sex", "",
     {{"男", "MALE"}, {"女", "FEMALE"}, {"1", "MALE"}, {"2", "FEMALE"}}},
    {"birth_date", {"出生日期"}, "person.birth_date"},
    {"ethnicity", {"民族"}, "person.ethnicity", "ethnicity"},
    {"education", {"学历", "文化程度"}, "person.education", "education"},
    {"household_area", {"户籍地区划代码"}, "person.household_area"},
    {"household_address", {"户籍地址"}, "person.household_address"},
    {"phone", {"联系电话", "手机号", "电话"}, "person.phone"},
    {"external_ids", {"外部编号"}, "person.external_ids"},
    {"address", {"现住址", "居住地址"}, "person.residences[0].address"},
    {"dwelling", {"房屋编号"}, "person.residences[0].dwelling"},
    {"from_date", {"入住日期", "居住登记日期"}, "person.residences[0].from_date"},
    {"inflow_reason", {"流入原因"}, "person.residences[0].inflow_reason", "inflow-reason"},
    {"dwelling_kind", {"住所类型"}, "person.residences[0].dwelling_kind", "dwelling-kind"},
    {"employer", {"工作单位"}, "person.employments[0].employer"},
    {"credit_code", {"统一社会信用代码"}, "person.employments[0].credit_code"},
    {"occupation", {"职业"}, "person.employments[0].occupation"},
    {"work_from_date", {"从业日期"}, "person.employments[0].from_date"},
    {"permit_number", {"居住证号"}, "person.permit.number"},
    {"permit_issue_date", {"居住证签发日期"}, "person.permit.issue_date"},
    {"permit_endorse_dates", {"居住证签注日期"}, "person.permit.endorsements"},
    {"permit_state", {"居住证状态"}, "person.permit.state", "",
     {{"有效", "VALID"}, {"中止", "SUSPENDED"}}},
  };
  // clang-format on
}

const Column* ColumnOfHeading(const std::string& heading) {
  const std::string name = absl::AsciiStrToLower(heading);
  for (const Column& column : PersonColumns()) {
    if (name == column.name) return &column;
    for (const char* zh : column.zh) {
      if (heading == zh) return &column;
    }
  }
  return nullptr;
}

const Column* ColumnOfName(std::string_view name) {
  return ColumnOfHeading(std::string(name));
}

// What the service wants said and a list seldom says.
void Complete(v1::ImportPersonsRequest* row) {
  v1::Person& person = *row->mutable_person();
  for (auto& document : *person.mutable_documents()) {
    if (document.document_type().empty()) document.set_document_type("111");
  }
  for (auto& home : *person.mutable_residences()) {
    home.set_kind(v1::Residence::MAIN);
    home.set_area(person.area());
    home.set_source(v1::Residence::OLD_LEDGER);
  }
  for (auto& job : *person.mutable_employments()) job.set_source(v1::LEDGER);
  if (person.has_permit() && person.permit().state() == v1::ResidencePermit::STATE_UNSPECIFIED) {
    person.mutable_permit()->set_state(v1::ResidencePermit::VALID);
  }
}

}  // namespace

const std::vector<Column>& PersonColumns() {
  static const auto* const columns = MakeColumns();
  return *columns;
}

std::string ColumnsText() {
  std::string text;
  for (const Column& column : PersonColumns()) {
    absl::StrAppend(&text, "  ", column.name,
                    std::string(22 - std::string(column.name).size(), ' '),
                    absl::StrJoin(column.zh, ", "), "\n");
  }
  return text;
}

const Column* ColumnOfPath(std::string_view path) {
  const Column* found = nullptr;
  for (const Column& column : PersonColumns()) {
    const std::string_view own = column.path;
    if (own == path) return &column;
    const bool within = path.starts_with(own) && !own.empty();
    const bool around = own.starts_with(path) && path.size() > std::string_view("person.").size();
    if (found == nullptr && (within || around)) found = &column;
  }
  return found;
}

StatusOr<Head> Head::Of(const std::vector<std::string>& cells, Defaults defaults,
                        bool extra_columns) {
  Head head;
  head.defaults_ = std::move(defaults);
  std::set<const Column*> seen;
  if (cells.size() == 1 && cells[0].find_first_of(";\t") != std::string::npos) {
    return absl::InvalidArgumentError(
        "want commas between the columns: save it as CSV with commas");
  }
  for (const std::string& cell : cells) {
    const Column* column = ColumnOfHeading(cell);
    if (column == nullptr && !extra_columns) {
      return absl::InvalidArgumentError(
          absl::StrCat("no column ", cell, " is known; --extra_columns passes over it"));
    }
    if (column != nullptr && !seen.insert(column).second) {
      return absl::InvalidArgumentError(absl::StrCat("the column ", cell, " comes twice"));
    }
    head.columns_.push_back(column);
    head.headings_.push_back(cell);
  }
  if (head.defaults_.ledger.empty() && !seen.contains(ColumnOfName("row_id"))) {
    return absl::InvalidArgumentError("want --ledger, the list's name for good: no column row_id");
  }
  if (!head.defaults_.kind.empty()) {
    v1::ImportPersonsRequest row;
    const std::string problem = Put(*ColumnOfName("kind"), head.defaults_.kind, &row);
    if (!problem.empty()) return absl::InvalidArgumentError("--kind: " + problem);
  }
  const std::pair<const char*, bool> wanted[] = {{"display_name", false},
                                                 {"area", !head.defaults_.area.empty()},
                                                 {"kind", !head.defaults_.kind.empty()}};
  for (const auto& [name, given] : wanted) {
    const Column* column = ColumnOfName(name);
    if (given || seen.contains(column)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("the first line lacks the column ", name, " ", column->zh.front(),
                     std::string(name) == "display_name" ? "" : absl::StrCat("; or say --", name)));
  }
  return head;
}

std::string Head::RowId(int64_t line, const std::vector<std::string>& cells) const {
  const auto at = std::find(columns_.begin(), columns_.end(), ColumnOfName("row_id"));
  const auto index = static_cast<size_t>(at - columns_.begin());
  std::string row_id = absl::StrCat(defaults_.ledger, "-", line);
  if (at != columns_.end()) row_id = index < cells.size() ? cells[index] : "";
  return FitRowId(v1::ImportPersonsRequest::default_instance(), row_id);
}

std::vector<CellProblem> Head::Read(int64_t line, const std::vector<std::string>& cells,
                                    v1::ImportPersonsRequest* row) const {
  row->Clear();
  std::vector<CellProblem> problems;
  const auto put = [&](const Column& column, const std::string& cell) {
    std::string problem = Put(column, cell, row);
    if (!problem.empty()) problems.push_back({&column, std::move(problem)});
  };
  if (cells.size() != columns_.size()) {
    problems.push_back(
        {nullptr, absl::StrCat("has ", cells.size(), " cells, the first line ", columns_.size())});
    // Which cell is one too many is not known: the first is at its place.
    row->set_row_id(RowId(line, {cells.begin(), cells.begin() + !cells.empty()}));
    return problems;
  }
  row->set_row_id(absl::StrCat(defaults_.ledger, "-", line));
  row->mutable_person()->set_area(defaults_.area);
  if (!defaults_.kind.empty()) put(*ColumnOfName("kind"), defaults_.kind);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (columns_[i] != nullptr && !cells[i].empty()) put(*columns_[i], cells[i]);
  }
  std::string unfit = ProblemOfRowId(*row);
  if (!unfit.empty()) {
    problems.push_back({ColumnOfName("row_id"), std::move(unfit)});
    row->clear_row_id();
  }
  Complete(row);
  return problems;
}

std::string Head::Heading(const Column& column) const {
  const auto at = std::find(columns_.begin(), columns_.end(), &column);
  return at == columns_.end() ? column.name : headings_[at - columns_.begin()];
}

std::string Head::Cell(const Column& column, const std::vector<std::string>& cells) const {
  const auto at = std::find(columns_.begin(), columns_.end(), &column);
  const auto index = static_cast<size_t>(at - columns_.begin());
  return index < cells.size() ? cells[index] : "";
}

}  // namespace pingan::ctl
