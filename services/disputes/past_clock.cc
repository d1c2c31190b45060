#include "services/disputes/past_clock.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/instants.h"
#include "services/disputes/bounds.h"
#include "services/disputes/limits.h"

namespace pingan::disputes {
namespace {

// One clock of a case, and the path to it.
struct Told {
  const v1::Clock& clock;
  const v1::Dispute& dispute;
  std::string path;  // "dispute.statutory."
  bool statutory;

  std::string At(const char* list, int i, const char* part) const {
    return absl::StrCat(path, list, "[", i, "].", part);
  }
};

// The most days that a rule gives to the step, 0 if there is no such; a clock that names none is
// one of handling. A limit of management is within the statutory one, where there is one.
int MostDays(const Told& told) {
  const std::string& step = told.clock.step();
  if (step == "verify") return told.statutory ? 0 : calendar::kDaysMax;
  return StatutoryLimit(step.empty() ? "handle" : step).days;
}

Status CheckDays(int days, int most, const std::string& path) {
  if (days >= 0 && days <= most) return absl::OkStatus();
  return FieldError(path, absl::StrCat("want 0 to ", most, " days"));
}

Status CheckLimit(const Told& told) {
  const v1::Clock& clock = told.clock;
  const int most = MostDays(told);
  if (most == 0) return FieldError(told.path + "step", "the clock measures no such");
  const bool handles = clock.step().empty() || clock.step() == "handle";
  if (clock.base() == (handles ? v1::Clock::WORKING_DAYS : v1::Clock::CALENDAR_DAYS)) {
    return FieldError(told.path + "base", "the step is not counted in such days");
  }
  RETURN_IF_ERROR(CheckDays(clock.days(), most, told.path + "days"));
  return CheckDays(clock.extension_days(), kExtensionDaysMax, told.path + "extension_days");
}

Status CheckPauses(const Told& told, absl::Time now) {
  const v1::Clock& clock = told.clock;
  google::protobuf::Timestamp last = clock.start_time();
  for (int i = 0; i < clock.pauses_size(); ++i) {
    const v1::Pause& pause = clock.pauses(i);
    const std::string from = told.At("pauses", i, "from_time");
    const std::string to = told.At("pauses", i, "to_time");
    RETURN_IF_ERROR(CheckWithin(pause.from_time(), told.dispute, from, now));
    if (FromProto(pause.from_time()) < FromProto(last)) {
      return FieldError(from, "is before what precedes it");
    }
    if (!pause.has_to_time()) {
      if (i + 1 == clock.pauses_size()) break;
      return FieldError(to, "want it of all but the last");
    }
    RETURN_IF_ERROR(CheckWithin(pause.to_time(), told.dispute, to, now));
    if (FromProto(pause.to_time()) < FromProto(pause.from_time())) {
      return FieldError(to, "is before from_time");
    }
    last = pause.to_time();
  }
  return absl::OkStatus();
}

Status CheckChanges(const Told& told, absl::Time now) {
  const v1::Clock& clock = told.clock;
  google::protobuf::Timestamp last = clock.start_time();
  for (int i = 0; i < clock.changes_size(); ++i) {
    const v1::LimitChange& change = clock.changes(i);
    const std::string time = told.At("changes", i, "change_time");
    const std::string before = told.At("changes", i, "days_before");
    const std::string after = told.At("changes", i, "days_after");
    RETURN_IF_ERROR(CheckWithin(change.change_time(), told.dispute, time, now));
    if (FromProto(change.change_time()) < FromProto(last)) {
      return FieldError(time, "is before what precedes it");
    }
    RETURN_IF_ERROR(CheckDays(change.days_before(), MostDays(told), before));
    RETURN_IF_ERROR(CheckDays(change.days_after(), MostDays(told), after));
    if (i > 0 && change.days_before() != clock.changes(i - 1).days_after()) {
      return FieldError(before, "want the days that the change before it led to");
    }
    if (i + 1 == clock.changes_size() && change.days_after() != clock.days()) {
      return FieldError(after, "want the days of the clock");
    }
    last = change.change_time();
  }
  return absl::OkStatus();
}

Status CheckClock(const Told& told, absl::Time now) {
  const v1::Clock& clock = told.clock;
  RETURN_IF_ERROR(CheckLimit(told));
  const std::string start = told.path + "start_time";
  if (clock.has_start_time()) {
    RETURN_IF_ERROR(CheckWithin(clock.start_time(), told.dispute, start, now));
  }
  RETURN_IF_ERROR(CheckPauses(told, now));
  RETURN_IF_ERROR(CheckChanges(told, now));
  if (clock.has_start_time() || clock.ByteSizeLong() == 0) return absl::OkStatus();
  return FieldError(start, "want it of a clock that is told");
}

}  // namespace

Status CheckClocks(const v1::Dispute& dispute, absl::Time now) {
  RETURN_IF_ERROR(CheckClock({dispute.statutory(), dispute, "dispute.statutory.", true}, now));
  return CheckClock({dispute.management(), dispute, "dispute.management.", false}, now);
}

}  // namespace pingan::disputes
