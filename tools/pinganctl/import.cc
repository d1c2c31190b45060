// pinganctl import: an old ledger into the disputes service.
#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/area_file.h"
#include "tools/pinganctl/import_persons.h"
#include "tools/pinganctl/import_rows.h"
#include "tools/pinganctl/json_lines.h"
#include "tools/pinganctl/persons/columns.h"
#include "tools/pinganctl/session.h"
#include "tools/pinganctl/verb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;

constexpr char kHelp[] =
    R"(import FILE.jsonl: one {"row_id": "...", "dispute": {...}} a line; `pinganctl ledger` shows what
that looks like.

import persons FILE.csv: a first line of column names and a person a line, comma-separated, as UTF-8
or GB18030. The columns, in any order; display_name is a must, area and kind too or as a flag:

)";

constexpr char kHelpEnd[] =
    R"(
Every row is stored or refused by itself. Each that is refused is listed with line, field, reason
and what to do. Run it again after a stop: rows that were stored are known and not stored twice. A
row is known by its row_id, else by the ledger's name and its line: correct lines in place, add new
ones at the end.

While the service is away, overloaded or without its database, the import waits and says so; it ends
when nothing went on for two minutes. It asks the address that it began with: a server that comes
back at another is found when the same command is run again. Each row is counted once. "Stored or
known" are rows that the service had when it was asked again after a connection broke: stored by
this run, or known before.

FILE may be a pipe, or "-" for stdin. Exit: 0 all rows are stored, 1 some are refused, or the import
as a whole (the token may not), 2 there is no such file or its first line is not understood, 3 the
server went away or the token is over: run it again. So it may be after Ctrl-C.
)";

Status ImportDisputes(const Options& options, const std::string& path) {
  ASSIGN_OR_RETURN(const auto input, InputFile::Open(path));
  ASSIGN_OR_RETURN(const auto client, Connect(options));
  JsonLines rows(input->stream());
  return ImportRows(options, *input,
                    Through<v1::ImportDisputesRequest, v1::ImportDisputesResponse>(*client), rows);
}

Status Import(const Options& options) {
  const auto& words = options.words();
  if (words.size() == 1) return ImportDisputes(options, words[0]);
  if (words[0] == "persons") return ImportPersons(options, words[1]);
  if (words[0] == "disputes") return ImportDisputes(options, words[1]);
  return absl::InvalidArgumentError("want persons or disputes, not " + words[0]);
}

const char* Help() {
  static const auto* const text = new std::string(kHelp + ColumnsText() + kHelpEnd);
  return text->c_str();
}

}  // namespace

Verb ImportVerb() {
  return {"import",
          "[disputes | persons] FILE",
          "Imports an old ledger of disputes, or a list of persons",
          Help(),
          ServerFlags({{"dry_run", Flag::kSwitch, "", "check every row, store none"},
                       {"json", Flag::kSwitch, "", "print the counts as JSON"},
                       {"report", Flag::kText, "", "write all problems as CSV"},
                       {"ledger", Flag::kText, "", "of persons: name of the list; else the file's"},
                       {"area", Flag::kText, "", "of persons: area of all rows"},
                       {"kind", Flag::kText, "", "of persons: kind of all rows"},
                       {"encoding", Flag::kText, "auto", "of persons: utf-8 or gb18030"},
                       {"extra_columns", Flag::kSwitch, "", "of persons: pass over unknown ones"},
                       AreasFlag("of persons: names of areas")},
                      "importer"),
          1,
          2,
          Import};
}

}  // namespace pingan::ctl
