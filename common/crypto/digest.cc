#include "common/crypto/digest.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace pingan::crypto {

std::string Sha256(std::string_view bytes) {
  // Looking the algorithm up costs more than a short text does.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string hash(32, '\0');
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()), nullptr,
                 sha256, nullptr) != 1) {
    std::abort();
  }
  return hash;
}

std::string Digest(std::string_view bytes) {
  const std::string hash = Sha256(bytes);
  std::string text;
  absl::WebSafeBase64Escape(absl::string_view(hash.data(), hash.size()), &text);
  return text;
}

}  // namespace pingan::crypto
