#include "common/crypto/blind_index.h"

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"

namespace pingan::crypto {

std::string BlindIndex(const Keyring& keyring, std::string_view field, std::string_view value) {
  const auto keys = keyring.Current();
  const Secret field_key = HkdfSha256(keys->index.view(), "pingan blind index v1", field);
  const Secret code = HmacSha256(field_key.view(), {value});
  return absl::BytesToHexString(AbslView(code.view().substr(0, 16)));
}

}  // namespace pingan::crypto
