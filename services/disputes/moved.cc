#include "services/disputes/moved.h"

#include "common/base/instants.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {

std::vector<MovedDeadline> MovedBy(const v1::Dispute& dispute, const calendar::Calendar& calendar) {
  std::vector<MovedDeadline> moved;
  const auto look = [&](std::string_view name, std::string_view step, const v1::Clock& clock) {
    if (step.empty()) return;
    const absl::Time before =
        clock.has_due_time() ? FromProto(clock.due_time()) : absl::InfiniteFuture();
    const absl::Time after = calendar::Deadline(TimerOf(clock), calendar);
    if (before != after) moved.push_back({name, before, after});
  };
  look("statutory", StatutoryStep(dispute), dispute.statutory());
  look("management", ManagementStep(dispute), dispute.management());
  return moved;
}

}  // namespace pingan::disputes
