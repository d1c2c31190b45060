// Progress of long work on stderr: a bar with rate and time left on a terminal, a line every few
// seconds anywhere else.
//
//   Progress progress("demo", 20000);
//   progress.Set(117, "2024-11-04");
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

namespace pingan::ctl {

// "demo  [#####...............]  25 %  5,000 of 20,000  2,310 a second  7 s left  2025-05-02".
// Without a total (0) there is no bar and no time left.
std::string ProgressLine(const std::string& what, int64_t done, int64_t total, double seconds,
                         const std::string& note);

// "20,000".
std::string WithCommas(int64_t number);

// Thread-safe.
class Progress {
 public:
  Progress(std::string what, int64_t total, std::FILE* out = stderr);
  ~Progress();  // shows the last state, if it showed any

  void Set(int64_t done, const std::string& note = "");

  // Takes the bar away until the next Set: before other lines go to the same terminal.
  void Hide();

  // A line of its own, at once: "import: waits".
  void Say(const std::string& text);

 private:
  void Show();

  const std::string what_;
  const int64_t total_;
  std::FILE* const out_;
  const bool terminal_;
  const int64_t start_us_;
  std::mutex mutex_;
  int64_t shown_us_;
  int64_t done_ = 0;
  std::string note_;
};

}  // namespace pingan::ctl
