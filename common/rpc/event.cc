#include "common/rpc/event.h"

#include "common/base/instants.h"
#include "common/rpc/mask.h"

namespace pingan::rpc {

void FillLeft(const store::Event& event, std::string_view seen, common::v1::Event* shown) {
  shown->set_revision(event.revision);
  shown->mutable_time()->CopyFrom(ToProto(absl::FromUnixMicros(event.time_us)));
  shown->set_name(event.name);
  shown->set_area(std::string(seen));
  shown->set_kind(std::string(kLeft));
}

Status FillEvent(Records& records, const Tables& tables, const store::Event& event, bool reveal,
                 common::v1::Event* shown) {
  shown->set_revision(event.revision);
  shown->mutable_time()->CopyFrom(ToProto(absl::FromUnixMicros(event.time_us)));
  shown->set_actor(event.actor);
  shown->set_request_id(event.request_id);
  shown->set_name(event.name);
  shown->set_area(event.area);
  shown->set_kind(event.kind);
  const Table* table = tables.OfName(event.name);
  if (!table) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto record, records.OpenEvent(*table, event));
  if (!record) return absl::OkStatus();
  Message* resource = table->resource(record.get());
  if (!reveal) Mask(resource);
  shown->mutable_resource()->PackFrom(*resource);
  return absl::OkStatus();
}

}  // namespace pingan::rpc
