#include "tools/pinganctl/persons/csv.h"

#include <csv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace pingan::ctl {
namespace {

constexpr char kMark[] = "\xEF\xBB\xBF";

using Encoding = CsvReader::Encoding;

UConverter* Open(Encoding encoding) {
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(encoding == Encoding::kUtf8 ? "UTF-8" : "gb18030", &error);
  // What is malformed ends the conversion; else it would become a question mark.
  ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  return converter;
}

bool Convert(UConverter* converter, const std::string& bytes, std::string* text) {
  std::u16string wide(bytes.size() + 1, 0);
  UErrorCode error = U_ZERO_ERROR;
  ucnv_resetToUnicode(converter);
  const int32_t length = ucnv_toUChars(converter, wide.data(), static_cast<int32_t>(wide.size()),
                                       bytes.data(), static_cast<int32_t>(bytes.size()), &error);
  if (U_FAILURE(error)) return false;
  text->clear();
  icu::UnicodeString(false, wide.data(), length).toUTF8String(*text);
  return true;
}

bool IsAscii(const std::string& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0; });
}

// libcsv's parser of one line with what it has found.
class Parser {
 public:
  // Strict: a quote where none can stand is an error.
  Parser() { csv_init(&csv_, CSV_STRICT); }
  ~Parser() { csv_free(&csv_); }
  Parser(const Parser&) = delete;

  // What is wrong with it, in the cell after those that it found; empty = nothing.
  std::string Feed(const std::string& text) {
    if (csv_parse(&csv_, text.data(), text.size(), &OnField, &OnRow, this) != text.size()) {
      return "a quote stands where none can";
    }
    return whole_ ? "" : "a quote is opened and not closed on its line";
  }
  std::vector<std::string>& cells() { return cells_; }

 private:
  static void OnField(void* text, size_t size, void* self) {
    static_cast<Parser*>(self)->cells_.emplace_back(static_cast<const char*>(text), size);
  }
  static void OnRow(int, void* self) { static_cast<Parser*>(self)->whole_ = true; }

  csv_parser csv_;
  std::vector<std::string> cells_;
  bool whole_ = false;
};

}  // namespace

// Without its end; of one that is too long for a row, so much as shows it.
bool CsvReader::ReadLine(std::string* bytes) {
  input_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  auto size = static_cast<size_t>(input_.gcount());
  if (input_.fail()) {
    if (size == 0) return false;
    input_.clear();
    input_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  } else if (!input_.eof()) {
    --size;  // the line feed
  }
  bytes->assign(buffer_.data(), size);
  while (bytes->ends_with('\r')) bytes->pop_back();
  if (++lines_read_ == 1) KnowEncoding(bytes);
  return true;
}

void CsvReader::KnowEncoding(std::string* first) {
  const bool mark = first->starts_with(kMark);
  if (mark) first->erase(0, sizeof kMark - 1);
  if (mark) encoding_ = Encoding::kUtf8;
  if (encoding_ == Encoding::kByHead) {
    std::string text;
    converter_.reset(Open(Encoding::kUtf8));
    const bool utf8 = Convert(converter_.get(), *first, &text);
    encoding_ = utf8 ? Encoding::kUtf8 : Encoding::kGb18030;
  }
  converter_.reset(Open(encoding_));
}

std::string CsvReader::Decode(const std::string& bytes, std::string* text) {
  if (bytes.size() > kRowBytesMax) return absl::StrCat("is longer than ", kRowBytesMax, " bytes");
  if (bytes.find('\0') != std::string::npos) return "holds a zero byte: want text as CSV";
  if (bytes.find('\r') != std::string::npos) return "a carriage return stands alone";
  if (IsAscii(bytes)) {
    *text = bytes;
  } else if (!Convert(converter_.get(), bytes, text)) {
    return encoding_ == Encoding::kUtf8 ? "is not UTF-8" : "is not GB18030";
  }
  text->push_back('\n');
  return "";
}

void CsvReader::Parse(const std::string& bytes, CsvRow* row) {
  std::string text;
  row->problem = Decode(bytes, &text);
  if (!row->problem.empty()) return;
  Parser parser;
  row->problem = parser.Feed(text);
  row->cells = std::move(parser.cells());
  if (!row->problem.empty()) row->cell = row->cells.size();
}

bool CsvReader::Next(CsvRow* row) {
  const auto filled = [](const std::string& cell) { return !cell.empty(); };
  for (std::string bytes; ReadLine(&bytes);) {
    if (bytes.find_first_not_of(" \t") == std::string::npos) continue;
    *row = {.line = lines_read_, .cells = {}, .problem = "", .cell = {}};
    Parse(bytes, row);
    if (!row->problem.empty() || std::any_of(row->cells.begin(), row->cells.end(), filled)) {
      return true;
    }
  }
  return false;
}

}  // namespace pingan::ctl
