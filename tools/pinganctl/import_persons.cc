#include "tools/pinganctl/import_persons.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/import_rows.h"
#include "tools/pinganctl/persons/rows.h"
#include "tools/pinganctl/session.h"

namespace pingan::ctl {
namespace {

namespace v1 = population::v1;

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

}  // namespace

Status ImportPersons(const Options& options, const std::string& path) {
  ASSIGN_OR_RETURN(const auto input, InputFile::Open(path));
  ASSIGN_OR_RETURN(const auto encoding, EncodingOf(options.Text("encoding")));
  CsvReader reader(input->stream(), encoding);
  ASSIGN_OR_RETURN(const Head head, ReadHead(options, path, &reader));
  ASSIGN_OR_RETURN(const auto areas, LoadAreaNames(options));
  ASSIGN_OR_RETURN(const auto client, Connect(options, {.service = "population"}));
  PersonRows rows(reader, head, areas.has_value() ? &*areas : nullptr);
  return ImportRows(options, *input,
                    Through<v1::ImportPersonsRequest, v1::ImportPersonsResponse>(*client), rows);
}

}  // namespace pingan::ctl
