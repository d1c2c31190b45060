#include "tools/pinganctl/print.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/str_format.h"

namespace pingan::ctl {
namespace {

// Of UTF-8: what takes three bytes and more is wide, as Chinese is; continuation bytes take
// nothing.
size_t Width(const std::string& text) {
  size_t width = 0;
  for (const unsigned char c : text) width += c >= 0xE0 ? 2 : (c & 0xC0) == 0x80 ? 0 : 1;
  return width;
}

}  // namespace

StatusOr<std::string> Json(const google::protobuf::Message& message, bool indented) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = indented;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (status.ok()) return json;
  return absl::InternalError("no JSON of " + message.GetTypeName() + ": " +
                             std::string(status.message()));
}

std::string Columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - Width(row[i]), ' ');
      text += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    text += '\n';
  }
  return text;
}

std::string Percent(int64_t part, int64_t whole) {
  if (whole == 0) return "-";
  return absl::StrFormat("%.1f %%", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace pingan::ctl
