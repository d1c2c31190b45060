#include "common/rpc/columns.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/crypto/blind_index.h"

namespace pingan::rpc {
namespace {

bool IsSealed(const Table& table, const std::string& column) {
  const auto filter = table.filters.find(column);
  return filter != table.filters.end() && filter->second.kind == FilterKind::kSealed;
}

void Seal(const crypto::Keyring& keyring, const Table& table, std::string_view column,
          store::Value* value) {
  auto* text = std::get_if<std::string>(value);
  if (!text || text->empty()) return;
  *text = crypto::BlindIndex(keyring, absl::StrCat(table.spec.name, ".", AbslView(column)), *text);
}

bool IsIndexed(const Table& table, const std::string& column) {
  const auto& indexed = table.spec.indexed;
  return std::find(indexed.begin(), indexed.end(), column) != indexed.end();
}

// An index has no place for what most rows do not have.
void LeaveOut(store::Value* value) {
  const auto* text = std::get_if<std::string>(value);
  if (text && text->empty()) *value = store::Value();
}

}  // namespace

std::vector<store::Value> ColumnsOf(const crypto::Keyring& keyring, const Table& table,
                                    const Message& record) {
  std::vector<store::Value> values = table.columns(record);
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string& column = table.spec.columns[i].name;
    if (IsSealed(table, column)) Seal(keyring, table, column, &values[i]);
    if (IsIndexed(table, column)) LeaveOut(&values[i]);
  }
  return values;
}

bool SealConditions(const crypto::Keyring& keyring, const Table& table,
                    std::vector<store::Condition>* conditions) {
  bool any = false;
  for (store::Condition& condition : *conditions) {
    if (!IsSealed(table, condition.column)) continue;
    any = true;
    Seal(keyring, table, condition.column, &condition.value);
  }
  return any;
}

}  // namespace pingan::rpc
