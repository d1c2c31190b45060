// Random bytes for keys and nonces, from libcrypto's generator.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/crypto/secret.h"

namespace pingan::crypto {

// Fills `out` with `n` random bytes. Small requests are served from a buffer of the thread, because
// the generator costs the same for 12 bytes as for 4096 (about 2 us); used bytes are wiped, and a
// forked child never repeats its parent's. Who reads the memory of the process learns of it what is
// drawn next, as from the state of the generator. Aborts if the generator fails: no key is safe
// then.
void FillRandom(uint8_t* out, size_t n);

// A fresh key.
void FillRandom(Secret& secret);

}  // namespace pingan::crypto
