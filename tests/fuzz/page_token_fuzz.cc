// Page tokens: only what the server made is taken, for the query it was made for.
#include <unistd.h>

#include <filesystem>

#include "common/rpc/page_token.h"
#include "tests/fuzz/require.h"

using pingan::fuzz::Require;
namespace crypto = pingan::crypto;
namespace rpc = pingan::rpc;

namespace {

const crypto::Keyring& Keys() {
  static const crypto::Keyring* keyring = [] {
    const std::string path =
        std::filesystem::temp_directory_path() / ("page_token_fuzz." + std::to_string(getpid()));
    auto* made = crypto::Keyring::Create(path).value().release();
    std::filesystem::remove(path);
    return made;
  }();
  return *keyring;
}

// `text` as a position, and a token for it that is read back, and refused elsewhere or when
// changed.
void CheckRoundTrip(std::string_view text) {
  const size_t cut = text.empty() ? 0 : static_cast<uint8_t>(text[0]) % text.size();
  const rpc::Position position{std::string(text.substr(0, cut)), std::string(text.substr(cut))};
  std::string token = rpc::EncodePageToken(Keys(), "query", position);
  const auto same = rpc::DecodePageToken(Keys(), "query", token);
  Require(same.ok() && *same == position, "a token leads to the position it was made for");
  Require(!rpc::DecodePageToken(Keys(), "other", token).ok(),
          "a token of another query is refused");
  token[cut % token.size()] ^= 1;
  const auto changed = rpc::DecodePageToken(Keys(), "query", token);
  Require(!changed.ok() || *changed == position, "a changed token leads nowhere else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto position = rpc::DecodePageToken(Keys(), "query", text);
  Require(!position.ok() || text.empty(), "nobody can make up a token");
  CheckRoundTrip(text);
  return 0;
}
