#include "tools/pinganctl/import_persons.h"

#include <csv.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/input_file.h"
#include "tools/pinganctl/persons/upload.h"
#include "tools/pinganctl/progress.h"
#include "tools/pinganctl/session.h"

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

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  bool print_ = true;
  int64_t told_ = 0;
};

StatusOr<CsvReader::Encoding> EncodingOf(const std::string& name) {
  if (name == "auto") return CsvReader::Encoding::kByHead;
  if (name == "utf-8") return CsvReader::Encoding::kUtf8;
  if (name == "gb18030") return CsvReader::Encoding::kGb18030;
  return absl::InvalidArgumentError("--encoding: want auto, utf-8 or gb18030");
}

// What the ids of rows begin with; empty if the file's name is no such and none is said.
StatusOr<std::string> LedgerOf(const Options& options, const std::string& path) {
  std::string name = options.Text("ledger");
  // A pipe has no name of its own, and another one the next time.
  if (name.empty() && std::filesystem::is_regular_file(path))
    name = std::filesystem::path(path).stem().string();
  const bool good =
      !name.empty() && name.size() <= 40 &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
          std::string::npos;
  if (good) return name;
  if (options.Text("ledger").empty()) return "";
  return absl::InvalidArgumentError(
      "--ledger: want at most 40 letters, digits, dots, dashes and underscores");
}

StatusOr<Head> ReadHead(const Options& options, const std::string& path, CsvReader* reader) {
  CsvRow row;
  if (!reader->Next(&row)) return absl::InvalidArgumentError("no row in " + path);
  if (!row.problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " line ", row.line, ": ", row.problem));
  }
  ASSIGN_OR_RETURN(std::string ledger, LedgerOf(options, path));
  return Head::Of(row.cells, {std::move(ledger), options.Text("area"), options.Text("kind")},
                  options.On("extra_columns"));
}

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

}  // namespace

Status ImportPersons(const Options& options, const std::string& path) {
  ASSIGN_OR_RETURN(const auto input, InputFile::Open(path));
  ASSIGN_OR_RETURN(const auto encoding, EncodingOf(options.Text("encoding")));
  CsvReader reader(input->stream(), encoding);
  ASSIGN_OR_RETURN(const Head head, ReadHead(options, path, &reader));
  ASSIGN_OR_RETURN(Report report, Report::Open(options.Text("report"), !options.On("json")));
  const auto areas = area::Tree::Load(options.Text("areas"));
  ASSIGN_OR_RETURN(const auto client, Connect(options, {.service = "population"}));
  const bool dry_run = options.On("dry_run");
  RowCounts counts;
  Status status;
  {
    Progress progress("import", input->lines());
    PersonUpload upload(
        *client, reader, head, areas.ok() ? &*areas : nullptr, {.dry_run = dry_run},
        {.problem = [&](const RowProblem& problem) { report.Add(problem); },
         .line = [&](int64_t line) { progress.Set(line); },
         .wait = [&](const std::string& why) { progress.Say("waits for the service: " + why); }});
    status = upload.Run();
    counts = upload.counts();
  }
  options.On("json") ? PrintJson(counts) : Print(counts, dry_run);
  // Whatever ended it, the rest of the file was not looked at.
  if (!status.ok()) {
    return absl::UnavailableError(
        absl::StrCat("stopped before the end; the same command goes on: ", status.message()));
  }
  if (counts.read == 0) return absl::InvalidArgumentError("no row in " + path);
  if (counts.refused == 0) return absl::OkStatus();
  return absl::FailedPreconditionError("not every row was taken");
}

}  // namespace pingan::ctl
