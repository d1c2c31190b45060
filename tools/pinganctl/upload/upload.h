// Sends rows to a service that imports them: several streams side by side, a thousand rows each, so
// that every row that is refused is told and no stream outlives its deadline.
//
// A stream that breaks or is refused for now is sent again, after a pause that grows, as long as
// anything goes on; the service knows the rows that it had stored. So each row is stored once,
// whatever stops or is killed on either side, and run again the whole goes on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"
#include "tools/pinganctl/upload/rows.h"
#include "tools/pinganctl/upload/settlement.h"

namespace pingan::ctl {

// Whether another try of what ended so may fare better.
bool Passing(const Status& status);

// Each row that was read is one of the others.
struct RowCounts {
  int64_t read = 0;
  int64_t stored = 0;   // by this run; in a dry run: good
  int64_t known = 0;    // stored before
  int64_t either = 0;   // one of the two: a try broke off, and the next found them there
  int64_t refused = 0;  // rows with a problem
};

class Upload {
 public:
  struct Settings {
    bool dry_run = false;
    int streams = 3;
    absl::Duration patience = absl::Minutes(2);  // without any row that is settled
    absl::Duration pause_first = absl::Milliseconds(100);
    absl::Duration pause_longest = absl::Seconds(5);
    absl::Duration pause_told = absl::Seconds(1);  // shorter ones are nobody's business
  };
  // Called one at a time, problems in the order of lines.
  struct Events {
    std::function<void(const RowProblem&)> problem;
    std::function<void(int64_t)> line;
    std::function<void(const std::string& why)> wait;  // once until it goes on
  };

  // `source` outlives it.
  Upload(SendRows send, RowSource& source, Settings settings, Events events)
      : send_(std::move(send)), source_(source), settings_(settings), events_(std::move(events)) {}

  // Until the end of the file. The error that stopped it: the server is away or refuses the stream.
  Status Run();

  const RowCounts& counts() const { return counts_; }

 private:
  struct Chunk {
    int64_t number = 0;
    int64_t last_line = 0;
    int64_t broken = 0;  // rows that are not sent
    std::vector<Row> rows;
    std::vector<RowProblem> problems;
  };

  bool Fill(Chunk* chunk);
  std::string Identify(Row* row, std::unordered_map<std::string, int64_t>* lines) const;
  Status Send(Chunk* chunk, Settlement* settlement);
  Status Try(const Chunk& chunk, Settlement* settlement);
  void WentOn();
  bool Wait(int64_t failing_us, absl::Duration pause, const Status& why);
  void Explain(Chunk* chunk) const;
  void Tell(const Chunk& chunk, const Settlement& settlement);
  void Work();

  const SendRows send_;
  RowSource& source_;
  const Settings settings_;
  const Events events_;
  RowCounts counts_;
  std::mutex read_mutex_;  // the source and next_
  int64_t next_ = 0;
  std::mutex mutex_;  // what follows, and counts_
  std::condition_variable turn_;
  int64_t told_ = 0;  // chunks
  int64_t went_on_us_ = 0;
  bool wait_told_ = false;  // since then
  Status status_;
};

}  // namespace pingan::ctl
