#include "tools/pinganctl/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/clock.h"

namespace pingan::ctl {
namespace {

constexpr int64_t kBarWidth = 20;
constexpr int64_t kTerminalPauseUs = 100'000;
constexpr int64_t kLogPauseUs = 5'000'000;

}  // namespace

std::string WithCommas(int64_t number) {
  std::string text = absl::StrCat(number);
  for (int at = static_cast<int>(text.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) {
    text.insert(at, 1, ',');
  }
  return text;
}

std::string ProgressLine(const std::string& what, int64_t done, int64_t total, double seconds,
                         const std::string& note) {
  std::string line = what;
  if (total > 0) {
    const int64_t filled = std::min(kBarWidth, kBarWidth * done / total);
    absl::StrAppendFormat(&line, "  [%s%s] %3d %%  %s of %s", std::string(filled, '#'),
                          std::string(kBarWidth - filled, '.'), 100 * done / total,
                          WithCommas(done), WithCommas(total));
  } else {
    absl::StrAppend(&line, "  ", WithCommas(done));
  }
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  absl::StrAppend(&line, "  ", WithCommas(static_cast<int64_t>(rate)), " a second");
  if (rate > 0 && done < total) {
    const auto left = static_cast<double>(total - done) / rate;
    absl::StrAppend(&line, "  ", WithCommas(static_cast<int64_t>(left + 0.5)), " s left");
  }
  if (!note.empty()) absl::StrAppend(&line, "  ", note);
  return line;
}

Progress::Progress(std::string what, int64_t total, std::FILE* out)
    : what_(std::move(what)),
      total_(total),
      out_(out),
      terminal_(isatty(fileno(out)) == 1),
      start_us_(MonotonicMicros()),
      shown_us_(start_us_) {}

Progress::~Progress() {
  std::lock_guard lock(mutex_);
  if (shown_us_ == start_us_ && !terminal_) return;
  Show();
  if (terminal_) std::fputc('\n', out_);
}

void Progress::Set(int64_t done, const std::string& note) {
  std::lock_guard lock(mutex_);
  done_ = done;
  note_ = note;
  const int64_t now = MonotonicMicros();
  if (now - shown_us_ < (terminal_ ? kTerminalPauseUs : kLogPauseUs)) return;
  shown_us_ = now;
  Show();
}

void Progress::Hide() {
  std::lock_guard lock(mutex_);
  if (!terminal_) return;
  std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
}

void Progress::Say(const std::string& text) {
  std::lock_guard lock(mutex_);
  std::fprintf(out_, "%s%s: %s\n", terminal_ ? "\r\x1b[K" : "", what_.c_str(), text.c_str());
  std::fflush(out_);
}

void Progress::Show() {
  const double seconds = static_cast<double>(MonotonicMicros() - start_us_) / 1e6;
  const std::string line = ProgressLine(what_, done_, total_, seconds, note_);
  std::fprintf(out_, terminal_ ? "\r\x1b[K%s" : "%s\n", line.c_str());
  std::fflush(out_);
}

}  // namespace pingan::ctl
