#include "common/crypto/blind_index.h"

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"

namespace pingan::crypto {

FieldIndex::FieldIndex(const Keyring& keyring, std::string_view field)
    : key_(keyring.IndexKey(field)) {}

std::string FieldIndex::Of(std::string_view value) const {
  const Secret code = HmacSha256(key_.view(), {value});
  return absl::BytesToHexString(AbslView(code.view().substr(0, 16)));
}

std::string BlindIndex(const Keyring& keyring, std::string_view field, std::string_view value) {
  return FieldIndex(keyring, field).Of(value);
}

}  // namespace pingan::crypto
