// Plays the lives of a city against a server, day by day on its development clock.
//
// All calls of a day carry the same time. The actions of one dispute keep their order; different
// disputes go side by side. So what becomes of each dispute depends on the plan alone, and only the
// numbers of the case codes on those who were faster.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/rpc/client.h"
#include "tools/pinganctl/demo/plan.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {

struct Tally {
  std::atomic<int64_t> registered{0};
  std::atomic<int64_t> calls{0};    // that were answered OK
  std::atomic<int64_t> adapted{0};  // the clock had moved the case: mediation was started anew
  std::atomic<int64_t> dropped{0};  // the clock had moved the case: the action was left out
  std::atomic<int64_t> failed{0};   // refused for any other reason
};

class Player {
 public:
  struct Settings {
    uint64_t seed = 1;
    int64_t disputes = 0;
    Period period;
    int workers = 24;
  };

  // The clients are used in turn.
  Player(const Planner& planner, std::vector<rpc::Client*> clients, Settings settings)
      : planner_(planner), clients_(std::move(clients)), settings_(settings) {}

  // The error that ended it: the clock cannot be moved. Failed calls are in the tally.
  Status Play(Progress* progress);

  const Tally& tally() const { return tally_; }

  // The first few failures, in words.
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  // A dispute on its way.
  struct Course {
    int64_t number;
    Life life;
    size_t next = 0;
    std::string name;  // once registered
  };

  void Live(Course* course, absl::CivilDay day, const rpc::Client& client);
  Status Make(Course* course, const Step& step, const char* suffix, const rpc::Client& client);
  bool Adapt(Course* course, const Step& step, const Status& refusal, const rpc::Client& client);
  void Fail(const Course& course, const Step& step, const Status& status);

  const Planner& planner_;
  const std::vector<rpc::Client*> clients_;
  const Settings settings_;
  std::map<absl::CivilDay, std::vector<std::unique_ptr<Course>>> agenda_;
  Tally tally_;
  std::mutex mutex_;
  std::vector<std::string> failures_;
};

// Moves the development clock of the server to that day, so that what was due by then happens.
Status MoveClock(const rpc::Client& client, absl::CivilDay day);

}  // namespace pingan::ctl
