#include "common/base/status.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "pingan/common/v1/detail.pb.h"

namespace pingan {
namespace {

constexpr absl::string_view kUrl = "pingan.common.v1.ErrorDetail";

}  // namespace

Status Error(absl::StatusCode code, std::string_view message, const ErrorDetails& details) {
  common::v1::ErrorDetail proto;
  proto.set_reason(details.reason);
  for (const auto& field : details.fields) {
    auto* added = proto.add_fields();
    added->set_path(field.path);
    added->set_problem(field.problem);
  }
  for (const auto& action : details.allowed_actions) proto.add_allowed_actions(action);
  for (const auto& [key, value] : details.metadata) (*proto.mutable_metadata())[key] = value;
  proto.set_retry_after_ms(details.retry_after_ms);
  Status status(code, AbslView(message));
  status.SetPayload(kUrl, absl::Cord(proto.SerializeAsString()));
  return status;
}

Status Error(absl::StatusCode code, common::v1::Reason reason, std::string_view message) {
  return Error(code, message, ErrorDetails{.reason = reason});
}

Status FieldError(std::string_view path, std::string_view problem, common::v1::Reason reason) {
  ErrorDetails details{.reason = reason};
  details.fields.push_back({std::string(path), std::string(problem)});
  return Error(absl::StatusCode::kInvalidArgument,
               absl::StrCat(AbslView(path), ": ", AbslView(problem)), details);
}

Status NotFound() {
  return Error(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT, "no such resource");
}

ErrorDetails DetailsOf(const Status& status) {
  ErrorDetails details;
  auto payload = status.GetPayload(kUrl);
  common::v1::ErrorDetail proto;
  if (!payload || !proto.ParseFromString(std::string(*payload))) return details;
  details.reason = proto.reason();
  for (const auto& field : proto.fields())
    details.fields.push_back({field.path(), field.problem()});
  details.allowed_actions.assign(proto.allowed_actions().begin(), proto.allowed_actions().end());
  details.metadata.assign(proto.metadata().begin(), proto.metadata().end());
  details.retry_after_ms = proto.retry_after_ms();
  return details;
}

}  // namespace pingan
