// A stored event as the API shows it.
#pragma once

#include "common/rpc/records.h"
#include "common/rpc/tables.h"
#include "pingan/common/v1/resource.pb.h"

namespace pingan::rpc {

// The kind that a resource's last event has for a watcher who may no longer see it.
inline constexpr std::string_view kLeft = "resource.left";

// Fills `shown` for such a watcher, who knew the resource under the area `seen`.
void FillLeft(const store::Event& event, std::string_view seen, common::v1::Event* shown);

// Fills `shown`, with the resource masked unless `reveal`. An event of an erased subject has none.
Status FillEvent(Records& records, const Tables& tables, const store::Event& event, bool reveal,
                 common::v1::Event* shown);

}  // namespace pingan::rpc
