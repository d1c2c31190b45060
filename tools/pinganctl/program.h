// Another program, run to its end without a shell: what its arguments hold is theirs as it stands.
#pragma once

#include <string>
#include <vector>

#include "common/base/status.h"

namespace pingan::ctl {

struct Program {
  std::vector<std::string> words;  // name, looked for in PATH, and arguments
  std::string folder;              // where it runs
};

struct ProgramEnd {
  int code = 0;  // exit code; 128 and the signal's number if one ended it
  std::string output;
};

// Its standard output, and how it ended; standard error and input are ours. UNAVAILABLE without a
// reason if it cannot be started.
StatusOr<ProgramEnd> Run(const Program& program);

}  // namespace pingan::ctl
