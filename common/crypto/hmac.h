// HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
#pragma once

#include <initializer_list>
#include <string_view>

#include "common/crypto/secret.h"

namespace pingan::crypto {

// The code of the parts put one after the other; about 1 us for a short message. Each thread keeps
// one context. `key` must not be empty. Aborts when out of memory.
Secret HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts);

// The first 32 bytes of HKDF's output.
Secret HkdfSha256(std::string_view key_material, std::string_view salt, std::string_view info);

}  // namespace pingan::crypto
