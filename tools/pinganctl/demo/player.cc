#include "tools/pinganctl/demo/player.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "pingan/disputes/v1/disputes.pb.h"
#include "tools/pinganctl/demo/parallel.h"
#include "tools/pinganctl/problem.h"

namespace pingan::ctl {
namespace {

namespace v1 = disputes::v1;
using google::protobuf::Message;

constexpr size_t kFailuresKept = 5;

void SetText(Message* message, const char* field, const std::string& value) {
  message->GetReflection()->SetString(message, message->GetDescriptor()->FindFieldByName(field),
                                      value);
}

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

Status MoveClock(const rpc::Client& client, absl::CivilDay day) {
  v1::ListCodesRequest request;
  request.set_list("risk");
  v1::ListCodesResponse response;
  return client.CallAt(TimeOf(day), request, &response);
}

Status Player::Make(Course* course, const Step& step, const char* suffix,
                    const rpc::Client& client) {
  SetText(step.request.get(), "request_id",
          absl::StrCat("demo-", settings_.seed, "-", course->number, "-", course->next, suffix));
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
bool Player::Adapt(Course* course, const Step& step, const Status& refusal,
                   const rpc::Client& client) {
  const auto allowed = DetailsOf(refusal).allowed_actions;
  if (std::find(allowed.begin(), allowed.end(), "StartMediation") == allowed.end()) return false;
  const Step start{step.day, std::make_shared<v1::StartMediationRequest>()};
  return Make(course, start, "-start", client).ok() && Make(course, step, "-again", client).ok();
}

void Player::Live(Course* course, absl::CivilDay day, const rpc::Client& client) {
  for (; course->next < course->life.size(); ++course->next) {
    const Step& step = course->life[course->next];
    if (step.day > day) return;
    const Status status = Make(course, step, "", client);
    if (status.ok()) {
      ++tally_.calls;
      if (course->next == 0) ++tally_.registered;
    } else if (ClockWasFirst(step, status)) {
      ++(Adapt(course, step, status, client) ? tally_.adapted : tally_.dropped);
    } else {
      Fail(*course, step, status);
      if (course->next == 0) course->life.clear();
    }
  }
}

void Player::Fail(const Course& course, const Step& step, const Status& status) {
  ++tally_.failed;
  std::lock_guard lock(mutex_);
  if (failures_.size() >= kFailuresKept) return;
  failures_.push_back(absl::StrCat(course.name.empty() ? "(new)" : course.name, " ",
                                   step.request->GetDescriptor()->name(), ": ", Describe(status)));
}

Status Player::Play(Progress* progress) {
  std::map<absl::CivilDay, std::vector<int64_t>> registrations;
  for (int64_t number = 1; number <= settings_.disputes; ++number) {
    registrations[planner_.DayOf(number)].push_back(number);
  }
  for (absl::CivilDay day = settings_.period.first; day <= settings_.period.last; ++day) {
    RETURN_IF_ERROR(MoveClock(*clients_.front(), day));
    std::vector<std::unique_ptr<Course>> courses = std::move(agenda_[day]);
    agenda_.erase(day);
    for (const int64_t number : registrations[day]) {
      courses.push_back(std::make_unique<Course>(Course{number, planner_.LifeOf(number), 0, ""}));
    }
    Parallel(courses.size(), settings_.workers, [&](size_t i, int worker) {
      Live(courses[i].get(), day, *clients_[worker % clients_.size()]);
      progress->Set(tally_.registered,
                    absl::StrCat(WithCommas(tally_.calls), " calls, ", absl::FormatCivilTime(day)));
    });
    for (auto& course : courses) {
      if (course->next >= course->life.size()) continue;
      const absl::CivilDay next = course->life[course->next].day;
      agenda_[next].push_back(std::move(course));
    }
  }
  return absl::OkStatus();
}

}  // namespace pingan::ctl
