// A short fingerprint of some bytes: for keys of look-ups and to tell whether two requests are the
// same.
#pragma once

#include <string>
#include <string_view>

namespace pingan::crypto {

// 43 URL-safe characters: SHA-256, whole.
std::string Digest(std::string_view bytes);

}  // namespace pingan::crypto
