#include "common/crypto/digest.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"

namespace pingan::crypto {

std::string Digest(std::string_view bytes) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
  std::string text;
  absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(hash), sizeof(hash)),
                            &text);
  return text;
}

}  // namespace pingan::crypto
