#include "tools/pinganctl/problem.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace pingan::ctl {

Exit ExitOf(const Status& status) {
  if (status.ok()) return kDone;
  if (DetailsOf(status).reason != common::v1::REASON_UNSPECIFIED) return kRefused;
  if (status.code() == absl::StatusCode::kInvalidArgument) return kUsage;
  return status.code() == absl::StatusCode::kUnavailable ? kUnreachable : kRefused;
}

std::string Describe(const Status& status) {
  const ErrorDetails details = DetailsOf(status);
  std::string text = absl::StatusCodeToString(status.code());
  if (details.reason != common::v1::REASON_UNSPECIFIED) {
    absl::StrAppend(&text, " ", common::v1::Reason_Name(details.reason));
  }
  absl::StrAppend(&text, ": ", status.message(), "\n");
  for (const auto& field : details.fields) {
    absl::StrAppend(&text, "  ", field.path, ": ", field.problem, "\n");
  }
  if (!details.allowed_actions.empty()) {
    absl::StrAppend(&text, "  allowed now: ", absl::StrJoin(details.allowed_actions, ", "), "\n");
  }
  for (const auto& [key, value] : details.metadata) {
    absl::StrAppend(&text, "  ", key, ": ", value, "\n");
  }
  if (details.retry_after_ms > 0) {
    absl::StrAppend(&text, "  come back in ", details.retry_after_ms, " ms\n");
  }
  return text;
}

}  // namespace pingan::ctl
