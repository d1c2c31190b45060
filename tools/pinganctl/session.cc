#include "tools/pinganctl/session.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/dev_token.h"

namespace pingan::ctl {
namespace {

constexpr char kState[] = ".run";

StatusOr<std::string> TargetOf(const Options& options, const std::string& service) {
  if (!options.Text("target").empty()) return options.Text("target");
  const std::string& state = options.Text("state");
  std::ifstream ready(state + "/" + service + ".ready");
  for (std::string word; ready >> word;) {
    if (word.starts_with("listen=")) return word.substr(7);
  }
  // Who listens at the usual port now is another server, and the token is none of its business.
  if (state != kState || std::filesystem::exists(state)) {
    return absl::UnavailableError(
        absl::StrCat("no ", service, " server runs on ", state, "; --target names another"));
  }
  return service == "population" ? "127.0.0.1:7102" : "127.0.0.1:7101";
}

StatusOr<std::string> TokenOf(const Options& options, const Visit& visit) {
  if (!options.Text("token").empty()) return options.Text("token");
  if (const char* token = std::getenv("PINGAN_TOKEN"); token != nullptr) return token;
  const std::string& state = options.Text("state");
  if (!std::filesystem::exists(state + "/keys/dev-key.json")) {
    return absl::InvalidArgumentError(
        absl::StrCat("want --token, PINGAN_TOKEN or the --state of a development server; ", state,
                     "/keys has no key"));
  }
  TokenWish wish{.role = visit.role.empty() ? options.Text("role") : visit.role,
                 .area = visit.area,
                 .purposes = {}};
  if (!options.Text("purpose").empty()) wish.purposes = {options.Text("purpose")};
  return MintToken(state, wish);
}

}  // namespace

std::vector<Flag> ServerFlags(std::vector<Flag> more, const char* role) {
  std::vector<Flag> flags = {
      {"target", Flag::kText, "",
       "address of the server; else that of --state; without a .run 127.0.0.1:7101 (population "
       "7102)"},
      {"state", Flag::kText, kState,
       "state folder of a development server, whose key signs tokens"},
      {"token", Flag::kText, "", "bearer token; better in the environment, as PINGAN_TOKEN"},
      {"role", Flag::kText, role, "role of a token signed with the development key"},
      {"purpose", Flag::kText, "", "purpose to state, so that personal data is shown"},
  };
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

StatusOr<std::unique_ptr<rpc::Client>> Connect(const Options& options, const Visit& visit) {
  ASSIGN_OR_RETURN(const std::string target, TargetOf(options, visit.service));
  ASSIGN_OR_RETURN(std::string token, TokenOf(options, visit));
  auto client =
      std::make_unique<rpc::Client>(target, rpc::ClientOptions{.token = std::move(token),
                                                               .purpose = options.Text("purpose"),
                                                               .timeout = visit.timeout});
  if (client->Connected(absl::Seconds(5))) return client;
  return absl::UnavailableError(absl::StrCat("nothing answers at ", target));
}

}  // namespace pingan::ctl
