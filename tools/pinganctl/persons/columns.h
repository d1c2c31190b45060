// What the columns of a list of persons mean: a head of English or Chinese names, in any order, and
// rows of cells as people write them.
//
//   姓名,性别,公民身份号码,人口类别,区划代码,现住址,入住日期
//
// Codes are taken as code or as Chinese or English label ("汉族", "汉", "01"), days as 2026-03-02,
// 2026/3/2, 2026.3.2, 20260302 or 2026年3月2日, several values of one cell by ; or 、.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::ctl {

struct Column {
  const char* name;             // "document_number"
  std::vector<const char*> zh;  // first the usual one
  const char* path;             // of its field in a row, as a refusal of the service names it
  const char* codes = "";       // code list that its values are from; "" = none
  // Words for the values of an enum beside their own: {"男", "MALE"}.
  std::vector<std::pair<const char*, const char*>> words = {};
};

const std::vector<Column>& PersonColumns();

// "display_name 姓名", one a line, for the help.
std::string ColumnsText();

// The column that a refused field is of, "person.documents[0].document_number"; null if none is.
const Column* ColumnOfPath(std::string_view path);

// A cell that is not right.
struct CellProblem {
  const Column* column;  // null: the row as a whole
  std::string reason;
};

class Head {
 public:
  struct Defaults {
    std::string ledger;  // begins the ids of rows without one
    std::string area;    // of rows whose file has no such column
    std::string kind;
  };

  // INVALID_ARGUMENT naming what is not known, comes twice, or is missing: display_name, and area,
  // kind and row_id unless there is a default. `extra_columns`: what is not known is passed over.
  static StatusOr<Head> Of(const std::vector<std::string>& cells, Defaults defaults,
                           bool extra_columns);

  // The row at `line` and all that is wrong with it. Its id is the column row_id or
  // "<ledger>-<line>".
  std::vector<CellProblem> Read(int64_t line, const std::vector<std::string>& cells,
                                population::v1::ImportPersonsRequest* row) const;

  // Of a row of which only the first cells could be read; empty if it is not among them, or unfit.
  std::string RowId(int64_t line, const std::vector<std::string>& cells) const;

  // As the file calls it; also of the nth from 0, empty if there are not so many.
  std::string Heading(const Column& column) const;
  std::string Heading(size_t n) const { return n < headings_.size() ? headings_[n] : ""; }

  // The cell of a row, empty if there is none.
  std::string Cell(const Column& column, const std::vector<std::string>& cells) const;

 private:
  std::vector<const Column*> columns_;  // null = passed over
  std::vector<std::string> headings_;
  Defaults defaults_;
};

}  // namespace pingan::ctl
