#include "tools/pinganctl/persons/advice.h"

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/persons/cells.h"

namespace pingan::ctl {
namespace {

constexpr size_t kCodesShown = 8;

bool Says(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

// The narrowest area that a code which does not exist lies in.
std::string AreaAdvice(const std::string& code, const area::Tree* areas) {
  constexpr char kForm[] = "write the 12 digits of the village or township";
  if (areas == nullptr || !area::IsAreaCode(code)) return kForm;
  for (const size_t length : {9, 6}) {
    const area::Area* around = areas->Find(code.substr(0, length));
    if (around == nullptr) continue;
    return absl::StrCat("look among `pinganctl areas list ", code.substr(0, length), "` (",
                        around->name, ")");
  }
  return "no county of this city begins so";
}

std::string NumberAdvice(const std::string& reason, const std::string& cell) {
  if (Says(cell, "E+") || Says(cell, "e+")) {
    return "the spreadsheet has rounded it: make the column text, enter it anew, save again";
  }
  if (Says(reason, "check character")) {
    return "compare it with the card: one character is wrong, or two are swapped";
  }
  if (Says(reason, "18 characters")) return "compare it with the card: characters lack or are many";
  return "compare it with the card";
}

}  // namespace

std::string Advice(const CellProblem& problem, const std::string& cell, const area::Tree* areas) {
  const std::string& reason = problem.reason;
  if (Says(reason, "REQUEST_ID_REUSED")) {
    return "a row that was stored is changed in the register; another list wants another --ledger";
  }
  if (Says(reason, "is a mask")) {
    return "the list was made by somebody who was shown it masked: write what the paper says";
  }
  if (Says(reason, "UTF-8")) return "save it as CSV UTF-8, or say --encoding=gb18030";
  if (Says(reason, "GB18030")) return "save it as CSV UTF-8";
  if (Says(reason, "a quote ")) {
    return "take it out, or put the cell in quotes and write each quote in it twice; a cell ends "
           "with its line";
  }
  if (Says(reason, "carriage return")) return "save it with line ends of CRLF or LF";
  if (Says(reason, " cells, the first line ")) return "put a field that holds a comma in quotes";
  if (problem.column == nullptr) return "";
  const std::string name = problem.column->name;
  if (cell.empty() && Says(reason, "overlaps") == false && !Says(reason, "of the citizen ID")) {
    return "fill it in";
  }
  if (*problem.column->codes != '\0')
    return "one of " + CodesText(problem.column->codes, kCodesShown);
  if (name == "area") return AreaAdvice(cell, areas);
  if (name == "document_number") return NumberAdvice(reason, cell);
  if (name == "sex" || name == "birth_date") {
    if (Says(reason, "citizen ID")) return "correct what is wrong of the two, or leave this empty";
  }
  if (Says(reason, "future")) return "compare it with the paper: it has not come yet";
  if (Says(reason, "day")) return "write it as 2026-03-02";
  if (name == "phone") return "write it in digits; leave it empty if the number is not known";
  if (name == "credit_code") return "compare it with the licence, or leave it empty";
  if (name == "external_ids") {
    return "the person is on file: change that file, or correct the id if it is another's";
  }
  if (name == "row_id") return "number the rows, or leave the column out";
  return "";
}

}  // namespace pingan::ctl
