#include "tools/pinganctl/demo/player.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/pinganctl/demo/parallel.h"
#include "tools/pinganctl/problem.h"
#include "tools/pinganctl/progress.h"

namespace pingan::ctl {
namespace {

constexpr size_t kFailuresKept = 5;
constexpr int64_t kPlannedShown = 10'000;

}  // namespace

void SetText(google::protobuf::Message* request, const char* field, const std::string& value) {
  request->GetReflection()->SetString(request, request->GetDescriptor()->FindFieldByName(field),
                                      value);
}

void Player::Live(Course* course, absl::CivilDay day, int worker) {
  for (; course->next < course->life.size(); ++course->next) {
    const Step& step = course->life[course->next];
    if (step.day > day) return;
    const std::string id = absl::StrCat(settings_.prefix, "-", course->number, "-", course->next);
    const Status status = script_.Make(course, step, id, worker);
    if (status.ok()) {
      ++tally_.calls;
      if (course->next == 0) ++tally_.begun;
      continue;
    }
    switch (script_.Adapt(course, step, status, id, worker)) {
      case Script::Late::kAdapted:
        ++tally_.adapted;
        break;
      case Script::Late::kDropped:
        ++tally_.dropped;
        break;
      case Script::Late::kNot:
        Fail(*course, step, status);
        if (course->name.empty()) return course->life.clear();
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

std::map<absl::CivilDay, std::vector<int64_t>> Player::Plan(const OnPlayed& played) const {
  std::map<absl::CivilDay, std::vector<int64_t>> beginnings;
  for (int64_t number = 1; number <= settings_.lives; ++number) {
    if (const auto day = script_.DayOf(number)) beginnings[*day].push_back(number);
    if (number % kPlannedShown != 0) continue;
    played(0, absl::StrCat(WithCommas(number), " of ", WithCommas(settings_.lives), " planned"));
  }
  return beginnings;
}

Status Player::Play(const OnPlayed& played) {
  std::map<absl::CivilDay, std::vector<int64_t>> beginnings = Plan(played);
  for (absl::CivilDay day = settings_.period.first; day <= settings_.period.last; ++day) {
    RETURN_IF_ERROR(script_.MoveClock(day));
    std::vector<std::unique_ptr<Course>> courses = std::move(agenda_[day]);
    agenda_.erase(day);
    for (const int64_t number : beginnings[day]) {
      courses.push_back(std::make_unique<Course>(script_.Begin(number)));
    }
    Parallel(courses.size(), settings_.workers, [&](size_t i, int worker) {
      Live(courses[i].get(), day, worker);
      played(tally_.begun,
             absl::StrCat(WithCommas(tally_.calls), " calls, ", absl::FormatCivilTime(day)));
    });
    for (auto& course : courses) {
      if (course->next >= course->life.size()) continue;
      const absl::CivilDay next = course->life[course->next].day;
      agenda_[next].push_back(std::move(course));
    }
    beginnings.erase(day);
  }
  return absl::OkStatus();
}

}  // namespace pingan::ctl
