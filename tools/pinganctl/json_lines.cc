#include "tools/pinganctl/json_lines.h"

#include <google/protobuf/util/json_util.h>

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::ctl {

bool JsonLines::Next(Row* row, std::vector<RowProblem>* problems) {
  for (std::string text; std::getline(input_, text);) {
    if (++line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto request = std::make_unique<disputes::v1::ImportDisputesRequest>();
    const auto status = google::protobuf::util::JsonStringToMessage(text, request.get());
    row->line = line_;
    row->request = std::move(request);
    if (!status.ok()) {
      // What follows its first line shows the place by a part of the row, which may be personal.
      const std::string why(status.message());
      problems->push_back(
          {line_, "", "", why.substr(0, why.find('\n')), "write it as `pinganctl ledger` does"});
    }
    return true;
  }
  return false;
}

}  // namespace pingan::ctl
