#include "tools/pinganctl/import_rows.h"

#include <csv.h>

#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/progress.h"
#include "tools/pinganctl/upload/upload.h"

namespace pingan::ctl {
namespace {

constexpr int64_t kProblemsPrinted = 1000;

// Tells problems to people, and all of them to a CSV file with a mark, as spreadsheets like it.
class Report {
 public:
  static StatusOr<Report> Open(const std::string& path, bool print) {
    Report report;
    report.print_ = print;
    if (path.empty()) return report;
    report.file_.reset(std::fopen(path.c_str(), "w"));
    if (report.file_ == nullptr) return absl::InvalidArgumentError("cannot write " + path);
    std::fputs("\xEF\xBB\xBFline,row_id,field,reason,suggestion\n", report.file_.get());
    return report;
  }

  void Add(const RowProblem& problem) {
    if (file_ != nullptr) {
      std::fprintf(file_.get(), "%ld", problem.line);
      for (const std::string* cell :
           {&problem.row_id, &problem.field, &problem.reason, &problem.suggestion}) {
        std::fputc(',', file_.get());
        csv_fwrite(file_.get(), cell->data(), cell->size());
      }
      std::fputc('\n', file_.get());
    }
    if (!print_ || ++told_ > kProblemsPrinted) return;
    std::printf("line %ld: %s%s%s%s%s\n", problem.line, problem.field.c_str(),
                problem.field.empty() ? "" : ": ", problem.reason.c_str(),
                problem.suggestion.empty() ? "" : "; ", problem.suggestion.c_str());
    if (told_ == kProblemsPrinted) {
      std::printf("more are not printed%s\n", file_ != nullptr ? "" : "; --report=FILE has all");
    }
  }

  // Whether the file has all of it.
  bool Written() {
    return file_ == nullptr || (std::fflush(file_.get()) == 0 && std::ferror(file_.get()) == 0);
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  bool print_ = true;
  int64_t told_ = 0;
};

void PrintJson(const RowCounts& counts) {
  std::printf(R"({"rows_read":"%ld","rows_stored":"%ld","rows_known":"%ld",)"
              R"("rows_stored_or_known":"%ld","rows_refused":"%ld"})"
              "\n",
              counts.read, counts.stored, counts.known, counts.either, counts.refused);
}

void Print(const RowCounts& counts, bool dry_run) {
  std::printf("%s read, %s %s, ", WithCommas(counts.read).c_str(),
              WithCommas(counts.stored).c_str(), dry_run ? "good" : "stored");
  if (counts.either > 0) std::printf("%s stored or known, ", WithCommas(counts.either).c_str());
  std::printf("%s known, %s refused\n", WithCommas(counts.known).c_str(),
              WithCommas(counts.refused).c_str());
}

// Whatever ended it, the rest of the file was not looked at. What the service refuses for good, it
// refuses again: that is told as it stands. A token that is over is another one the next time.
Status Stopped(const Status& status) {
  const auto reason = DetailsOf(status).reason;
  const bool goes_on = reason == common::v1::REASON_UNSPECIFIED ||
                       reason == common::v1::TOKEN_EXPIRED || Passing(status);
  if (!goes_on) return status;
  return absl::UnavailableError(
      absl::StrCat("stopped before the end; the same command goes on: ",
                   reason == 0 ? "" : common::v1::Reason_Name(reason) + ": ", status.message()));
}

}  // namespace

Status ImportRows(const Options& options, const InputFile& input, const SendRows& send,
                  RowSource& source) {
  ASSIGN_OR_RETURN(Report report, Report::Open(options.Text("report"), !options.On("json")));
  const bool dry_run = options.On("dry_run");
  RowCounts counts;
  Status status;
  {
    Progress progress("import", input.lines());
    Upload upload(
        send, source, {.dry_run = dry_run},
        {.problem =
             [&](const RowProblem& problem) {
               progress.Hide();
               report.Add(problem);
             },
         .line = [&](int64_t line) { progress.Set(line); },
         .wait = [&](const std::string& why) { progress.Say("waits for the service: " + why); }});
    status = upload.Run();
    counts = upload.counts();
  }
  options.On("json") ? PrintJson(counts) : Print(counts, dry_run);
  if (!status.ok()) return Stopped(status);
  if (!report.Written()) {
    return absl::InvalidArgumentError("cannot write " + options.Text("report"));
  }
  if (counts.read == 0) return absl::InvalidArgumentError("no row in " + input.path());
  if (counts.refused == 0) return absl::OkStatus();
  return absl::FailedPreconditionError("not every row was taken");
}

}  // namespace pingan::ctl
