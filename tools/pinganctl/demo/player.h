// Plays the lives of a city against a server, day by day on its development clock.
//
// All calls of a day carry the same time. The actions of one life keep their order; different lives
// go side by side. So what becomes of each depends on the plan alone, and only the numbers that the
// service gives on those who were faster.
#pragma once

#include <google/protobuf/message.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/base/status.h"
#include "tools/pinganctl/demo/life.h"
#include "tools/pinganctl/demo/places.h"

namespace pingan::ctl {

struct Tally {
  std::atomic<int64_t> begun{0};    // lives whose first step was made
  std::atomic<int64_t> calls{0};    // that were answered OK
  std::atomic<int64_t> adapted{0};  // the clock was first: the action was made in another way
  std::atomic<int64_t> dropped{0};  // the clock was first: the action was left out
  std::atomic<int64_t> failed{0};   // refused for any other reason
};

// What is played, and how its steps are made. Thread-safe.
class Script {
 public:
  // A life on its way.
  struct Course {
    int64_t number;
    Life life;
    size_t next = 0;
    std::string name;                                      // once there is a file
    std::shared_ptr<google::protobuf::Message> file = {};  // as the last step left it, if kept
  };
  enum class Late { kNot, kAdapted, kDropped };

  virtual ~Script() = default;

  // Moves the development clock of the server to that day, so that what was due by then happens.
  virtual Status MoveClock(absl::CivilDay day) const = 0;

  // The day of the first step; none if there is none.
  virtual std::optional<absl::CivilDay> DayOf(int64_t number) const = 0;
  virtual Course Begin(int64_t number) const = 0;

  virtual Status Make(Course* course, const Step& step, const std::string& request_id,
                      int worker) const = 0;

  // What became of a step that was refused, if it was because the clock was first.
  virtual Late Adapt(Course* course, const Step& step, const Status& refusal,
                     const std::string& request_id, int worker) const {
    return Late::kNot;
  }
};

class Player {
 public:
  struct Settings {
    std::string prefix;  // of request ids: "demo-1"
    int64_t lives = 0;   // numbered from 1
    Period period;
    int workers = 24;
  };

  Player(const Script& script, Settings settings)
      : script_(script), settings_(std::move(settings)) {}

  // Told how far it is, from any thread: the lives begun, and in words what else.
  using OnPlayed = std::function<void(int64_t, const std::string&)>;

  // The error that ended it: the clock cannot be moved. Failed calls are in the tally.
  Status Play(const OnPlayed& played);

  const Tally& tally() const { return tally_; }

  // The first few failures, in words.
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  using Course = Script::Course;

  // The lives that begin on each day.
  std::map<absl::CivilDay, std::vector<int64_t>> Plan(const OnPlayed& played) const;
  void Live(Course* course, absl::CivilDay day, int worker);
  void Fail(const Course& course, const Step& step, const Status& status);

  const Script& script_;
  const Settings settings_;
  std::map<absl::CivilDay, std::vector<std::unique_ptr<Course>>> agenda_;
  Tally tally_;
  std::mutex mutex_;
  std::vector<std::string> failures_;
};

// Sets the text field of that name, which the request has.
void SetText(google::protobuf::Message* request, const char* field, const std::string& value);

}  // namespace pingan::ctl
