#include "common/base/tsv.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace pingan {

Status Tsv::Malformed(size_t line, std::string_view problem) const {
  return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID,
               absl::StrCat(origin, ":", line, ": ", AbslView(problem)));
}

Tsv ParseTsv(std::string_view text, std::string_view origin) {
  Tsv tsv;
  tsv.origin = std::string(origin);
  // Spreadsheets put a mark before it.
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(AbslView(text), '\n')) {
    ++number;
    absl::ConsumeSuffix(&line, "\r");
    if (absl::ConsumePrefix(&line, "#")) {
      const std::pair<absl::string_view, absl::string_view> entry =
          absl::StrSplit(line, absl::MaxSplits(": ", 1));
      if (absl::ConsumePrefix(&line, " ") && !entry.second.empty()) {
        tsv.header[std::string(entry.first.substr(1))] = std::string(entry.second);
      }
    } else if (!line.empty()) {
      tsv.rows.push_back({number, absl::StrSplit(line, '\t')});
    }
  }
  return tsv;
}

StatusOr<std::string> ReadFile(std::string_view what, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // To copy nothing counts as a failure; to look for what is not there does not.
  const bool empty = file.good() && file.peek() == std::ifstream::traits_type::eof();
  if (file.bad() || (!empty && !(text << file.rdbuf()))) {
    return Error(absl::StatusCode::kNotFound, common::v1::RESOURCE_ABSENT,
                 absl::StrCat("cannot read the ", AbslView(what), " ", path));
  }
  return text.str();
}

}  // namespace pingan
