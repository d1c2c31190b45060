// One JSON line on standard error per call: failures and writes always, successful reads and calls
// refused by overload one in `sample`.
//
// Only what is no personal data: method, code, reason, duration, subject of the token, area,
// resource name, revision, request id, trace id. Never a field of a request or an answer.
//
// For who reads the log is waited a tenth of the time at most: then lines are lost, and a line
// tells how many ("log lines lost") as soon as there is room again.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/base/status.h"

namespace pingan::rpc {

struct CallLine {
  std::string_view method;
  std::string_view subject;
  std::string_view name;
  std::string_view request_id;
  std::string_view trace;
  int64_t revision = 0;
  double milliseconds = 0;
  bool write = false;
};

// While there is one, the lines of this thread are written together: at the latest when it goes.
class LinesTogether {
 public:
  LinesTogether();
  ~LinesTogether();
  LinesTogether(const LinesTogether&) = delete;

  void Flush();

 private:
  std::string lines_;
  std::string* const outer_;
};

class Log {
 public:
  explicit Log(std::string service, int sample = 1000)
      : service_(std::move(service)), sample_(sample) {}

  void Call(const CallLine& line, const Status& status);

  // Call in two halves, for what is refused by the thousand: whether this one is in the sample, and
  // its line.
  bool Sampled() { return reads_.fetch_add(1, std::memory_order_relaxed) % sample_ == 0; }
  void Sample(const CallLine& line, const Status& status) { Write(line, status, true); }

  // A line about the process itself: started, draining, database lost.
  void Note(std::string_view event, std::string_view detail = "");

 private:
  void Write(const CallLine& line, const Status& status, bool sampled);

  const std::string service_;
  const int sample_;
  std::atomic<uint64_t> reads_{0};
};

}  // namespace pingan::rpc
