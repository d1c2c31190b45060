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

std::string TooLong() {
  return absl::StrCat("is longer than ", CsvReader::kRowBytesMax, " bytes");
}

// libcsv's parser with what it has found.
class Parser {
 public:
  // Strict: a quote where none can stand is an error.
  Parser() { csv_init(&csv_, CSV_STRICT); }
  ~Parser() { csv_free(&csv_); }
  Parser(const Parser&) = delete;

  // False if it is malformed.
  bool Feed(const std::string& text) {
    return csv_parse(&csv_, text.data(), text.size(), &OnField, &OnRow, this) == text.size();
  }
  int rows() const { return rows_; }
  std::vector<std::string>& cells() { return cells_; }

 private:
  static void OnField(void* text, size_t size, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.rows_ == 0) parser.cells_.emplace_back(static_cast<const char*>(text), size);
  }
  static void OnRow(int, void* self) { ++static_cast<Parser*>(self)->rows_; }

  csv_parser csv_;
  std::vector<std::string> cells_;
  int rows_ = 0;
};

}  // namespace

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
  return true;
}

bool CsvReader::Take(Line* line) {
  if (!again_.empty()) {
    *line = std::move(again_.front());
    again_.pop_front();
    return true;
  }
  if (!ReadLine(&line->bytes)) return false;
  line->number = ++lines_read_;
  if (!line->bytes.empty() && line->bytes.back() == '\r') line->bytes.pop_back();
  if (line->number > 1) return true;
  const bool mark = line->bytes.starts_with(kMark);
  if (mark) line->bytes.erase(0, sizeof kMark - 1);
  if (mark) encoding_ = Encoding::kUtf8;
  if (encoding_ == Encoding::kByHead) {
    std::string text;
    converter_.reset(Open(Encoding::kUtf8));
    const bool utf8 = Convert(converter_.get(), line->bytes, &text);
    encoding_ = utf8 ? Encoding::kUtf8 : Encoding::kGb18030;
  }
  converter_.reset(Open(encoding_));
  return true;
}

std::string CsvReader::Decode(const Line& line, std::string* text) {
  if (line.bytes.find('\0') != std::string::npos) return "holds a zero byte: want text as CSV";
  if (IsAscii(line.bytes)) {
    *text = line.bytes;
  } else if (!Convert(converter_.get(), line.bytes, text)) {
    return absl::StrCat("line ", line.number, " is not ",
                        encoding_ == Encoding::kUtf8 ? "UTF-8" : "GB18030");
  }
  text->push_back('\n');
  return "";
}

// One row; `lines` are all that were read for it.
bool CsvReader::ReadRow(CsvRow* row, std::vector<Line>* lines) {
  Parser parser;
  Line line;
  std::string text;
  size_t bytes = 0;
  while (Take(&line)) {
    const bool blank = line.bytes.find_first_not_of(" \t\r") == std::string::npos;
    if (blank && lines->empty()) continue;
    if (lines->empty()) row->line = line.number;
    bytes += line.bytes.size();
    row->problem = line.bytes.size() > kRowBytesMax ? TooLong() : Decode(line, &text);
    lines->push_back(std::move(line));
    if (!row->problem.empty()) return true;
    if (!parser.Feed(text)) {
      row->problem =
          "a quote stands where none can: want a field with quotes in quotes, each twice";
      return true;
    }
    if (parser.rows() > 1) row->problem = "a carriage return stands alone: want CRLF or LF";
    if (parser.rows() > 0) {
      row->cells = std::move(parser.cells());
      if (bytes <= kRowBytesMax) return true;
      row->problem = TooLong();
      lines->clear();  // it is whole: none of them is another row
      return true;
    }
    if (lines->size() >= kRowLinesMax || bytes > kRowBytesMax) break;
  }
  if (lines->empty()) return false;
  row->problem = "a quote is opened and not closed";
  return true;
}

bool CsvReader::Next(CsvRow* row) {
  while (true) {
    *row = CsvRow();
    std::vector<Line> lines;
    if (!ReadRow(row, &lines)) return false;
    if (!row->problem.empty()) {
      for (size_t i = lines.size(); i-- > 1;) again_.push_front(std::move(lines[i]));
      row->cells.clear();
      return true;
    }
    const auto filled = [](const std::string& cell) { return !cell.empty(); };
    if (std::any_of(row->cells.begin(), row->cells.end(), filled)) return true;
  }
}

}  // namespace pingan::ctl
