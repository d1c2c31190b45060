#include "common/rpc/columns.h"

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

}  // namespace

std::vector<store::Value> ColumnsOf(const crypto::Keyring& keyring, const Table& table,
                                    const Message& record) {
  std::vector<store::Value> values = table.columns(record);
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string& column = table.spec.columns[i].name;
    if (IsSealed(table, column)) Seal(keyring, table, column, &values[i]);
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
