// Envelope encryption: each subject (a person's file) has its own key, which seals that subject's
// records and is itself stored wrapped by the keyring.
//
//   SubjectKey key = NewSubjectKey();
//   std::string wrapped = Wrap(keyring, "persons/7", key);     // one row per subject
//   std::string sealed = Seal(key, row_name, record);          // any number of records
//
// Destroying the wrapped key destroys every sealed record of the subject, wherever copies lie.
//
// Wrapped: version 1, kek id 4 (big endian), nonce 12, key 32, tag 16 bytes.
// Sealed:  version 1, nonce 12, ciphertext, tag 16 bytes; the bound on seals per key is in aead.h.
// Whatever does not open, for any cause, is DATA_LOSS / RECORD_UNREADABLE: wrong key, subject or
// aad, a changed bit, a missing end, an unknown version or kek.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/crypto/secret.h"

namespace pingan::crypto {

struct SubjectKey : Secret {};

SubjectKey NewSubjectKey();

// `subject` is bound to the result: a wrapped key copied to another subject's row does not open.
std::string Wrap(const Keyring& keyring, std::string_view subject, const SubjectKey& key);
StatusOr<SubjectKey> Unwrap(const Keyring& keyring, std::string_view subject,
                            std::string_view wrapped);

// The id of the kek that `wrapped` says it is under; 0 if it is no wrapped key.
uint32_t WrappedUnder(std::string_view wrapped);

struct Rewrapped {
  bool already_primary;  // nothing to store: `wrapped` is the input
  std::string wrapped;
};

// The same key under the keyring's primary, for the sweep that follows a rotation. A key that is
// already there is still opened, so the sweep also finds what is unreadable.
StatusOr<Rewrapped> Rewrap(const Keyring& keyring, std::string_view subject,
                           std::string_view wrapped);

// `aad` says where the record belongs, such as its row name and column; Open demands the same.
// Adds 29 bytes. Under 2 us for 1 KiB.
std::string Seal(const SubjectKey& key, std::string_view aad, std::string_view plaintext);
StatusOr<std::string> Open(const SubjectKey& key, std::string_view aad, std::string_view sealed);

}  // namespace pingan::crypto
