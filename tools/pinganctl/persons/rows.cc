#include "tools/pinganctl/persons/rows.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/persons/advice.h"

namespace pingan::ctl {

bool PersonRows::Next(Row* row, std::vector<RowProblem>* problems) {
  CsvRow read;
  if (!reader_.Next(&read)) return false;
  row->line = read.line;
  if (!read.problem.empty()) {
    problems->push_back({read.line, head_.RowId(read.line, read.cells),
                         read.cell ? head_.Heading(*read.cell) : "", read.problem,
                         Advice({nullptr, read.problem}, "", areas_)});
    return true;
  }
  row->cells = std::move(read.cells);
  auto request = std::make_unique<population::v1::ImportPersonsRequest>();
  const auto bad = head_.Read(row->line, row->cells, request.get());
  row->row_id = request->row_id();
  row->request = std::move(request);
  for (const CellProblem& problem : bad) problems->push_back(Told(*row, problem));
  return true;
}

RowProblem PersonRows::Explain(const Row& row) const {
  CellProblem problem{ColumnOfPath(row.refusal.field), row.refusal.problem};
  if (problem.column == nullptr && !row.refusal.field.empty()) {
    problem.reason = absl::StrCat(row.refusal.field, ": ", problem.reason);
  }
  return Told(row, problem);
}

RowProblem PersonRows::Told(const Row& row, const CellProblem& problem) const {
  const Column* column = problem.column;
  return {row.line, row.row_id, column == nullptr ? "" : head_.Heading(*column), problem.reason,
          Advice(problem, column == nullptr ? "" : head_.Cell(*column, row.cells), areas_)};
}

}  // namespace pingan::ctl
