#include "tools/pinganctl/input_file.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

namespace pingan::ctl {
namespace {

int64_t CountLines(const std::string& path) {
  std::ifstream file(path);
  std::vector<char> block(1 << 20);
  int64_t lines = 0;
  do {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    lines += std::count(block.begin(), block.begin() + file.gcount(), '\n');
  } while (file);
  return lines;
}

}  // namespace

StatusOr<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path) {
  auto input = std::make_unique<InputFile>();
  input->path_ = path;
  input->stdin_ = path == "-";
  if (input->stdin_) return input;
  if (std::filesystem::is_directory(path)) {
    return absl::InvalidArgumentError(path + " is a folder");
  }
  input->file_.open(path);
  if (!input->file_) return absl::InvalidArgumentError("cannot read " + path);
  if (std::filesystem::is_regular_file(path)) input->lines_ = CountLines(path);
  return input;
}

std::istream& InputFile::stream() {
  return stdin_ ? std::cin : file_;
}

}  // namespace pingan::ctl
