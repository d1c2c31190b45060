// Filters and orders: whatever is accepted names declared columns only.
#include "common/rpc/filter.h"
#include "tests/fuzz/require.h"

using pingan::fuzz::Require;
namespace rpc = pingan::rpc;
namespace v1 = pingan::common::v1;
namespace store = pingan::store;

namespace {

const rpc::Table& Things() {
  static const rpc::Table* table =
      new rpc::Table{.spec = {.name = "things",
                              .columns = {{"state"},
                                          {"load"},
                                          {"major", store::Type::kInteger},
                                          {"size", store::Type::kInteger},
                                          {"create_time", store::Type::kInteger}},
                              .orders = {{"create_time"}}},
                     .filters = {{"state", {rpc::FilterKind::kEnum, v1::Sensitivity_descriptor()}},
                                 {"load", {rpc::FilterKind::kRank, v1::Load_descriptor()}},
                                 {"major", {rpc::FilterKind::kBool}},
                                 {"size", {rpc::FilterKind::kInteger}},
                                 {"create_time", {rpc::FilterKind::kTime}}},
                     .default_order = "create_time desc"};
  return *table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto conditions = rpc::ParseFilter(Things(), text); conditions.ok()) {
    for (const store::Condition& condition : *conditions) {
      Require(Things().filters.count(condition.column) == 1, "a condition is on a declared column");
    }
  }
  if (const auto order = rpc::ParseOrderBy(Things(), text); order.ok()) {
    Require(order->column == "create_time", "an order is a declared one");
  }
  return 0;
}
