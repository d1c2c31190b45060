// Rows of a file on their way into a service: read, sent, answered.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/rpc/client.h"

namespace pingan::ctl {

// A row that was not stored, and one thing that is wrong with it.
struct RowProblem {
  int64_t line;
  std::string row_id;  // empty = the row has none that can be read and is fit to be told
  std::string field;   // as the file names it; empty = the row as a whole
  std::string reason;
  std::string suggestion = "";
};

// What the service says of a row that it refuses.
struct Refusal {
  std::string field;  // path
  std::string problem;
  common::v1::Reason reason = common::v1::REASON_UNSPECIFIED;
};

// Of the request of an import. What is wrong with it, empty = nothing: the service answers under
// the id of every row, and writes it to logs and audit, so that an identity number is none.
std::string RowIdOf(const google::protobuf::Message& request);
std::string ProblemOfRowId(const google::protobuf::Message& request);

// What a row that cannot be read is told under: `row_id` if it is fit for that import, else
// nothing.
std::string FitRowId(const google::protobuf::Message& import, const std::string& row_id);

struct Row {
  enum Outcome {
    kOpen,
    kTaken,    // stored, by whatever try, or known
    kRefused,  // for good
  };
  int64_t line = 0;
  std::vector<std::string> cells;  // of a table
  std::unique_ptr<google::protobuf::Message> request;
  std::string row_id;
  Outcome outcome = kOpen;
  Refusal refusal;  // unless it is taken
};

class RowSource {
 public:
  virtual ~RowSource() = default;

  // The next row: its line and, unless it has problems, its request. False at the end.
  virtual bool Next(Row* row, std::vector<RowProblem>* problems) = 0;

  // A refusal in the file's own terms.
  virtual RowProblem Explain(const Row& row) const {
    return {row.line, row.row_id, row.refusal.field, row.refusal.problem};
  }
};

// What the service answers to rows that were sent together.
struct RowsAnswer {
  int64_t stored = 0;
  int64_t known = 0;
  std::vector<std::pair<std::string, Refusal>> refusals;  // by row id
};

using SendRows = std::function<StatusOr<RowsAnswer>(const std::vector<Row>&)>;

// As one stream of an Import, whose request and response those are. `client` outlives it.
template <class Request, class Response>
SendRows Through(const rpc::Client& client) {
  return [&client](const std::vector<Row>& rows) -> StatusOr<RowsAnswer> {
    Response response;
    size_t next = 0;
    RETURN_IF_ERROR(client.Upload(
        Request::descriptor(),
        [&] { return next < rows.size() ? rows[next++].request.get() : nullptr; }, &response));
    RowsAnswer answer{response.rows_stored(), response.rows_known(), {}};
    for (const auto& refusal : response.refusals()) {
      answer.refusals.push_back(
          {refusal.row_id(), {refusal.field(), refusal.problem(), refusal.reason()}});
    }
    return answer;
  };
}

}  // namespace pingan::ctl
