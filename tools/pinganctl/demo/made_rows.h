// Rows that are made, not read, on their way into a service.
#pragma once

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/demo/trail.h"
#include "tools/pinganctl/upload/upload.h"

namespace pingan::ctl {

// Row `number` from 1 on, each made when it is asked for.
template <class Request>
class MadeRows : public RowSource {
 public:
  using Make = std::function<Request(int64_t number)>;

  MadeRows(int64_t rows, Make make) : rows_(rows), make_(std::move(make)) {}

  bool Next(Row* row, std::vector<RowProblem>*) override {
    if (made_ == rows_) return false;
    row->line = ++made_;
    row->request = std::make_unique<Request>(make_(made_));
    return true;
  }

 private:
  const int64_t rows_;
  const Make make_;
  int64_t made_ = 0;
};

// Imports rows 1 to `rows`. INTERNAL if one is refused.
template <class Request, class Response>
Status ImportMade(const rpc::Client& client, int64_t rows, typename MadeRows<Request>::Make make,
                  const OnProgress& progress) {
  MadeRows<Request> source(rows, std::move(make));
  std::string first;
  Upload upload(Through<Request, Response>(client), source, {},
                {.problem =
                     [&](const RowProblem& problem) {
                       if (!first.empty()) return;
                       first =
                           absl::StrCat(problem.row_id, " ", problem.field, ": ", problem.reason);
                     },
                 .line = progress,
                 .wait = [](const std::string&) {}});
  RETURN_IF_ERROR(upload.Run());
  if (upload.counts().refused == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(upload.counts().refused, " rows are refused: ", first));
}

}  // namespace pingan::ctl
