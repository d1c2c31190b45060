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
                                          {"owner"},
                                          {"major", store::Type::kInteger},
                                          {"size", store::Type::kInteger},
                                          {"create_time", store::Type::kInteger}},
                              .orders = {{"create_time"}}},
                     .filters = {{"state", {rpc::FilterKind::kEnum, v1::Sensitivity_descriptor()}},
                                 {"load", {rpc::FilterKind::kRank, v1::Load_descriptor()}},
                                 {"owner", {rpc::FilterKind::kText}},
                                 {"major", {rpc::FilterKind::kBool}},
                                 {"size", {rpc::FilterKind::kInteger}},
                                 {"create_time", {rpc::FilterKind::kTime}}},
                     .default_order = "create_time desc"};
  return *table;
}

// The text as a filter quotes it.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// What was read of a text is what the same text reads as when it is quoted again.
void RequireSameAgain(const store::Condition& condition) {
  const auto* text = std::get_if<std::string>(&condition.value);
  Require(text != nullptr, "a text is compared with a text");
  const auto again = rpc::ParseFilter(Things(), "owner = " + Quoted(*text));
  Require(again.ok() && again->size() == 1, "a quoted text is read");
  Require(again->front().value == condition.value, "a quoted text is read as it was");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto conditions = rpc::ParseFilter(Things(), text); conditions.ok()) {
    for (const store::Condition& condition : *conditions) {
      Require(Things().filters.count(condition.column) == 1, "a condition is on a declared column");
      if (condition.column == "owner") RequireSameAgain(condition);
    }
  }
  if (const auto order = rpc::ParseOrderBy(Things(), text); order.ok()) {
    Require(order->column == "create_time", "an order is a declared one");
  }
  return 0;
}
