// How the lives of a city's people are played: each office makes its own calls, so a move is
// offered by the one county and answered by the other.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/client.h"
#include "tools/pinganctl/demo/city_plan.h"
#include "tools/pinganctl/demo/player.h"

namespace pingan::ctl {

// The names that the service gave to numbered persons: eight bytes each.
class Names {
 public:
  explicit Names(int64_t persons) : packed_(static_cast<size_t>(persons) + 1) {}

  // False if the number is none of these persons', or has a name already, or the name is none.
  bool Set(int64_t number, const std::string& name);
  std::string Of(int64_t number) const;  // empty = none

 private:
  std::vector<uint64_t> packed_;
};

class CityScript : public Script {
 public:
  // By role and county: {"police_officer", "411602"}.
  using Offices = std::map<std::pair<std::string, std::string>, std::unique_ptr<rpc::Client>>;
  static constexpr const char* kRoles[] = {"police_officer", "village_officer", "grid_worker"};

  // All outlive it.
  CityScript(const CityPlanner& planner, const Names& names, const Offices& offices)
      : planner_(planner), names_(names), offices_(offices) {}

  Status MoveClock(absl::CivilDay day) const override;
  std::optional<absl::CivilDay> DayOf(int64_t number) const override;
  Course Begin(int64_t number) const override;
  Status Make(Course* course, const Step& step, const std::string& request_id,
              int worker) const override;

  // Moves that were accepted.
  int64_t moves() const { return moves_; }

 private:
  const CityPlanner& planner_;
  const Names& names_;
  const Offices& offices_;
  mutable std::atomic<int64_t> moves_{0};
};

}  // namespace pingan::ctl
