// An old ledger as JSON lines: one {"row_id": "...", "dispute": {...}} a line, in the JSON form of
// ImportDisputesRequest. A line that cannot be read has a problem and the rest goes on.
#pragma once

#include <istream>

#include "tools/pinganctl/upload/rows.h"

namespace pingan::ctl {

class JsonLines : public RowSource {
 public:
  // `input` outlives it.
  explicit JsonLines(std::istream& input) : input_(input) {}

  // Empty lines are passed over.
  bool Next(Row* row, std::vector<RowProblem>* problems) override;

 private:
  std::istream& input_;
  int64_t line_ = 0;
};

}  // namespace pingan::ctl
