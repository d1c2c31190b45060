// Opaque page tokens: where the next page starts, bound to the query and the caller.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/store/row.h"

namespace pingan::rpc {

// The row before the page: its value in the order and its key.
using Position = std::pair<store::Value, std::string>;

// A token for `position`, authenticated under the keyring together with `binding` (method, caller,
// filter, order, area). URL-safe.
std::string EncodePageToken(const crypto::Keyring& keyring, std::string_view binding,
                            const Position& position);

// The position of a token made with the same binding. INVALID_ARGUMENT (PAGE_TOKEN_INVALID, naming
// `field`) for anything else. An empty token is the first page.
StatusOr<std::optional<Position>> DecodePageToken(const crypto::Keyring& keyring,
                                                  std::string_view binding, std::string_view token,
                                                  std::string_view field = "page_token");

}  // namespace pingan::rpc
