#include "tools/pinganctl/upload/settlement.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace pingan::ctl {
namespace {

using common::v1::Reason;

// Refused for now, as error.proto tells it; a reason that is not known here is final.
bool Passing(Reason reason) {
  constexpr Reason kPassing[] = {common::v1::OVERLOADED,           common::v1::QUOTA_EXCEEDED,
                                 common::v1::DATABASE_UNAVAILABLE, common::v1::DRAINING,
                                 common::v1::WRITE_CONFLICT,       common::v1::COMMIT_UNCERTAIN};
  return std::count(std::begin(kPassing), std::end(kPassing), reason) > 0;
}

}  // namespace

// What is refused with a reason is refused before a row is looked at.
void Settlement::Broke(const Status& status) {
  if (DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED) fresh_ = dry_run_;
}

int64_t Settlement::Count(Row::Outcome outcome) const {
  return std::count_if(rows_.begin(), rows_.end(),
                       [outcome](const Row& row) { return row.outcome == outcome; });
}

bool Settlement::Answered(const RowsAnswer& answer) {
  std::unordered_map<std::string_view, const Refusal*> refusals;
  for (const auto& [row_id, refusal] : answer.refusals) refusals[row_id] = &refusal;
  const int64_t open_before = Count(Row::kOpen);
  for (Row& row : rows_) {
    if (row.outcome != Row::kOpen) continue;
    const auto found = refusals.find(row.row_id);
    if (found == refusals.end()) {
      row.outcome = Row::kTaken;
      continue;
    }
    row.refusal = *found->second;
    if (!Passing(row.refusal.reason)) row.outcome = Row::kRefused;
  }
  if (fresh_) known_ = answer.known;
  stored_ = dry_run_ ? answer.stored : stored_ + answer.stored;
  answered_ = true;
  fresh_ = dry_run_;
  return Count(Row::kOpen) < open_before;
}

}  // namespace pingan::ctl
