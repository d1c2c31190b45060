#include "common/rpc/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/clock.h"

namespace pingan::rpc {
namespace {

thread_local std::string* together = nullptr;  // lines that wait for the others of this thread

std::string Now() {
  return absl::FormatTime(absl::RFC3339_full, absl::Now(), absl::UTCTimeZone());
}

// Standard error, which may be a pipe that nobody reads: a log that cannot be written must not stop
// the work. Lines that find no room in time are lost, and their number is told once there is room.
class Output {
 public:
  void Write(std::string_view lines) {
    std::lock_guard lock(mutex_);
    const int64_t lost = lost_;
    if (lost > 0 && Room()) {
      lost_ = 0;
      Put(absl::StrCat(std::exchange(torn_, false) ? "\n" : "", "{\"time\":\"", Now(),
                       "\",\"event\":\"log lines lost\",\"detail\":\"", lost, "\"}\n"));
    }
    Put(lines);
  }

 private:
  static constexpr int64_t kPatienceUs = 100'000, kPatienceShare = 10;

  static bool Ready(int64_t wait_us) {
    pollfd error = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&error, 1, static_cast<int>(wait_us / 1000)) > 0;
  }

  // For room is waited a tenth of the time at most, and kPatienceUs at once.
  bool Room() {
    if (Ready(0)) return true;
    const int64_t now_us = MonotonicMicros();
    patience_us_ =
        std::min(kPatienceUs, patience_us_ + (now_us - waited_until_us_) / kPatienceShare);
    const bool ready = Ready(patience_us_);
    waited_until_us_ = MonotonicMicros();
    patience_us_ = std::max<int64_t>(0, patience_us_ - (waited_until_us_ - now_us));
    return ready;
  }

  // In pieces of what a pipe takes without a wait when it has room.
  void Put(std::string_view lines) {
    for (bool begun = false; !lines.empty(); begun = true) {
      const ssize_t size =
          Room() ? write(STDERR_FILENO, lines.data(), std::min<size_t>(lines.size(), PIPE_BUF))
                 : -1;
      if (size < 0) {
        lost_ += std::count(lines.begin(), lines.end(), '\n');
        torn_ |= begun;
        return;
      }
      lines.remove_prefix(size);
    }
  }

  std::mutex mutex_;
  int64_t lost_ = 0;
  bool torn_ = false;  // a line was cut off before its end
  int64_t patience_us_ = kPatienceUs;
  int64_t waited_until_us_ = 0;
};

void Write(std::string_view lines) {
  static auto* const output = new Output;
  output->Write(lines);
}

// One JSON object on one line.
class Line {
 public:
  void Add(std::string_view key, std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return c >= ' ' && c <= '~' && c != '"' && c != '\\';
    });
    plain ? AddAsIs(key, absl::StrCat("\"", AbslView(text), "\""))
          : AddAsIs(key, nlohmann::json(text).dump(-1, ' ', false, Errors::replace));
  }
  void Add(std::string_view key, int64_t number) { AddAsIs(key, absl::StrCat(number)); }
  void AddMilliseconds(std::string_view key, double number) {
    AddAsIs(key, absl::StrFormat("%.3f", number));
  }

  // One write() for whole lines, as many as a pipe takes at once, so that lines of several threads
  // do not mix.
  void Emit() && {
    text_ += "}\n";
    if (!together) return Write(text_);
    if (together->size() + text_.size() > PIPE_BUF) {
      Write(*together);
      together->clear();
    }
    *together += text_;
  }

 private:
  using Errors = nlohmann::json::error_handler_t;

  void AddAsIs(std::string_view key, std::string_view value) {
    absl::StrAppend(&text_, text_.empty() ? "{\"" : ",\"", AbslView(key), "\":", AbslView(value));
  }

  std::string text_;
};

}  // namespace

LinesTogether::LinesTogether() : outer_(std::exchange(together, &lines_)) {}

LinesTogether::~LinesTogether() {
  Flush();
  together = outer_;
}

void LinesTogether::Flush() {
  if (!lines_.empty()) Write(lines_);
  lines_.clear();
}

void Log::Call(const CallLine& line, const Status& status) {
  // What overload refuses comes by the thousand and says nothing new; the metrics count it all.
  const bool refused = DetailsOf(status).reason == common::v1::OVERLOADED;
  const bool sampled = refused || (status.ok() && !line.write);
  if (!sampled || Sampled()) Write(line, status, sampled);
}

void Log::Write(const CallLine& call, const Status& status, bool sampled) {
  Line line;
  line.Add("time", Now());
  line.Add("service", service_);
  line.Add("method", call.method);
  line.Add("code", absl::StatusCodeToString(status.code()));
  if (!status.ok()) line.Add("reason", common::v1::Reason_Name(DetailsOf(status).reason));
  // A status of ours without a reason is a fault: its text is for operators only.
  if (DetailsOf(status).reason == common::v1::REASON_UNSPECIFIED && !status.ok()) {
    line.Add("fault", StdView(status.message()));
  }
  line.AddMilliseconds("ms", call.milliseconds);
  if (!call.subject.empty()) line.Add("subject", call.subject);
  if (!call.name.empty()) line.Add("name", call.name);
  if (!call.request_id.empty()) line.Add("request_id", call.request_id);
  if (!call.trace.empty()) line.Add("trace", call.trace);
  if (call.revision > 0) line.Add("revision", call.revision);
  if (sampled) line.Add("sample", sample_);
  std::move(line).Emit();
}

void Log::Note(std::string_view event, std::string_view detail) {
  Line line;
  line.Add("time", Now());
  line.Add("service", service_);
  line.Add("event", event);
  if (!detail.empty()) line.Add("detail", detail);
  std::move(line).Emit();
}

}  // namespace pingan::rpc
