#include "common/crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace pingan::crypto {
namespace {

std::atomic<unsigned> forks{0};
const int kRegistered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });

void Draw(uint8_t* out, size_t n) {
  if (kRegistered != 0 || RAND_bytes(out, static_cast<int>(n)) != 1) std::abort();
}

struct Buffer {
  uint8_t bytes[4096];
  size_t used = sizeof(bytes);
  unsigned drawn_at = 0;
  ~Buffer() { OPENSSL_cleanse(bytes, sizeof(bytes)); }
};

}  // namespace

void FillRandom(uint8_t* out, size_t n) {
  thread_local Buffer buffer;
  if (n > sizeof(buffer.bytes) / 8) return Draw(out, n);
  const unsigned now = forks.load(std::memory_order_relaxed);
  if (buffer.used + n > sizeof(buffer.bytes) || buffer.drawn_at != now) {
    Draw(buffer.bytes, sizeof(buffer.bytes));
    buffer.used = 0;
    buffer.drawn_at = now;
  }
  std::memcpy(out, buffer.bytes + buffer.used, n);
  OPENSSL_cleanse(buffer.bytes + buffer.used, n);
  buffer.used += n;
}

void FillRandom(Secret& secret) {
  FillRandom(secret.data(), Secret::kSize);
}

}  // namespace pingan::crypto
