// How the lives of disputes are played: registered, driven, and adapted where a clock rule was
// first.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/rpc/client.h"
#include "tools/pinganctl/demo/plan.h"
#include "tools/pinganctl/demo/player.h"

namespace pingan::ctl {

class DisputeScript : public Script {
 public:
  // The clients are used in turn.
  DisputeScript(const Planner& planner, std::vector<const rpc::Client*> clients)
      : planner_(planner), clients_(std::move(clients)) {}

  Status MoveClock(absl::CivilDay day) const override;
  std::optional<absl::CivilDay> DayOf(int64_t number) const override;
  Course Begin(int64_t number) const override;
  Status Make(Course* course, const Step& step, const std::string& request_id,
              int worker) const override;
  Late Adapt(Course* course, const Step& step, const Status& refusal, const std::string& request_id,
             int worker) const override;

 private:
  const Planner& planner_;
  const std::vector<const rpc::Client*> clients_;
};

}  // namespace pingan::ctl
