#include "common/crypto/aead.h"

#include <openssl/evp.h>

#include <climits>
#include <cstdlib>
#include <memory>

#include "common/crypto/random.h"

namespace pingan::crypto {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

const uint8_t* In(std::string_view bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

uint8_t* Out(std::string& bytes, size_t at) {
  return reinterpret_cast<uint8_t*>(bytes.data()) + at;
}

void Must(bool done) {
  if (!done) std::abort();
}

// Naming the cipher again on each use would make libcrypto rebuild the context.
EVP_CIPHER_CTX* ThreadContext() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeContext> context = [] {
    std::unique_ptr<EVP_CIPHER_CTX, FreeContext> made(EVP_CIPHER_CTX_new());
    Must(made && EVP_CipherInit_ex2(made.get(), cipher, nullptr, nullptr, 1, nullptr));
    return made;
  }();
  return context.get();
}

bool Update(EVP_CIPHER_CTX* context, uint8_t* out, std::string_view in) {
  int written = 0;
  if (in.empty()) return true;
  return in.size() <= INT_MAX &&
         EVP_CipherUpdate(context, out, &written, In(in), static_cast<int>(in.size()));
}

}  // namespace

std::string AeadSeal(const Secret& key, std::string_view header, std::string_view aad,
                     std::string_view plaintext) {
  const size_t body = header.size() + kNonceSize;
  std::string sealed(body + plaintext.size() + kTagSize, '\0');
  header.copy(sealed.data(), header.size());
  uint8_t* const nonce = Out(sealed, header.size());
  FillRandom(nonce, kNonceSize);

  EVP_CIPHER_CTX* const context = ThreadContext();
  uint8_t* const tag = Out(sealed, body + plaintext.size());
  int written = 0;
  Must(EVP_CipherInit_ex2(context, nullptr, key.data(), nonce, 1, nullptr) &&
       Update(context, nullptr, header) && Update(context, nullptr, aad) &&
       Update(context, Out(sealed, body), plaintext) &&
       EVP_CipherFinal_ex(context, tag, &written) &&
       EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, tag));
  return sealed;
}

std::optional<std::string> AeadOpen(const Secret& key, size_t header_size, std::string_view aad,
                                    std::string_view sealed) {
  const size_t body = header_size + kNonceSize;
  if (sealed.size() < body + kTagSize) return std::nullopt;
  const std::string_view ciphertext = sealed.substr(body, sealed.size() - body - kTagSize);
  std::string tag(sealed.substr(sealed.size() - kTagSize));
  std::string plaintext(ciphertext.size(), '\0');

  EVP_CIPHER_CTX* const context = ThreadContext();
  uint8_t rest[kTagSize];
  int written = 0;
  const uint8_t* const nonce = In(sealed) + header_size;
  if (EVP_CipherInit_ex2(context, nullptr, key.data(), nonce, 0, nullptr) &&
      Update(context, nullptr, sealed.substr(0, header_size)) && Update(context, nullptr, aad) &&
      Update(context, Out(plaintext, 0), ciphertext) &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) &&
      EVP_CipherFinal_ex(context, rest, &written)) {
    return plaintext;
  }
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  return std::nullopt;
}

}  // namespace pingan::crypto
