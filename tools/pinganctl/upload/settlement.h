// What becomes of rows that are sent to the service together, over as many tries as that takes.
//
// A refusal has a reason. By that a row is refused for good, or only for now (the database was
// away, a commit is uncertain): then it is sent again, with those beside it, which the service
// knows.
#pragma once

#include <cstdint>
#include <vector>

#include "common/base/status.h"
#include "tools/pinganctl/upload/rows.h"

namespace pingan::ctl {

class Settlement {
 public:
  // Each has a row id of its own. They outlive it.
  Settlement(std::vector<Row>* rows, bool dry_run) : rows_(*rows), dry_run_(dry_run) {}

  // A try ended without an answer.
  void Broke(const Status& status);

  // A try was answered. True if that settles a row.
  bool Answered(const RowsAnswer& answer);

  bool settled() const { return Count(Row::kOpen) == 0; }
  bool answered() const { return answered_; }

  // Stored by this run, stored before it, and one of the two: an earlier try stored them, or was
  // too late to.
  int64_t stored() const { return stored_; }
  int64_t known() const { return known_; }
  int64_t either() const { return Count(Row::kTaken) - stored_ - known_; }
  int64_t refused() const { return static_cast<int64_t>(rows_.size()) - Count(Row::kTaken); }

 private:
  int64_t Count(Row::Outcome outcome) const;

  std::vector<Row>& rows_;
  const bool dry_run_;
  bool fresh_ = true;  // nothing that was sent can be stored already
  bool answered_ = false;
  int64_t stored_ = 0;
  int64_t known_ = 0;
};

}  // namespace pingan::ctl
