#include "tools/pinganctl/json_lines.h"

#include <google/protobuf/util/json_util.h>

#include "absl/strings/strip.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "re2/re2.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

// Of a line that is no request, or not even JSON. In a string a quote follows a backslash, so that
// what a title says is not found.
std::string RowIdIn(const std::string& text) {
  static const RE2* const form = new RE2(R"re([{,]\s*"row_?[iI]d"\s*:\s*"([^"\\]*)")re");
  std::string row_id;
  if (!RE2::PartialMatch(text, *form, &row_id)) return "";
  return FitRowId(v1::ImportDisputesRequest::default_instance(), row_id);
}

// What follows its first line shows the place by a part of the row, which may be personal. It
// begins with the path within the row, which the row itself does not have.
std::string Why(const std::string& text) {
  return std::string(absl::StripPrefix(text.substr(0, text.find('\n')), ": "));
}

}  // namespace

bool JsonLines::Next(Row* row, std::vector<RowProblem>* problems) {
  for (std::string text; std::getline(input_, text);) {
    if (++line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    auto request = std::make_unique<v1::ImportDisputesRequest>();
    const auto status = google::protobuf::util::JsonStringToMessage(text, request.get());
    row->line = line_;
    row->request = std::move(request);
    if (!status.ok()) {
      problems->push_back({line_, RowIdIn(text), "", Why(std::string(status.message())),
                           "write it as `pinganctl ledger` does"});
    }
    return true;
  }
  return false;
}

}  // namespace pingan::ctl
