#include "common/crypto/envelope.h"

#include <algorithm>

#include "common/crypto/aead.h"
#include "common/crypto/random.h"

namespace pingan::crypto {
namespace {

constexpr std::string_view kSealedVersion = "\x01";
constexpr char kWrappedVersion = 1;
constexpr size_t kWrappedHeaderSize = 5;
constexpr size_t kWrappedSize = kWrappedHeaderSize + kNonceSize + Secret::kSize + kTagSize;

// One wording for every cause: a caller who probes learns nothing from it.
Status Unreadable() {
  return Error(absl::StatusCode::kDataLoss, common::v1::RECORD_UNREADABLE,
               "record cannot be opened with the keys at hand");
}

std::string WrappedHeader(uint32_t kek_id) {
  std::string header(1, kWrappedVersion);
  for (int shift : {24, 16, 8, 0}) header += static_cast<char>(kek_id >> shift);
  return header;
}

std::string WrapUnder(const Keys& keys, std::string_view subject, const SubjectKey& key) {
  return AeadSeal(keys.keks.at(keys.primary), WrappedHeader(keys.primary), subject, key.view());
}

}  // namespace

SubjectKey NewSubjectKey() {
  SubjectKey key;
  FillRandom(key);
  return key;
}

uint32_t WrappedUnder(std::string_view wrapped) {
  if (wrapped.size() != kWrappedSize || wrapped[0] != kWrappedVersion) return 0;
  uint32_t id = 0;
  for (size_t i = 1; i < kWrappedHeaderSize; ++i) id = id << 8 | static_cast<uint8_t>(wrapped[i]);
  return id;
}

std::string Wrap(const Keyring& keyring, std::string_view subject, const SubjectKey& key) {
  return WrapUnder(*keyring.Current(), subject, key);
}

StatusOr<SubjectKey> Unwrap(const Keyring& keyring, std::string_view subject,
                            std::string_view wrapped) {
  const uint32_t kek_id = WrappedUnder(wrapped);
  if (kek_id == 0) return Unreadable();
  const auto keys = keyring.Holding(kek_id);
  if (!keys) return Unreadable();
  auto opened = AeadOpen(keys->keks.at(kek_id), kWrappedHeaderSize, subject, wrapped);
  if (!opened) return Unreadable();
  SubjectKey key;
  std::copy(opened->begin(), opened->end(), key.data());
  OPENSSL_cleanse(opened->data(), opened->size());
  return key;
}

StatusOr<Rewrapped> Rewrap(const Keyring& keyring, std::string_view subject,
                           std::string_view wrapped) {
  ASSIGN_OR_RETURN(const SubjectKey key, Unwrap(keyring, subject, wrapped));
  const auto keys = keyring.Current();
  if (WrappedUnder(wrapped) == keys->primary) return Rewrapped{true, std::string(wrapped)};
  return Rewrapped{false, WrapUnder(*keys, subject, key)};
}

std::string Seal(const SubjectKey& key, std::string_view aad, std::string_view plaintext) {
  return AeadSeal(key, kSealedVersion, aad, plaintext);
}

StatusOr<std::string> Open(const SubjectKey& key, std::string_view aad, std::string_view sealed) {
  if (!sealed.starts_with(kSealedVersion)) return Unreadable();
  auto opened = AeadOpen(key, kSealedVersion.size(), aad, sealed);
  if (!opened) return Unreadable();
  return *std::move(opened);
}

}  // namespace pingan::crypto
