#include "services/disputes/bounds.h"

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"

namespace pingan::disputes {

Status CheckRoom(int held, int most, std::string_view what) {
  if (held < most) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
               absl::StrCat("want fewer than ", most, " ", AbslView(what), " on a case"));
}

Status CheckWithin(const google::protobuf::Timestamp& time, const v1::Dispute& dispute,
                   std::string_view path, absl::Time now) {
  const absl::Time at = FromProto(time);
  if (at < FromProto(dispute.create_time())) return FieldError(path, "is before the registration");
  if (at > now) return FieldError(path, "must not be in the future");
  return absl::OkStatus();
}

}  // namespace pingan::disputes
