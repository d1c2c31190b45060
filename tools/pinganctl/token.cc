// pinganctl token: a token signed with the key of a development server.
#include <cstdio>

#include "absl/strings/str_split.h"
#include "common/area/scope.h"
#include "tools/pinganctl/dev_token.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

Status Token(const Options& options) {
  const std::string& area = options.Text("area");
  if (!area.empty() && !area::IsScope(area)) {
    return absl::InvalidArgumentError("--area: want a scope of 2, 4, 6, 9 or 12 digits");
  }
  const TokenWish wish{.role = options.Text("role"),
                       .area = area,
                       .purposes = absl::StrSplit(options.Text("purpose"), ',', absl::SkipEmpty()),
                       .party = options.Text("party"),
                       .policy = options.Text("policy"),
                       .hours = options.Number("hours")};
  ASSIGN_OR_RETURN(const std::string token, MintToken(options.Text("state"), wish));
  std::printf("%s\n", token.c_str());
  return absl::OkStatus();
}

}  // namespace

Verb TokenVerb() {
  return {
      "token",
      "",
      "Prints a development token",
      "Only a development server on loopback whose state folder this is takes it. As in:\n\n"
      "  export PINGAN_TOKEN=$(pinganctl token --role=viewer --area=411602)\n",
      {{"role", Flag::kText, "city_officer", "role of the policy"},
       {"area", Flag::kText, "", "scope; empty = everywhere"},
       {"purpose", Flag::kText, "", "purposes that may be stated, separated by commas"},
       {"party", Flag::kText, "", "of the role party: resource name of the party"},
       {"policy", Flag::kText, "", "the server's --policy; empty = built in"},
       {"hours", Flag::kNumber, "8", "that it is good for", 1, 8760},
       {"state", Flag::kText, ".run", "state folder of the server; a key is made if it has none"}},
      0,
      0,
      Token};
}

}  // namespace pingan::ctl
