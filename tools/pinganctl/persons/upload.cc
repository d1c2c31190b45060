#include "tools/pinganctl/persons/upload.h"

#include <algorithm>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "tools/pinganctl/persons/advice.h"
#include "tools/pinganctl/persons/pauses.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

constexpr size_t kChunk = 1000;  // of refusals the service tells as many

// Another try may fare better.
bool Passing(const Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kAborted || DetailsOf(status).retry_after_ms > 0;
}

Status Unsettled(const std::vector<SentRow>& rows) {
  const auto open = std::find_if(rows.begin(), rows.end(),
                                 [](const SentRow& row) { return row.outcome == SentRow::kOpen; });
  return absl::UnavailableError(
      absl::StrCat("row at line ", open->line, ": ", open->refusal.problem()));
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
  std::unordered_map<std::string, int64_t> lines;  // by row id, of which none is sent twice
  while (chunk->rows.size() + static_cast<size_t>(chunk->broken) < kChunk && reader_.Next(&row)) {
    chunk->last_line = row.line;
    SentRow sent{row.line, std::move(row.cells), {}};
    if (!row.problem.empty()) {
      chunk->problems.push_back({row.line, "", row.cell ? head_.Heading(*row.cell) : "",
                                 row.problem, Advice({nullptr, row.problem}, "", areas_)});
      ++chunk->broken;
      continue;
    }
    std::vector<CellProblem> problems = head_.Read(sent.line, sent.cells, &sent.request);
    if (problems.empty()) {
      const auto [first, fresh] = lines.try_emplace(sent.request.row_id(), sent.line);
      if (!fresh) {
        problems.push_back(
            {ColumnOfPath("row_id"), absl::StrCat("is also that of line ", first->second)});
      }
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

// OK if every row is settled.
Status PersonUpload::Try(const Chunk& chunk, Settlement* settlement) {
  v1::ImportPersonsResponse answer;
  size_t next = 0;
  Status status = client_.Upload(
      v1::ImportPersonsRequest::descriptor(),
      [&] { return next < chunk.rows.size() ? &chunk.rows[next++].request : nullptr; }, &answer);
  if (!status.ok()) {
    settlement->Broke(status);
    return status;
  }
  if (settlement->Answered(answer)) WentOn();
  return settlement->settled() ? absl::OkStatus() : Unsettled(chunk.rows);
}

Status PersonUpload::Send(Chunk* chunk, Settlement* settlement) {
  if (chunk->rows.empty()) return absl::OkStatus();
  Pauses pauses(settings_.pause_first, settings_.pause_longest);
  for (int64_t failing_us = 0;;) {
    Status status = Try(*chunk, settlement);
    if (status.ok() || !Passing(status)) return status;
    if (failing_us == 0) failing_us = MonotonicMicros();
    const auto asked = absl::Milliseconds(DetailsOf(status).retry_after_ms);
    if (!Wait(failing_us, pauses.Next(asked), status)) return status;
  }
}

void PersonUpload::WentOn() {
  std::lock_guard lock(mutex_);
  went_on_us_ = MonotonicMicros();
  wait_told_ = false;
}

// False if it is of no use. The time before the first failure is no lack of progress: a pipe may be
// slow.
bool PersonUpload::Wait(int64_t failing_us, absl::Duration pause, const Status& why) {
  std::unique_lock lock(mutex_);
  const int64_t idle_us = MonotonicMicros() - std::max(went_on_us_, failing_us);
  if (absl::Microseconds(idle_us) + pause > settings_.patience) return false;
  if (pause >= settings_.pause_told && !std::exchange(wait_told_, true)) {
    events_.wait(std::string(why.message()));
  }
  return !turn_.wait_for(lock, absl::ToChronoMicroseconds(pause), [&] { return !status_.ok(); });
}

void PersonUpload::Explain(Chunk* chunk) const {
  for (const SentRow& row : chunk->rows) {
    if (row.outcome == SentRow::kTaken) continue;
    const auto& refusal = row.refusal;
    CellProblem problem{ColumnOfPath(refusal.field()), refusal.problem()};
    if (problem.column == nullptr && !refusal.field().empty()) {
      problem.reason = absl::StrCat(refusal.field(), ": ", problem.reason);
    }
    chunk->problems.push_back(Told(row.line, refusal.row_id(), problem, row.cells));
  }
  std::stable_sort(chunk->problems.begin(), chunk->problems.end(),
                   [](const auto& one, const auto& other) { return one.line < other.line; });
}

void PersonUpload::Tell(const Chunk& chunk, const Settlement& settlement) {
  counts_.read += static_cast<int64_t>(chunk.rows.size()) + chunk.broken;
  counts_.stored += settlement.stored();
  counts_.known += settlement.known();
  counts_.either += settlement.either();
  counts_.refused += settlement.refused() + chunk.broken;
  for (const RowProblem& problem : chunk.problems) events_.problem(problem);
  events_.line(chunk.last_line);
}

void PersonUpload::Work() {
  while (true) {
    Chunk chunk;
    {
      std::lock_guard lock(read_mutex_);
      if (!Fill(&chunk)) return;
    }
    Settlement settlement(&chunk.rows, settings_.dry_run);
    const Status status = Send(&chunk, &settlement);
    const bool answered = status.ok() || settlement.answered();
    if (answered) Explain(&chunk);
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return told_ == chunk.number || !status_.ok(); });
    if (!status_.ok()) return;
    // One that was given up is told as far as it came.
    if (answered) Tell(chunk, settlement);
    status_ = status;
    ++told_;
    turn_.notify_all();
  }
}

Status PersonUpload::Run() {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < settings_.streams; ++i) threads.emplace_back([&] { Work(); });
  }
  return status_;
}

}  // namespace pingan::ctl
