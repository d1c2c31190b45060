#include "services/disputes/limits.h"

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

struct ManagementRow {
  std::string_view step;
  v1::Level level;
  Base base;
  int days[4];  // blue, yellow, orange, red
};

// Inside the statutory limits, and the shorter the more pressing the case is.
// clang-format off
constexpr ManagementRow kManagement[] = {
    {"accept", v1::HOUSEHOLD, Base::kWorkingDays,  { 3,  3,  2,  1}},
    {"accept", v1::VILLAGE,   Base::kWorkingDays,  { 3,  3,  2,  1}},
    {"accept", v1::TOWNSHIP,  Base::kWorkingDays,  { 3,  3,  2,  1}},
    {"accept", v1::COUNTY,    Base::kWorkingDays,  { 4,  4,  3,  2}},
    {"accept", v1::CITY,      Base::kWorkingDays,  { 4,  4,  3,  2}},
    {"handle", v1::HOUSEHOLD, Base::kCalendarDays, {10,  7,  5,  3}},
    {"handle", v1::VILLAGE,   Base::kCalendarDays, {20, 15, 10,  5}},
    {"handle", v1::TOWNSHIP,  Base::kCalendarDays, {25, 20, 15,  7}},
    {"handle", v1::COUNTY,    Base::kCalendarDays, {28, 25, 20, 10}},
    {"handle", v1::CITY,      Base::kCalendarDays, {28, 28, 25, 15}},
    {"verify", v1::HOUSEHOLD, Base::kWorkingDays,  {30, 30, 20, 10}},
    {"verify", v1::VILLAGE,   Base::kWorkingDays,  {30, 30, 20, 10}},
    {"verify", v1::TOWNSHIP,  Base::kWorkingDays,  {30, 30, 20, 10}},
    {"verify", v1::COUNTY,    Base::kWorkingDays,  {30, 30, 20, 10}},
    {"verify", v1::CITY,      Base::kWorkingDays,  {30, 30, 20, 10}},
};
// clang-format on

}  // namespace

calendar::Limit StatutoryLimit(std::string_view step) {
  for (const auto& row : kStatutory) {
    if (row.step == step) return {.base = row.base, .days = row.days, .source = row.source};
  }
  return {};
}

calendar::Limit ManagementLimit(std::string_view step, v1::Level level, v1::Risk risk) {
  const int colour = risk == v1::RISK_UNSPECIFIED ? v1::YELLOW : risk;
  for (const auto& row : kManagement) {
    if (row.step != step || row.level != level) continue;
    return {.base = row.base, .days = row.days[colour - v1::BLUE], .source = "management"};
  }
  return {};
}

int YellowDays(std::string_view step) {
  return step == "accept" ? 1 : step == "handle" ? 2 : 5;
}

int AttemptsMax(v1::Level level) {
  return level <= v1::TOWNSHIP ? 3 : 1;
}

}  // namespace pingan::disputes
