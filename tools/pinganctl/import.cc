// pinganctl import: an old ledger into the disputes service.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tools/pinganctl/json_lines.h"
#include "tools/pinganctl/print.h"
#include "tools/pinganctl/progress.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(One {"row_id": "...", "dispute": {...}} a line; `pinganctl ledger` shows what that looks like.
Every row is stored or refused by itself. Run it again after a stop: rows that were stored are known and
not stored twice. Refused and unreadable lines are listed, and make the exit code 1.
FILE may be a pipe, or "-" for stdin; a folder, or a file without a row, makes the exit code 2.
)";

// 0 if it cannot be known before: what a pipe gives can be read once only.
int64_t CountLines(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return 0;
  std::ifstream file(path);
  int64_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines;
}

void Report(const JsonLines& lines, const v1::ImportDisputesResponse& answer, bool dry_run) {
  for (const BrokenLine& broken : lines.broken()) {
    std::printf("line %ld: %s\n", broken.line, broken.problem.c_str());
  }
  for (const auto& refusal : answer.refusals()) {
    std::printf("line %ld: row %s: %s%s%s\n", lines.LineOf(refusal.row_id()),
                refusal.row_id().c_str(), refusal.field().c_str(),
                refusal.field().empty() ? "" : ": ", refusal.problem().c_str());
  }
  std::printf("%s read, %s %s, %s known, %s refused, %zu unreadable\n",
              WithCommas(answer.rows_read()).c_str(), WithCommas(answer.rows_stored()).c_str(),
              dry_run ? "good" : "stored", WithCommas(answer.rows_known()).c_str(),
              WithCommas(answer.rows_refused()).c_str(), lines.broken().size());
}

Status Import(const Options& options) {
  const std::string& path = options.words()[0];
  const bool piped = path == "-";
  if (!piped && std::filesystem::is_directory(path)) {
    return absl::InvalidArgumentError(path + " is a folder");
  }
  std::ifstream file;
  if (!piped) file.open(path);
  if (!file) return absl::InvalidArgumentError("cannot read " + path);
  ASSIGN_OR_RETURN(const auto client, Connect(options));
  JsonLines lines(piped ? std::cin : file);
  lines.set_dry_run(options.On("dry_run"));
  v1::ImportDisputesResponse answer;
  {
    Progress progress("import", CountLines(path));
    RETURN_IF_ERROR(client->Upload(
        v1::ImportDisputesRequest::descriptor(),
        [&] {
          const auto* row = lines.Next();
          progress.Set(lines.line());
          return row;
        },
        &answer));
  }
  if (options.On("json")) {
    ASSIGN_OR_RETURN(const std::string json, Json(answer));
    std::printf("%s\n", json.c_str());
  } else {
    Report(lines, answer, options.On("dry_run"));
  }
  if (answer.rows_read() == 0 && lines.broken().empty()) {
    return absl::InvalidArgumentError("no row in " + path);
  }
  if (answer.rows_refused() == 0 && lines.broken().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError("not every row was taken");
}

}  // namespace

Verb ImportVerb() {
  return {"import",
          "FILE.jsonl | -",
          "Imports an old ledger of disputes",
          kHelp,
          ServerFlags({{"dry_run", Flag::kSwitch, "", "check every row, store none"},
                       {"json", Flag::kSwitch, "", "print the server's report as JSON"}},
                      "importer"),
          1,
          1,
          Import};
}

}  // namespace pingan::ctl
