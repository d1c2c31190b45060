#include "services/disputes/sweep.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/instants.h"
#include "services/disputes/custody.h"
#include "services/disputes/lifecycle.h"
#include "services/disputes/moved.h"
#include "services/disputes/settle.h"

namespace pingan::disputes {
namespace {

// A case that waits for its acceptance or its mediation goes up; one that is agreed stays with
// those who brought the parties together.
bool GoesUp(const v1::Dispute& dispute) {
  return dispute.level() < v1::CITY &&
         (dispute.state() == v1::Dispute::REGISTERED ||
          NextState(dispute, Action::kEscalateDispute) != v1::Dispute::STATE_UNSPECIFIED);
}

std::string Fire(const Due& due, v1::DisputeRecord* record, const Env& env) {
  v1::Dispute& dispute = *record->mutable_dispute();
  switch (due.kind) {
    case Due::Kind::kYellowCard:
      dispute.mutable_management()->set_card(v1::Clock::YELLOW_CARD);
      return "yellow_card.issued";
    case Due::Kind::kRedCard:
      dispute.mutable_management()->set_card(v1::Clock::RED_CARD);
      dispute.mutable_management()->set_missed(true);
      return "red_card.issued";
    case Due::Kind::kStatutory:
      dispute.mutable_statutory()->set_card(v1::Clock::RED_CARD);
      dispute.mutable_statutory()->set_missed(true);
      return "deadline.missed";
    case Due::Kind::kInstalment:
      dispute.mutable_agreement()->mutable_instalments(due.index)->set_overdue(true);
      return "instalment.missed";
    case Due::Kind::kTier:
      break;
  }
  record->add_tiers_fired(due.index);
  if (!GoesUp(dispute)) return "dispute.expired";
  MoveUp(record, v1::Escalation::EXPIRY, "tier " + std::to_string(due.index), env);
  return "dispute.escalated";
}

// Whether a calendar or limits that came since have moved a day of the case.
bool Moved(const v1::DisputeRecord& record, const Env& env) {
  const v1::Dispute& dispute = record.dispute();
  const auto due = NextDue(record, env);
  const bool waits_on =
      due ? dispute.has_next_due_time() && FromProto(dispute.next_due_time()) == due->time
          : !dispute.has_next_due_time();
  return !waits_on || !MovedBy(dispute, env.calendar).empty();
}

}  // namespace

StatusOr<Decision<v1::DisputeRecord>> DecideTick(const v1::DisputeRecord& before, const Env& env) {
  v1::DisputeRecord after = before;
  std::vector<std::string> events;
  for (auto due = NextDue(after, env); due && due->time <= env.now; due = NextDue(after, env)) {
    events.push_back(Fire(*due, &after, env));
    StartClocks(&after, env.now, env);
  }
  if (events.empty()) {
    if (!Moved(before, env)) return Decision<v1::DisputeRecord>{.after = before, .events = {}};
    events.push_back("deadline.moved");
  }
  return Settle(before, std::move(after), std::move(events), env);
}

}  // namespace pingan::disputes
