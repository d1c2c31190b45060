#include "tools/pinganctl/persons/sheet.h"

#include <csv.h>

#include <string>
#include <utility>
#include <vector>

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;
using Cells = std::vector<std::pair<const char*, std::string>>;

// In the order of the sheet, with their headings.
Cells CellsOf(const v1::ImportPersonsRequest& row) {
  const v1::Person& person = row.person();
  const bool named = person.documents_size() > 0, works = person.employments_size() > 0;
  const v1::Residence home =
      person.residences().empty() ? v1::Residence() : *person.residences().rbegin();
  const v1::Employment job = works ? person.employments(0) : v1::Employment();
  const char* sex = person.sex() == v1::MALE ? "男" : person.sex() == v1::FEMALE ? "女" : "";
  return {{"行编号", row.row_id()},
          {"姓名", person.display_name()},
          {"性别", sex},
          {"民族", person.ethnicity()},
          {"公民身份号码", named ? person.documents(0).document_number() : ""},
          {"学历", person.education()},
          {"人口类别", v1::PersonKind_Name(person.kind())},
          {"户籍地区划代码", person.household_area()},
          {"户籍地址", person.household_address()},
          {"区划代码", person.area()},
          {"现住址", home.address()},
          {"入住日期", home.from_date()},
          {"流入原因", home.inflow_reason()},
          {"住所类型", home.dwelling_kind()},
          {"联系电话", person.phone()},
          {"工作单位", job.employer()},
          {"统一社会信用代码", job.credit_code()},
          {"职业", job.occupation()},
          {"从业日期", job.from_date()}};
}

}  // namespace

void PrintSheetHead(std::FILE* out) {
  const char* before = "\xEF\xBB\xBF";
  for (const auto& [heading, cell] : CellsOf({})) {
    std::fprintf(out, "%s%s", before, heading);
    before = ",";
  }
  std::fputs("\r\n", out);
}

void PrintSheetRow(const v1::ImportPersonsRequest& row, std::FILE* out) {
  const char* before = "";
  for (const auto& [heading, cell] : CellsOf(row)) {
    std::fputs(before, out);
    if (!cell.empty()) csv_fwrite(out, cell.data(), cell.size());
    before = ",";
  }
  std::fputs("\r\n", out);
}

}  // namespace pingan::ctl
