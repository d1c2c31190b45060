// How a verb comes to talk to a server: address and token from flags, or from the state folder of a
// development server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "tools/pinganctl/options.h"

namespace pingan::ctl {

// --target, --state, --token, --role and --purpose, before `more`.
std::vector<Flag> ServerFlags(std::vector<Flag> more, const char* role = "city_officer");

// A connected client. Address: --target, else the one that the server of --state wrote down when it
// was ready, else 127.0.0.1:7101. Token: --token, else PINGAN_TOKEN, else one of `role` signed with
// the development key of --state. UNAVAILABLE without a reason if nothing answers.
StatusOr<std::unique_ptr<rpc::Client>> Connect(const Options& options, const std::string& role,
                                               absl::Duration timeout = absl::Seconds(10));

// With the role of --role.
StatusOr<std::unique_ptr<rpc::Client>> Connect(const Options& options);

// A development token, signed with <state>/keys.
struct TokenWish {
  std::string role;
  std::string area;  // scope; empty = everywhere
  std::vector<std::string> purposes;
  int64_t hours = 8;
};
StatusOr<std::string> MintToken(const std::string& state, const TokenWish& wish);

}  // namespace pingan::ctl
