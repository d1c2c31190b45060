#include "tools/pinganctl/json_lines.h"

#include <google/protobuf/util/json_util.h>

namespace pingan::ctl {

const disputes::v1::ImportDisputesRequest* JsonLines::Next() {
  for (std::string text; std::getline(input_, text);) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    row_.Clear();
    const auto status = google::protobuf::util::JsonStringToMessage(text, &row_);
    if (!status.ok()) {
      broken_.push_back({line_, std::string(status.message())});
      continue;
    }
    row_.set_dry_run(dry_run_);
    lines_[row_.row_id()] = line_;
    return &row_;
  }
  return nullptr;
}

int64_t JsonLines::LineOf(const std::string& row_id) const {
  const auto found = lines_.find(row_id);
  return found == lines_.end() ? 0 : found->second;
}

}  // namespace pingan::ctl
