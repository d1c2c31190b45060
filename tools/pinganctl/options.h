// The command line of one verb: words, and flags written --name=value, --name value or, for a
// switch, --name.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "common/base/status.h"

namespace pingan::ctl {

struct Flag {
  enum Kind { kText, kNumber, kSwitch };
  const char* name;
  Kind kind;
  const char* fallback;  // shown in the help; a number for kNumber, "" for kSwitch
  const char* help;
  int64_t min = std::numeric_limits<int64_t>::min();  // of kNumber
  int64_t max = std::numeric_limits<int64_t>::max();
};

class Options {
 public:
  // INVALID_ARGUMENT without a reason, as every error of usage: an unknown flag, a flag without its
  // value, a number that is none or out of its bounds.
  static StatusOr<Options> Parse(const std::vector<Flag>& flags,
                                 const std::vector<std::string>& args);

  // Of a flag that was declared.
  const std::string& Text(const std::string& name) const { return values_.at(name); }
  int64_t Number(const std::string& name) const { return std::stoll(values_.at(name)); }
  bool On(const std::string& name) const { return values_.at(name) == "true"; }

  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string> values_;
  std::vector<std::string> words_;
};

}  // namespace pingan::ctl
