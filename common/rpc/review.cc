#include "common/rpc/review.h"

#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::rpc {
namespace {

constexpr char kDue[] = "next_due_time";
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

}  // namespace

StatusOr<std::vector<store::Row>> Review::Next(int limit) {
  if (over_) return std::vector<store::Row>();
  ASSIGN_OR_RETURN(mark_, Load());
  if (mark_.rules != rules_ && !begun_) {
    // Before the first row is moved: who comes after a crash must know by which rules some are.
    mark_ = {.saves = mark_.saves, .rules = rules_};
    RETURN_IF_ERROR(Save());
    ASSIGN_OR_RETURN(mark_, Load());
  }
  over_ = mark_.rules != rules_ || mark_.due == kNever;
  if (over_) return std::vector<store::Row>();
  store::Query query{.table = &table_->spec,
                     .conditions = {{kDue, store::Condition::kLt, kNever}},
                     .order_by = kDue,
                     .limit = limit};
  if (!mark_.key.empty()) query.after.emplace(mark_.due, mark_.key);
  ASSIGN_OR_RETURN(auto rows, store_->Select(query));
  if (rows.empty()) {
    mark_.due = kNever;
    RETURN_IF_ERROR(Save());
    over_ = true;
  }
  return rows;
}

Status Review::Done(const store::Row& last) {
  mark_.due = std::get<int64_t>(table_->ValueOf(last, kDue));
  mark_.key = last.key;
  return Save();
}

// It stands there as a fold of one cell: due, key and rules, a line each.
StatusOr<Review::Mark> Review::Load() const {
  Mark mark;
  const auto read = [&](const std::string&, const std::string& body) {
    const std::vector<std::string> lines = absl::StrSplit(body, absl::MaxSplits('\n', 2));
    if (lines.size() != 3 || !absl::SimpleAtoi(lines[0], &mark.due)) return;
    mark.key = lines[1];
    mark.rules = lines[2];
  };
  ASSIGN_OR_RETURN(mark.saves, store_->LoadFold(Name(), read));
  return mark;
}

// Does nothing if another replica has gone on from the same mark.
Status Review::Save() {
  const std::pair<std::string, std::string> cell = {
      "through", absl::StrCat(mark_.due, "\n", mark_.key, "\n", mark_.rules)};
  RETURN_IF_ERROR(store_->SaveFold(Name(), mark_.saves + 1, {&cell, 1}));
  begun_ = true;
  return absl::OkStatus();
}

}  // namespace pingan::rpc
