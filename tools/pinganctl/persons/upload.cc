#include "tools/pinganctl/persons/upload.h"

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/persons/advice.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr size_t kChunk = 1000;  // of refusals the service tells as many

// A row whose outcome is not known is refused without a field; sent again it is stored or known.
bool Unsettled(const v1::ImportPersonsResponse& answer) {
  return std::any_of(answer.refusals().begin(), answer.refusals().end(),
                     [](const auto& refusal) { return refusal.field().empty(); });
}

}  // namespace

RowProblem PersonUpload::Told(int64_t line, const std::string& row_id, const CellProblem& problem,
                              const std::vector<std::string>& cells) const {
  const Column* column = problem.column;
  return {line, row_id, column == nullptr ? "" : head_.Heading(*column), problem.reason,
          Advice(problem, column == nullptr ? "" : head_.Cell(*column, cells), areas_)};
}

// False at the end of the file.
bool PersonUpload::Fill(Chunk* chunk) {
  CsvRow row;
  while (chunk->rows.size() + chunk->problems.size() < kChunk && reader_.Next(&row)) {
    chunk->last_line = row.line;
    Row sent{row.line, std::move(row.cells), {}};
    std::vector<CellProblem> problems;
    if (row.problem.empty()) {
      problems = head_.Read(sent.line, sent.cells, &sent.request);
    } else {
      problems.push_back({nullptr, row.problem});
    }
    for (const CellProblem& problem : problems) {
      chunk->problems.push_back(Told(sent.line, sent.request.row_id(), problem, sent.cells));
    }
    if (!problems.empty()) {
      ++chunk->broken;
      continue;
    }
    sent.request.set_dry_run(settings_.dry_run);
    chunk->rows.push_back(std::move(sent));
  }
  chunk->number = next_;
  const bool any = !chunk->rows.empty() || !chunk->problems.empty();
  if (any) ++next_;
  return any;
}

Status PersonUpload::Send(const Chunk& chunk, v1::ImportPersonsResponse* answer) const {
  Status status;
  if (chunk.rows.empty()) return status;
  for (int i = 0; i < settings_.tries; ++i) {
    answer->Clear();
    size_t next = 0;
    status = client_.Upload(
        v1::ImportPersonsRequest::descriptor(),
        [&] { return next < chunk.rows.size() ? &chunk.rows[next++].request : nullptr; }, answer);
    if (status.ok() && !Unsettled(*answer)) return status;
    if (!status.ok() && status.code() != absl::StatusCode::kUnavailable) return status;
    if (!client_.Connected(settings_.patience)) break;
  }
  return status;
}

void PersonUpload::Explain(const v1::ImportPersonsResponse& answer, Chunk* chunk) const {
  std::unordered_map<std::string, const Row*> rows;
  for (const Row& row : chunk->rows) rows[row.request.row_id()] = &row;
  for (const auto& refusal : answer.refusals()) {
    const auto found = rows.find(refusal.row_id());
    if (found == rows.end()) continue;
    const Row& row = *found->second;
    CellProblem problem{ColumnOfPath(refusal.field()), refusal.problem()};
    if (problem.column == nullptr && !refusal.field().empty()) {
      problem.reason = absl::StrCat(refusal.field(), ": ", problem.reason);
    }
    chunk->problems.push_back(Told(row.line, refusal.row_id(), problem, row.cells));
  }
  std::stable_sort(chunk->problems.begin(), chunk->problems.end(),
                   [](const auto& one, const auto& other) { return one.line < other.line; });
}

void PersonUpload::Work(const OnProblem& on_problem, const OnLine& on_line) {
  while (true) {
    Chunk chunk;
    {
      std::lock_guard lock(read_mutex_);
      if (!Fill(&chunk)) return;
    }
    v1::ImportPersonsResponse answer;
    const Status status = Send(chunk, &answer);
    if (status.ok()) Explain(answer, &chunk);
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return told_ == chunk.number || !status_.ok(); });
    if (status_.ok()) status_ = status;
    if (!status_.ok()) return turn_.notify_all();
    counts_.read += static_cast<int64_t>(chunk.rows.size()) + chunk.broken;
    counts_.stored += answer.rows_stored();
    counts_.known += answer.rows_known();
    counts_.refused += answer.rows_refused() + chunk.broken;
    for (const RowProblem& problem : chunk.problems) on_problem(problem);
    on_line(chunk.last_line);
    ++told_;
    turn_.notify_all();
  }
}

Status PersonUpload::Run(const OnProblem& on_problem, const OnLine& on_line) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < settings_.streams; ++i) {
      threads.emplace_back([&] { Work(on_problem, on_line); });
    }
  }
  return status_;
}

}  // namespace pingan::ctl
