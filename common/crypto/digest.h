// A short fingerprint of some bytes: for keys of look-ups, to tell whether two requests are the
// same, and to bind an entry to those before it.
#pragma once

#include <string>
#include <string_view>

namespace pingan::crypto {

// The 32 bytes of SHA-256; about 1 us for a short text. Aborts when out of memory.
std::string Sha256(std::string_view bytes);

// The same as 43 URL-safe characters.
std::string Digest(std::string_view bytes);

}  // namespace pingan::crypto
