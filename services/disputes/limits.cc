#include "services/disputes/limits.h"

#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/disputes/bounds.h"

namespace pingan::disputes {
namespace {

using calendar::Base;

struct StatutoryRow {
  std::string_view step;
  Base base;
  int days;
  const char* source;
};

constexpr StatutoryRow kStatutory[] = {
    {"accept", Base::kWorkingDays, 5,
     "administrative mediation rules: accept or refuse in 5 working days"},
    {"handle", Base::kCalendarDays, 30, "SF/T 0083-2020: mediate in 30 days, longer by consent"},
};

constexpr char kDefaults[] =
#include "services/disputes/limits.inc"
    ;

// A limit that differs by level: "handle.village".
std::string OfLevel(std::string_view what, v1::Level level) {
  return absl::StrCat(AbslView(what), ".", absl::AsciiStrToLower(v1::Level_Name(level)));
}

Status CheckStep(std::string_view step, v1::Level level, const Limits& limits) {
  const int statutory = StatutoryLimit(step).days;
  int longest = statutory > 0 ? statutory : std::numeric_limits<int>::max();
  for (int risk = v1::BLUE; risk <= v1::RED; ++risk) {
    const int days = ManagementLimit(step, level, static_cast<v1::Risk>(risk), limits).days;
    if (days > longest) {
      return FieldError(OfLevel(step, level),
                        risk == v1::BLUE
                            ? absl::StrCat("want at most the statutory ", statutory, " days")
                            : "want the shorter the more pressing the case is");
    }
    longest = days;
  }
  if (YellowDays(step, limits) <= longest) return absl::OkStatus();
  return FieldError(absl::StrCat("yellow.", AbslView(step)),
                    absl::StrCat("want at most the days of ", OfLevel(step, level)));
}

}  // namespace

calendar::Limit StatutoryLimit(std::string_view step) {
  for (const auto& row : kStatutory) {
    if (row.step == step) return {.base = row.base, .days = row.days, .source = row.source};
  }
  return {};
}

const Limits& DefaultLimits() {
  static const auto* const kLimits = new Limits(Limits::Parse(kDefaults, "limits.tsv").value());
  return *kLimits;
}

Status CheckLimits(const Limits& limits) {
  int meetings = 0;
  for (int level = v1::HOUSEHOLD; level <= v1::CITY; ++level) {
    meetings += AttemptsMax(static_cast<v1::Level>(level), limits);
    if (meetings <= kMeetingsMax) continue;
    return FieldError(OfLevel("attempts", static_cast<v1::Level>(level)),
                      absl::StrCat("want at most ", kMeetingsMax, " in all levels together"));
  }
  for (int level = v1::HOUSEHOLD; level <= v1::CITY; ++level) {
    for (const char* step : {"accept", "handle", "verify"}) {
      RETURN_IF_ERROR(CheckStep(step, static_cast<v1::Level>(level), limits));
    }
  }
  for (int tier = 2; tier <= kTiers; ++tier) {
    if (TierDays(tier, limits) <= TierDays(tier - 1, limits))
      return FieldError("tiers", "want each after the one before");
  }
  return absl::OkStatus();
}

calendar::Limit ManagementLimit(std::string_view step, v1::Level level, v1::Risk risk,
                                const Limits& limits) {
  const int colour = risk == v1::RISK_UNSPECIFIED ? v1::YELLOW : risk;
  return {.base = step == "handle" ? Base::kCalendarDays : Base::kWorkingDays,
          .days = limits.Of(OfLevel(step, level), static_cast<size_t>(colour - v1::BLUE)),
          .source = "management"};
}

int YellowDays(std::string_view step, const Limits& limits) {
  return limits.Of(absl::StrCat("yellow.", AbslView(step)));
}

int TierDays(int tier, const Limits& limits) {
  return limits.Of("tiers", static_cast<size_t>(tier - 1));
}

int AttemptsMax(v1::Level level, const Limits& limits) {
  return limits.Of(OfLevel("attempts", level));
}

int ReopenDays(const Limits& limits) {
  return limits.Of("reopen.days");
}

}  // namespace pingan::disputes
