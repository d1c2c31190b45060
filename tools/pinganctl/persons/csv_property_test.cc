// Random lists with random quotes lost in them: exactly the lines that are broken are named, each
// by its cell, and all the others are read. rapidcheck prints the seed of a failure
// (RC_PARAMS="seed=..." repeats it).
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tools/pinganctl/persons/csv.h"

namespace pingan::ctl {
namespace {

bool Any() {
  return *rc::gen::arbitrary<bool>();
}

// Of anything that a cell may hold; with a comma or a quote in front a lost quote before it may
// look closed, and be found a cell later.
std::string AnyCell() {
  const auto part = rc::gen::element<std::string>("王", "芳", "a", " ", ",", "\"", "\"\"", "𠀀");
  return *rc::gen::element<std::string>("李", "4116", "x") +
         absl::StrJoin(*rc::gen::container<std::vector<std::string>>(part), "");
}

std::string Whole(const std::string& cell) {
  const bool plain = cell.find_first_of(",\"") == std::string::npos && !cell.ends_with(' ');
  return plain && Any() ? cell : "\"" + absl::StrReplaceAll(cell, {{"\"", "\"\""}}) + "\"";
}

std::string Broken(const std::string& cell) {
  const std::string plain = absl::StrReplaceAll(cell, {{"\"", ""}, {",", ""}});
  return *rc::gen::element<std::string>("\"" + plain,          // not closed
                                        plain + "x\"",         // not opened
                                        plain + "\"x",         // in the middle
                                        "\"" + plain + "\"x",  // closed too early
                                        "\"\"\"" + plain + "\"x");
}

struct Line {
  std::string text;
  std::vector<std::string> cells;
  std::optional<size_t> broken;
};

Line AnyLine() {
  Line line;
  if (*rc::gen::inRange(0, 8) == 0) return {Any() ? "" : "  ", {}, {}};
  const auto size = *rc::gen::inRange<size_t>(1, 6);
  if (*rc::gen::inRange(0, 3) == 0) line.broken = *rc::gen::inRange<size_t>(0, size);
  std::vector<std::string> written;
  for (size_t i = 0; i < size; ++i) {
    line.cells.push_back(i > 0 && *rc::gen::inRange(0, 4) == 0 ? "" : AnyCell());
    written.push_back(i == line.broken ? Broken(line.cells[i]) : Whole(line.cells[i]));
  }
  line.text = absl::StrJoin(written, ",");
  return line;
}

RC_GTEST_PROP(CsvProperty, ExactlyTheBrokenLinesAreNamed, ()) {
  std::vector<Line> lines(*rc::gen::inRange<size_t>(1, 30));
  const std::string end = Any() ? "\r\n" : "\n";
  std::string text = Any() ? "\xEF\xBB\xBF" : "";
  for (Line& line : lines) {
    line = AnyLine();
    text += (&line == lines.data() ? "" : end) + line.text;
  }
  if (Any()) text += end;
  RC_LOG() << text;

  std::istringstream input(text);
  CsvReader reader(input, CsvReader::Encoding::kByHead);
  CsvRow row;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].cells.empty()) continue;
    RC_ASSERT(reader.Next(&row));
    RC_ASSERT(row.line == static_cast<int64_t>(i) + 1);
    RC_ASSERT(row.problem.empty() == !lines[i].broken);
    RC_ASSERT(row.cell == lines[i].broken);
    lines[i].cells.resize(lines[i].broken.value_or(lines[i].cells.size()));
    RC_ASSERT(row.cells == lines[i].cells);
  }
  RC_ASSERT_FALSE(reader.Next(&row));
}

}  // namespace
}  // namespace pingan::ctl
