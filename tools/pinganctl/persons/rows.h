// The rows of a CSV file as persons to import.
#pragma once

#include "common/area/tree.h"
#include "tools/pinganctl/persons/columns.h"
#include "tools/pinganctl/persons/csv.h"
#include "tools/pinganctl/upload/rows.h"

namespace pingan::ctl {

class PersonRows : public RowSource {
 public:
  // `areas` may be null. All outlive it.
  PersonRows(CsvReader& reader, const Head& head, const area::Tree* areas)
      : reader_(reader), head_(head), areas_(areas) {}

  bool Next(Row* row, std::vector<RowProblem>* problems) override;
  RowProblem Explain(const Row& row) const override;

 private:
  RowProblem Told(const Row& row, const CellProblem& problem) const;

  CsvReader& reader_;
  const Head& head_;
  const area::Tree* const areas_;
};

}  // namespace pingan::ctl
