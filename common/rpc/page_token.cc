#include "common/rpc/page_token.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/crypto/blind_index.h"

namespace pingan::rpc {
namespace {

constexpr size_t kSealLength = 32;  // hex digits

std::string SealOf(const crypto::Keyring& keyring, std::string_view binding,
                   std::string_view payload) {
  return crypto::BlindIndex(keyring, "rpc.page_token",
                            absl::StrCat(AbslView(payload), "\n", AbslView(binding)));
}

Status Invalid(std::string_view field) {
  return FieldError(field, "want a token of the same query", common::v1::PAGE_TOKEN_INVALID);
}

}  // namespace

std::string EncodePageToken(const crypto::Keyring& keyring, std::string_view binding,
                            const Position& position) {
  const auto& [value, key] = position;
  std::string payload;
  if (const auto* number = std::get_if<int64_t>(&value)) {
    payload = absl::StrCat("i", *number, "\n", key);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    payload = absl::StrCat("s", absl::BytesToHexString(*text), "\n", key);
  } else {
    payload = absl::StrCat("n\n", key);
  }
  return absl::WebSafeBase64Escape(absl::StrCat(SealOf(keyring, binding, payload), payload));
}

StatusOr<std::optional<Position>> DecodePageToken(const crypto::Keyring& keyring,
                                                  std::string_view binding, std::string_view token,
                                                  std::string_view field) {
  if (token.empty()) return std::optional<Position>();
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(AbslView(token), &bytes) || bytes.size() <= kSealLength) {
    return Invalid(field);
  }
  const std::string payload = bytes.substr(kSealLength);
  // What the seal protects is no secret, so the comparison need not take constant time.
  if (SealOf(keyring, binding, payload) != bytes.substr(0, kSealLength)) return Invalid(field);
  std::vector<std::string> parts = absl::StrSplit(payload, absl::MaxSplits('\n', 1));
  if (parts.size() != 2 || parts[0].empty()) return Invalid(field);
  const std::string rest = parts[0].substr(1);
  Position position{{}, parts[1]};
  if (parts[0][0] == 'i') {
    int64_t number = 0;
    if (!absl::SimpleAtoi(rest, &number)) return Invalid(field);
    position.first = number;
  } else if (parts[0][0] == 's') {
    position.first = absl::HexStringToBytes(rest);
  }
  return std::optional<Position>(std::move(position));
}

}  // namespace pingan::rpc
