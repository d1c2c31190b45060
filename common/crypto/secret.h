// 256 bits that must not be left lying in memory: wiped when destroyed, never printed or compared.
// Copies are allowed and each wipes itself.
#pragma once

#include <openssl/crypto.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace pingan::crypto {

class Secret {
 public:
  static constexpr size_t kSize = 32;

  // All zero, to be filled through data().
  Secret() = default;
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { OPENSSL_cleanse(bytes_.data(), kSize); }

  uint8_t* data() { return bytes_.data(); }
  const uint8_t* data() const { return bytes_.data(); }
  std::string_view view() const { return {reinterpret_cast<const char*>(data()), kSize}; }

 private:
  std::array<uint8_t, kSize> bytes_{};
};

}  // namespace pingan::crypto
