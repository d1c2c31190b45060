#include "common/crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

namespace pingan::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

const uint8_t* In(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

void Must(bool done) {
  if (!done) std::abort();
}

EVP_MAC_CTX* ThreadContext() {
  static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  thread_local const std::unique_ptr<EVP_MAC_CTX, FreeContext> context = [] {
    std::unique_ptr<EVP_MAC_CTX, FreeContext> made(EVP_MAC_CTX_new(hmac));
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    Must(made && EVP_MAC_CTX_set_params(made.get(), params));
    return made;
  }();
  return context.get();
}

}  // namespace

Secret HmacSha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  EVP_MAC_CTX* const context = ThreadContext();
  Must(EVP_MAC_init(context, In(key), key.size(), nullptr));
  for (std::string_view part : parts) Must(EVP_MAC_update(context, In(part), part.size()));
  Secret code;
  size_t size = 0;
  Must(EVP_MAC_final(context, code.data(), &size, Secret::kSize) && size == Secret::kSize);
  return code;
}

Secret HkdfSha256(std::string_view key_material, std::string_view salt, std::string_view info) {
  const Secret extracted = HmacSha256(salt, {key_material});
  return HmacSha256(extracted.view(), {info, "\x01"});
}

}  // namespace pingan::crypto
