// Tab-separated tables, the form of our data files.
//
//   # source: where it comes from        a header line is "# key: value"
//   # any other line with # is a comment
//   411602000000	川汇区               a row; empty lines, carriage returns and a mark of
//   UTF-8 at
//                                        the beginning do not count
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace pingan {

struct Tsv {
  struct Row {
    size_t line;                     // from 1
    std::vector<std::string> cells;  // at least one
  };

  std::string origin;                         // of the text, for errors
  std::map<std::string, std::string> header;  // the last of a key that comes twice
  std::vector<Row> rows;

  // INVALID_ARGUMENT naming the origin, the line and the problem.
  Status Malformed(size_t line, std::string_view problem) const;
};

Tsv ParseTsv(std::string_view text, std::string_view origin);

// The bytes of a file. NOT_FOUND naming `what` it is and the path.
StatusOr<std::string> ReadFile(std::string_view what, const std::string& path);

}  // namespace pingan
