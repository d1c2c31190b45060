// CSV as offices write it: RFC 4180 with quoted fields that may hold commas, quotes and line feeds;
// CRLF or LF; UTF-8 with or without a mark, or GB18030 (GBK), which Excel and WPS write in Chinese.
//
// A row that cannot be read has a problem and the rows after it go on: what follows its first line
// is read anew. Memory is bounded whatever the file holds. Rows of empty cells are passed over.
#pragma once

#include <unicode/ucnv.h>

#include <cstdint>
#include <deque>
#include <istream>
#include <memory>
#include <string>
#include <vector>

namespace pingan::ctl {

struct CsvRow {
  int64_t line = 0;  // of its beginning, from 1
  std::vector<std::string> cells;
  std::string problem;  // why it cannot be read; empty = it can
};

class CsvReader {
 public:
  enum class Encoding {
    kByHead,  // UTF-8 if the first line is, else GB18030
    kUtf8,
    kGb18030,
  };

  // A row that is longer is refused; a quote that is not closed within so much is one too many.
  static constexpr int kRowLinesMax = 50;
  static constexpr size_t kRowBytesMax = 64 << 10;

  // `input` outlives it.
  CsvReader(std::istream& input, Encoding encoding) : input_(input), encoding_(encoding) {}

  // False at the end.
  bool Next(CsvRow* row);

  // Lines taken from the input so far.
  int64_t line() const { return lines_read_; }

  Encoding encoding() const { return encoding_; }

 private:
  struct Line {
    int64_t number;
    std::string bytes;  // without its end; of one that is too long for a row, so much as shows it
  };

  bool Take(Line* line);
  bool ReadLine(std::string* bytes);
  bool ReadRow(CsvRow* row, std::vector<Line>* lines);
  // Empty = done.
  std::string Decode(const Line& line, std::string* text);

  struct CloseConverter {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };

  std::istream& input_;
  Encoding encoding_;
  int64_t lines_read_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kRowBytesMax + 2);  // of ReadLine
  std::deque<Line> again_;  // lines of a broken row after its first
  std::unique_ptr<UConverter, CloseConverter> converter_;
};

}  // namespace pingan::ctl
