#include "common/rpc/table.h"

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"

namespace pingan::rpc {

const store::Value& Table::ValueOf(const store::Row& row, std::string_view column) const {
  static const store::Value none;
  for (size_t i = 0; i < spec.columns.size(); ++i) {
    if (spec.columns[i].name == column) return row.columns[i];
  }
  return none;
}

std::string ResourceText(const Message& resource, const char* field) {
  const auto* descriptor = resource.GetDescriptor()->FindFieldByName(field);
  return descriptor ? resource.GetReflection()->GetString(resource, descriptor) : "";
}

void StampResource(Message* resource, int64_t revision, absl::Time now) {
  const auto* type = resource->GetDescriptor();
  const auto* reflection = resource->GetReflection();
  const google::protobuf::Timestamp time = ToProto(now);
  reflection->SetInt64(resource, type->FindFieldByName("revision"), revision);
  reflection->SetString(resource, type->FindFieldByName("etag"), absl::StrCat(revision));
  reflection->MutableMessage(resource, type->FindFieldByName("update_time"))->CopyFrom(time);
  // An imported case brings its own time of registration.
  const auto* create_time = type->FindFieldByName("create_time");
  if (!reflection->HasField(*resource, create_time)) {
    reflection->MutableMessage(resource, create_time)->CopyFrom(time);
  }
}

}  // namespace pingan::rpc
