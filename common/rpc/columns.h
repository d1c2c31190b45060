// The columns of a record as the store keeps them, and conditions as it understands them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/keyring.h"
#include "common/rpc/table.h"
#include "common/store/store.h"

namespace pingan::rpc {

// The values of spec.columns; of those that are sealed, the blind index.
std::vector<store::Value> ColumnsOf(const crypto::Keyring& keyring, const Table& table,
                                    const Message& record);

// Compares sealed columns by their blind index. Whether there was one.
bool SealConditions(const crypto::Keyring& keyring, const Table& table,
                    std::vector<store::Condition>* conditions);

}  // namespace pingan::rpc
