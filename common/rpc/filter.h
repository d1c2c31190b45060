// Filters and orders of List requests (AIP-160 and 132, the part that an index can serve).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/rpc/table.h"
#include "common/store/store.h"

namespace pingan::rpc {

// Conditions joined by AND over the table's filter columns:
//   state = "MEDIATING" AND create_time >= "2026-01-01T00:00:00Z" AND major = true
// Operators = != < <= > >=; values are "quoted" (\" and \\ escape), numbers, true or false.
//
// What is sealed takes = and != only, and only of a caller who may see it.
//
// The value of an enum is one of its names; what is not set is the name of 0. An enum of no order
// takes = and != only. One whose numbers rank (risk, level) is compared by number, and what is not
// set is neither below nor above anything; as the store keeps names, such a comparison becomes
// several conditions, one for each name that it leaves out.
//
// INVALID_ARGUMENT (FILTER_INVALID, field filter) says what was wanted where. Empty = no
// conditions.
StatusOr<std::vector<store::Condition>> ParseFilter(const Table& table, std::string_view filter);

struct OrderBy {
  std::string column;
  bool descending = false;
};

// "create_time", "create_time desc"; empty = the table's default. FILTER_INVALID, field order_by.
StatusOr<OrderBy> ParseOrderBy(const Table& table, std::string_view order_by);

}  // namespace pingan::rpc
