// An old ledger as JSON lines: one {"row_id": "...", "dispute": {...}} a line, in the JSON form of
// ImportDisputesRequest. A line that cannot be read is kept aside and the rest goes on.
#pragma once

#include <istream>
#include <string>
#include <unordered_map>
#include <vector>

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::ctl {

struct BrokenLine {
  int64_t line;  // from 1
  std::string problem;
};

class JsonLines {
 public:
  // `input` outlives it.
  explicit JsonLines(std::istream& input) : input_(input) {}

  // The next readable row, valid until the next call; null at the end. Empty lines are passed over.
  const disputes::v1::ImportDisputesRequest* Next();

  // Of the last row.
  int64_t line() const { return line_; }
  void set_dry_run(bool dry_run) { dry_run_ = dry_run; }

  const std::vector<BrokenLine>& broken() const { return broken_; }

  // Where a row stood that Next gave; 0 if it gave none of that id.
  int64_t LineOf(const std::string& row_id) const;

 private:
  std::istream& input_;
  int64_t line_ = 0;
  bool dry_run_ = false;
  disputes::v1::ImportDisputesRequest row_;
  std::vector<BrokenLine> broken_;
  std::unordered_map<std::string, int64_t> lines_;
};

}  // namespace pingan::ctl
