#include "services/population/limits.h"

namespace pingan::population {
namespace {

constexpr char kDefaults[] =
#include "services/population/limits.inc"
    ;

}  // namespace

const Limits& DefaultLimits() {
  static const auto* const kLimits = new Limits(Limits::Parse(kDefaults, "limits.tsv").value());
  return *kLimits;
}

int ReportWorkingDays(const Limits& limits) {
  return limits.Of("report.working_days");
}

int ChangeDays(const Limits& limits) {
  return limits.Of("change.days");
}

int MoveDays(const Limits& limits) {
  return limits.Of("move.days");
}

int StaleDays(v1::PersonKind kind, const Limits& limits) {
  return limits.Of(kind == v1::FLOATING ? "stale.days.floating" : "stale.days");
}

int StaleDaysOfDwelling(const Limits& limits) {
  return limits.Of("stale.days");
}

int RevisitDays(const Limits& limits) {
  return limits.Of("revisit.days");
}

int TaskWorkingDays(const Limits& limits) {
  return limits.Of("task.working_days");
}

int ServiceWorkingDays(v1::ServiceItem::Kind kind, const Limits& limits) {
  switch (kind) {
    case v1::ServiceItem::SETTLEMENT:
      return limits.Of("service.settlement.working_days");
    case v1::ServiceItem::HOUSING:
      return limits.Of("service.housing.working_days");
    case v1::ServiceItem::MEDICAL:
      return limits.Of("service.medical.working_days");
    case v1::ServiceItem::SCHOOLING:
      return limits.Of("service.schooling.working_days");
    default:
      return limits.Of("service.job.working_days");
  }
}

}  // namespace pingan::population
