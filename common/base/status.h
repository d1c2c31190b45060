// Errors are values: absl::Status with a code for gRPC, a Reason for programs and details for
// people.
//
//   return Error(absl::StatusCode::kNotFound, v1::RESOURCE_ABSENT, "no such dispute");
//   return FieldError("area", "want 12 digits");
//
// The macros have the names of upstream Abseil, which the distribution's version lacks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pingan/common/v1/error.pb.h"

namespace pingan {

using absl::Status;
using absl::StatusOr;

// Views of either string type; Debian's Abseil has its own string_view.
inline absl::string_view AbslView(std::string_view s) {
  return {s.data(), s.size()};
}
inline std::string_view StdView(absl::string_view s) {
  return {s.data(), s.size()};
}

// Details that a Status carries to the caller beside code and message. All parts are optional.
struct ErrorDetails {
  struct Field {
    std::string path;     // "parties[1].phone"
    std::string problem;  // "want 11 digits"
  };
  common::v1::Reason reason = common::v1::REASON_UNSPECIFIED;
  std::vector<Field> fields;
  std::vector<std::string> allowed_actions;                   // of PreconditionFailure
  std::vector<std::pair<std::string, std::string>> metadata;  // of ErrorInfo: {"etag", "17"}
  int retry_after_ms = 0;                                     // of RetryInfo; 0 = none
};

// A status that carries `details`. Message: lower case, no full stop, says what was wanted.
Status Error(absl::StatusCode code, std::string_view message, const ErrorDetails& details);
Status Error(absl::StatusCode code, common::v1::Reason reason, std::string_view message);

// INVALID_ARGUMENT naming one field, reason FIELD_INVALID unless told.
Status FieldError(std::string_view path, std::string_view problem,
                  common::v1::Reason reason = common::v1::FIELD_INVALID);

// NOT_FOUND in the one wording that absent and out-of-area resources share.
Status NotFound();

// The details of a status made by Error; empty for any other.
ErrorDetails DetailsOf(const Status& status);

}  // namespace pingan

#define PINGAN_CONCAT_(a, b) a##b
#define PINGAN_CONCAT(a, b) PINGAN_CONCAT_(a, b)

// Returns from the enclosing function if `expr` is not OK.
#define RETURN_IF_ERROR(expr)                    \
  do {                                           \
    if (auto status_ = (expr); !status_.ok()) {  \
      return ::absl::Status(std::move(status_)); \
    }                                            \
  } while (false)

// Assigns the value of a StatusOr to `lhs`, or returns its error.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_(PINGAN_CONCAT(status_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_(tmp, lhs, expr)        \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)
