#include "common/auth/revocations.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/auth/fetch.h"
#include "common/auth/json.h"

namespace pingan::auth {
namespace {

constexpr size_t kBytesMax = 1 << 20;

// Whether a token's claim can be this. What looks like a comment behind a name is none of it, and a
// name that nobody has would revoke nothing without a word.
bool CanBeClaim(absl::string_view name) {
  return !name.empty() && !absl::StrContains(name, " #") &&
         std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return absl::ascii_iscntrl(c); }) &&
         Json(json_stringn(name.data(), name.size())) != nullptr;
}

}  // namespace

StatusOr<Revocations> Revocations::Parse(std::string_view text) {
  absl::string_view rest = AbslView(text);
  absl::ConsumePrefix(&rest, "\xEF\xBB\xBF");
  Revocations revocations;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(rest, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const absl::string_view word = line.substr(0, line.find_first_of(" \t"));
    const absl::string_view name = absl::StripLeadingAsciiWhitespace(line.substr(word.size()));
    if ((word != "sub" && word != "jti") || !CanBeClaim(name)) {
      revocations.unread_.push_back(number);
    } else {
      (word == "sub" ? revocations.subjects_ : revocations.token_ids_).emplace(name);
    }
  }
  if (!revocations.unread_.empty() && revocations.subjects_.empty() &&
      revocations.token_ids_.empty()) {
    return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
                 "no line is \"sub <subject>\" or \"jti <token id>\" in UTF-8");
  }
  return revocations;
}

StatusOr<Revocations> Revocations::Read(const std::string& path) {
  if (path.empty()) return Revocations();
  ASSIGN_OR_RETURN(const std::string text, Fetch(path, {.bytes_max = kBytesMax}));
  return Parse(text);
}

bool Revocations::Cover(std::string_view subject, std::string_view token_id) const {
  // As the lines are.
  const auto listed = [](const auto& names, std::string_view name) {
    return names.contains(StdView(absl::StripAsciiWhitespace(AbslView(name))));
  };
  return listed(subjects_, subject) || listed(token_ids_, token_id);
}

}  // namespace pingan::auth
