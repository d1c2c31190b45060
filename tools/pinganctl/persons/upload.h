// Sends a list of persons to the population service: several streams side by side, a thousand rows
// each, so that every row that is refused is told and no stream outlives its deadline.
//
// A stream that breaks is sent again when the server answers again; the service knows the rows that
// it had stored. So each row is stored once, whatever stops or is killed on either side, and run
// again the whole goes on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "common/area/tree.h"
#include "common/rpc/client.h"
#include "tools/pinganctl/persons/columns.h"
#include "tools/pinganctl/persons/csv.h"

namespace pingan::ctl {

// A row that was not stored, and one thing that is wrong with it.
struct RowProblem {
  int64_t line;
  std::string row_id;  // empty = the row could not be read
  std::string field;   // as the file's first line names it; empty = the row as a whole
  std::string reason;
  std::string suggestion;
};

struct RowCounts {
  int64_t read = 0;
  int64_t stored = 0;   // by this run; in a dry run: good
  int64_t known = 0;    // stored before
  int64_t refused = 0;  // rows with a problem
};

class PersonUpload {
 public:
  struct Settings {
    bool dry_run = false;
    int streams = 3;
    int tries = 5;                                // of a stream
    absl::Duration patience = absl::Seconds(30);  // for a server that is away, each time
  };
  // Called one at a time, problems in the order of lines.
  using OnProblem = std::function<void(const RowProblem&)>;
  using OnLine = std::function<void(int64_t)>;

  // `areas` may be null. All outlive it.
  PersonUpload(const rpc::Client& client, CsvReader& reader, const Head& head,
               const area::Tree* areas, Settings settings)
      : client_(client), reader_(reader), head_(head), areas_(areas), settings_(settings) {}

  // Until the end of the file. The error that stopped it: the server is away or refuses the stream.
  Status Run(const OnProblem& on_problem, const OnLine& on_line);

  const RowCounts& counts() const { return counts_; }

 private:
  struct Row {
    int64_t line;
    std::vector<std::string> cells;
    population::v1::ImportPersonsRequest request;
  };
  struct Chunk {
    int64_t number = 0;
    int64_t last_line = 0;
    int64_t broken = 0;  // rows that are not sent
    std::vector<Row> rows;
    std::vector<RowProblem> problems;
  };

  bool Fill(Chunk* chunk);
  Status Send(const Chunk& chunk, population::v1::ImportPersonsResponse* answer) const;
  void Explain(const population::v1::ImportPersonsResponse& answer, Chunk* chunk) const;
  RowProblem Told(int64_t line, const std::string& row_id, const CellProblem& problem,
                  const std::vector<std::string>& cells) const;
  void Work(const OnProblem& on_problem, const OnLine& on_line);

  const rpc::Client& client_;
  CsvReader& reader_;
  const Head& head_;
  const area::Tree* const areas_;
  const Settings settings_;
  RowCounts counts_;
  std::mutex read_mutex_;  // the reader and next_
  int64_t next_ = 0;
  std::mutex mutex_;  // what follows, and counts_
  std::condition_variable turn_;
  int64_t told_ = 0;  // chunks
  Status status_;
};

}  // namespace pingan::ctl
