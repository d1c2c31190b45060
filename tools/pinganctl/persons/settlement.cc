#include "tools/pinganctl/persons/settlement.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace pingan::ctl {

// What is refused with a reason is refused before a row is looked at.
void Settlement::Broke(const Status& status) {
  if (DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED) fresh_ = dry_run_;
}

int64_t Settlement::Count(SentRow::Outcome outcome) const {
  return std::count_if(rows_.begin(), rows_.end(),
                       [outcome](const SentRow& row) { return row.outcome == outcome; });
}

bool Settlement::Answered(const population::v1::ImportPersonsResponse& answer) {
  std::unordered_map<std::string_view, const population::v1::ImportRefusal*> refusals;
  for (const auto& refusal : answer.refusals()) refusals[refusal.row_id()] = &refusal;
  const int64_t open_before = Count(SentRow::kOpen);
  int64_t unsettled = 0;
  for (SentRow& row : rows_) {
    const auto found = refusals.find(row.request.row_id());
    const bool refused = found != refusals.end();
    if (refused && found->second->field().empty()) ++unsettled;
    if (row.outcome != SentRow::kOpen) continue;
    if (refused) row.refusal = *found->second;
    if (!refused) row.outcome = SentRow::kTaken;
    if (refused && !row.refusal.field().empty()) row.outcome = SentRow::kRefused;
  }
  if (fresh_) known_ = answer.rows_known();
  stored_ = dry_run_ ? answer.rows_stored() : stored_ + answer.rows_stored();
  const int64_t open = Count(SentRow::kOpen);
  const bool works = answer.rows_stored() + answer.rows_known() > 0;
  const bool again = answered_ && works && open == open_before && open == unsettled;
  settled_ = open == 0 || again;
  answered_ = true;
  fresh_ = dry_run_;
  return open < open_before;
}

}  // namespace pingan::ctl
