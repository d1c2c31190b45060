#include "tools/pinganctl/upload/upload.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "tools/pinganctl/upload/pauses.h"

namespace pingan::ctl {
namespace {

constexpr size_t kChunk = 1000;  // of refusals the service tells as many

void SetDryRun(bool dry_run, google::protobuf::Message* request) {
  request->GetReflection()->SetBool(request, request->GetDescriptor()->FindFieldByName("dry_run"),
                                    dry_run);
}

Status Unsettled(const std::vector<Row>& rows) {
  const auto open = std::find_if(rows.begin(), rows.end(),
                                 [](const Row& row) { return row.outcome == Row::kOpen; });
  return absl::UnavailableError(
      absl::StrCat("row at line ", open->line, ": ", open->refusal.problem));
}

}  // namespace

bool Passing(const Status& status) {
  return status.code() == absl::StatusCode::kUnavailable || rpc::CutOff(status) ||
         status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kAborted || DetailsOf(status).retry_after_ms > 0;
}

// What is wrong with the row's id; `lines` has those before it.
std::string Upload::Identify(Row* row, std::unordered_map<std::string, int64_t>* lines) const {
  std::string problem = ProblemOfRowId(*row->request);
  if (!problem.empty()) return problem;
  row->row_id = RowIdOf(*row->request);
  const auto [first, fresh] = lines->try_emplace(row->row_id, row->line);
  return fresh ? "" : absl::StrCat("is also that of line ", first->second);
}

// False at the end of the file.
bool Upload::Fill(Chunk* chunk) {
  std::unordered_map<std::string, int64_t> lines;  // by row id, of which none is sent twice
  while (chunk->rows.size() + static_cast<size_t>(chunk->broken) < kChunk) {
    Row row;
    std::vector<RowProblem> problems;
    if (!source_.Next(&row, &problems)) break;
    chunk->last_line = row.line;
    if (problems.empty()) {
      row.refusal = {"row_id", Identify(&row, &lines)};
      if (!row.refusal.problem.empty()) problems.push_back(source_.Explain(row));
    }
    if (problems.empty()) {
      SetDryRun(settings_.dry_run, row.request.get());
      chunk->rows.push_back(std::move(row));
    } else {
      ++chunk->broken;
      std::move(problems.begin(), problems.end(), std::back_inserter(chunk->problems));
    }
  }
  chunk->number = next_;
  const bool any = !chunk->rows.empty() || !chunk->problems.empty();
  if (any) ++next_;
  return any;
}

// OK if every row is settled.
Status Upload::Try(const Chunk& chunk, Settlement* settlement) {
  const auto answer = send_(chunk.rows);
  if (!answer.ok()) {
    settlement->Broke(answer.status());
    return answer.status();
  }
  if (settlement->Answered(*answer)) WentOn();
  return settlement->settled() ? absl::OkStatus() : Unsettled(chunk.rows);
}

Status Upload::Send(Chunk* chunk, Settlement* settlement) {
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

void Upload::WentOn() {
  std::lock_guard lock(mutex_);
  went_on_us_ = MonotonicMicros();
  wait_told_ = false;
}

// False if it is of no use. The time before the first failure is no lack of progress: a pipe may be
// slow.
bool Upload::Wait(int64_t failing_us, absl::Duration pause, const Status& why) {
  std::unique_lock lock(mutex_);
  const int64_t idle_us = MonotonicMicros() - std::max(went_on_us_, failing_us);
  if (absl::Microseconds(idle_us) + pause > settings_.patience) return false;
  if (pause >= settings_.pause_told && !std::exchange(wait_told_, true)) {
    events_.wait(std::string(why.message()));
  }
  return !turn_.wait_for(lock, absl::ToChronoMicroseconds(pause), [&] { return !status_.ok(); });
}

void Upload::Explain(Chunk* chunk) const {
  for (const Row& row : chunk->rows) {
    if (row.outcome != Row::kTaken) chunk->problems.push_back(source_.Explain(row));
  }
  std::stable_sort(chunk->problems.begin(), chunk->problems.end(),
                   [](const auto& one, const auto& other) { return one.line < other.line; });
}

void Upload::Tell(const Chunk& chunk, const Settlement& settlement) {
  counts_.read += static_cast<int64_t>(chunk.rows.size()) + chunk.broken;
  counts_.stored += settlement.stored();
  counts_.known += settlement.known();
  counts_.either += settlement.either();
  counts_.refused += settlement.refused() + chunk.broken;
  for (const RowProblem& problem : chunk.problems) events_.problem(problem);
  events_.line(chunk.last_line);
}

void Upload::Work() {
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

Status Upload::Run() {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < settings_.streams; ++i) threads.emplace_back([&] { Work(); });
  }
  return status_;
}

}  // namespace pingan::ctl
