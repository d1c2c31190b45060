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

// How a client presents itself beside what the flags say.
struct Visit {
  std::string service = "disputes";  // or "population"
  std::string role;                  // empty = --role
  std::string area;                  // scope of the token; empty = everywhere
  absl::Duration timeout = absl::Seconds(10);
};

// A connected client. Address: --target, else the one that the server of --state wrote down when it
// was ready and takes back when it ends; where there is no .run and no other state is named, that
// of the flag's help. So a token goes to no other server than the one that is meant. Token:
// --token, else PINGAN_TOKEN, else one of `role` signed with the development key of --state.
// UNAVAILABLE without a reason if nothing runs on the state or nothing answers.
StatusOr<std::unique_ptr<rpc::Client>> Connect(const Options& options, const Visit& visit = {});

}  // namespace pingan::ctl
