// CSV as offices write it: RFC 4180 with quoted fields that may hold commas and quotes; CRLF or LF;
// UTF-8 with or without a mark, or GB18030 (GBK), which Excel and WPS write in Chinese.
//
// A row is a line, for no cell of a ledger holds a line feed: so a quote that is lost spoils its
// own line and no other, and the rows after it go on. Memory is bounded whatever the file holds.
// Rows of empty cells are passed over.
#pragma once

#include <unicode/ucnv.h>

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pingan::ctl {

struct CsvRow {
  int64_t line = 0;                // from 1
  std::vector<std::string> cells;  // of one that cannot be read, those before the problem
  std::string problem;             // why it cannot be read; empty = it can
  std::optional<size_t> cell;      // in which one the problem begins, from 0, if that is known
};

class CsvReader {
 public:
  enum class Encoding {
    kByHead,  // UTF-8 if the first line is, else GB18030
    kUtf8,
    kGb18030,
  };

  // A row that is longer is refused.
  static constexpr size_t kRowBytesMax = 64 << 10;

  // `input` outlives it.
  CsvReader(std::istream& input, Encoding encoding) : input_(input), encoding_(encoding) {}

  // False at the end.
  bool Next(CsvRow* row);

 private:
  bool ReadLine(std::string* bytes);
  void KnowEncoding(std::string* first);
  // Empty = done.
  std::string Decode(const std::string& bytes, std::string* text);
  void Parse(const std::string& bytes, CsvRow* row);

  struct CloseConverter {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };

  std::istream& input_;
  Encoding encoding_;
  int64_t lines_read_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kRowBytesMax + 2);  // of ReadLine
  std::unique_ptr<UConverter, CloseConverter> converter_;
};

}  // namespace pingan::ctl
