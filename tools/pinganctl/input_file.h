// A file named on the command line, to be read once: a path, a pipe, or "-" for stdin.
#pragma once

#include <cstdint>
#include <fstream>
#include <istream>
#include <memory>
#include <string>

#include "common/base/status.h"

namespace pingan::ctl {

class InputFile {
 public:
  // INVALID_ARGUMENT without a reason if it is a folder or cannot be read.
  static StatusOr<std::unique_ptr<InputFile>> Open(const std::string& path);

  std::istream& stream();
  const std::string& path() const { return path_; }

  // 0 if it cannot be known before: what a pipe gives can be read once only.
  int64_t lines() const { return lines_; }

 private:
  std::string path_;
  std::ifstream file_;
  bool stdin_ = false;
  int64_t lines_ = 0;
};

}  // namespace pingan::ctl
