// The one table of this service: disputes, with the columns that lists, offers and the sweep read
// by.
#pragma once

#include "common/rpc/table.h"

namespace pingan::disputes {

const rpc::Table& DisputeTable();

}  // namespace pingan::disputes
