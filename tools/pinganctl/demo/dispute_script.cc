#include "tools/pinganctl/demo/dispute_script.h"

#include <algorithm>

#include "pingan/disputes/v1/disputes.pb.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;
using google::protobuf::Message;

// Most requests name the dispute themselves; an update does it in the dispute sent.
void SetName(Message* request, const std::string& name) {
  const auto* dispute = request->GetDescriptor()->FindFieldByName("dispute");
  if (dispute != nullptr) request = request->GetReflection()->MutableMessage(request, dispute);
  SetText(request, "name", name);
}

// Whether the call came too late because a clock rule had moved the case: its state does not allow
// the action any more, or it is with the unit already to which it was to be offered.
bool ClockWasFirst(const Step& step, const Status& status) {
  if (status.code() == absl::StatusCode::kFailedPrecondition) return true;
  const auto fields = DetailsOf(status).fields;
  return step.request->GetDescriptor() == v1::OfferTransferRequest::descriptor() &&
         fields.size() == 1 && fields.front().path == "to";
}

}  // namespace

Status DisputeScript::MoveClock(absl::CivilDay day) const {
  v1::ListCodesRequest request;
  request.set_list("risk");
  v1::ListCodesResponse response;
  return clients_.front()->CallAt(TimeOf(day), request, &response);
}

std::optional<absl::CivilDay> DisputeScript::DayOf(int64_t number) const {
  return planner_.DayOf(number);
}

Script::Course DisputeScript::Begin(int64_t number) const {
  return {.number = number, .life = planner_.LifeOf(number), .name = ""};
}

Status DisputeScript::Make(Course* course, const Step& step, const std::string& request_id,
                           int worker) const {
  const rpc::Client& client = *clients_[worker % clients_.size()];
  SetText(step.request.get(), "request_id", request_id);
  if (!course->name.empty()) SetName(step.request.get(), course->name);
  if (step.request->GetDescriptor() == v1::PostMessageRequest::descriptor()) {
    v1::Message posted;
    return client.CallAt(TimeOf(step.day), *step.request, &posted);
  }
  v1::Dispute dispute;
  RETURN_IF_ERROR(client.CallAt(TimeOf(step.day), *step.request, &dispute));
  course->name = dispute.name();
  return absl::OkStatus();
}

// The clock may have moved the case, which then waits for its mediation.
Script::Late DisputeScript::Adapt(Course* course, const Step& step, const Status& refusal,
                                  const std::string& request_id, int worker) const {
  if (!ClockWasFirst(step, refusal)) return Late::kNot;
  const auto allowed = DetailsOf(refusal).allowed_actions;
  if (std::find(allowed.begin(), allowed.end(), "StartMediation") == allowed.end()) {
    return Late::kDropped;
  }
  const Step start{step.day, std::make_shared<v1::StartMediationRequest>()};
  const bool made = Make(course, start, request_id + "-start", worker).ok() &&
                    Make(course, step, request_id + "-again", worker).ok();
  return made ? Late::kAdapted : Late::kDropped;
}

}  // namespace pingan::ctl
