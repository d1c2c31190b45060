#include "tools/pinganctl/options.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace pingan::ctl {
namespace {

Status CheckValue(const Flag& flag, const std::string& value) {
  int64_t number = 0;
  if (flag.kind == Flag::kNumber && !absl::SimpleAtoi(value, &number)) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag.name, ": want a number"));
  }
  if (flag.kind == Flag::kNumber && (number < flag.min || number > flag.max)) {
    const bool open = flag.max == std::numeric_limits<int64_t>::max();
    return absl::InvalidArgumentError(
        open ? absl::StrCat("--", flag.name, ": want at least ", flag.min)
             : absl::StrCat("--", flag.name, ": want ", flag.min, " to ", flag.max));
  }
  if (flag.kind == Flag::kSwitch && value != "true" && value != "false") {
    return absl::InvalidArgumentError(absl::StrCat("--", flag.name, ": want no value"));
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Options> Options::Parse(const std::vector<Flag>& flags,
                                 const std::vector<std::string>& args) {
  Options options;
  for (const Flag& flag : flags) options.values_[flag.name] = flag.fallback;
  for (size_t i = 0; i < args.size(); ++i) {
    if (!args[i].starts_with("--")) {
      options.words_.push_back(args[i]);
      continue;
    }
    const size_t equals = args[i].find('=');
    const std::string name = args[i].substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto flag =
        std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return f.name == name; });
    if (flag == flags.end()) return absl::InvalidArgumentError(absl::StrCat("no flag --", name));
    std::string value = "true";
    if (equals != std::string::npos) {
      value = args[i].substr(equals + 1);
    } else if (flag->kind != Flag::kSwitch) {
      if (++i == args.size()) {
        return absl::InvalidArgumentError(absl::StrCat("--", name, ": want a value"));
      }
      value = args[i];
    }
    RETURN_IF_ERROR(CheckValue(*flag, value));
    options.values_[name] = value;
  }
  return options;
}

}  // namespace pingan::ctl
