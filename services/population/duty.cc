#include "services/population/duty.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/population/days.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

constexpr char kRented[] = "02";  // of "dwelling-kind"

void Report(v1::Duty* duty, absl::CivilDay day) {
  duty->set_report_date(Text(day));
  if (day > DayOf(duty->due_date())) duty->set_overdue(true);
}

void Owe(v1::PersonRecord* record, v1::Duty::Kind kind, std::string_view fact,
         std::string_view event_date, absl::CivilDay due, bool reported, const Env& env) {
  v1::Duty duty;
  duty.set_id(NextId(record));
  duty.set_kind(kind);
  duty.set_fact(std::string(fact));
  duty.set_event_date(std::string(event_date));
  duty.set_due_date(Text(due));
  if (reported) Report(&duty, Today(env));
  *record->mutable_person()->add_duties() = std::move(duty);
}

absl::CivilDay WorkingDue(std::string_view event_date, const Env& env) {
  return env.calendar.AddWorkingDays(DayOf(event_date), ReportWorkingDays(env.limits));
}

}  // namespace

void OweLetting(v1::PersonRecord* record, const v1::Residence& spell, const Env& env) {
  if (spell.dwelling_kind() != kRented || !spell.to_date().empty()) return;
  Owe(record, v1::Duty::LETTING, spell.id(), spell.from_date(), WorkingDue(spell.from_date(), env),
      spell.source() == v1::Residence::LESSOR, env);
}

void OweLettingEnd(v1::PersonRecord* record, const v1::Residence& spell, std::string_view to_date,
                   v1::Residence::Source source, const Env& env) {
  if (spell.dwelling_kind() != kRented) return;
  Owe(record, v1::Duty::LETTING_END, spell.id(), to_date, WorkingDue(to_date, env),
      source == v1::Residence::LESSOR, env);
}

void OweEmployer(v1::PersonRecord* record, v1::Duty::Kind kind, const v1::Employment& job,
                 std::string_view event_date, v1::FactSource source, const Env& env) {
  Owe(record, kind, job.id(), event_date, WorkingDue(event_date, env), source == v1::EMPLOYER, env);
}

void OweChange(v1::PersonRecord* record, v1::Duty::Kind kind, std::string_view fact,
               std::string_view event_date, bool reported, const Env& env) {
  Owe(record, kind, fact, event_date,
      env.calendar.AddCalendarDays(DayOf(event_date), ChangeDays(env.limits)), reported, env);
}

std::vector<v1::Duty> TakeOutDuties(v1::PersonRecord* record, std::string_view fact) {
  std::vector<v1::Duty> taken;
  google::protobuf::RepeatedPtrField<v1::Duty> stay;
  for (v1::Duty& duty : *record->mutable_person()->mutable_duties()) {
    if (duty.fact() == fact) {
      taken.push_back(std::move(duty));
    } else {
      *stay.Add() = std::move(duty);
    }
  }
  record->mutable_person()->mutable_duties()->Swap(&stay);
  return taken;
}

void PutBackDuties(v1::PersonRecord* record,
                   const google::protobuf::RepeatedPtrField<v1::Duty>& taken) {
  auto& duties = *record->mutable_person()->mutable_duties();
  duties.MergeFrom(taken);
  std::stable_sort(duties.begin(), duties.end(), [](const v1::Duty& one, const v1::Duty& other) {
    return std::stoi(one.id()) < std::stoi(other.id());
  });
}

StatusOr<Decision<v1::PersonRecord>> DecideRecordReport(const v1::PersonRecord& before,
                                                        const v1::RecordReportRequest& request,
                                                        const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kRecordReport, env));
  ASSIGN_OR_RETURN(const absl::CivilDay day,
                   ParsePastDay("report_date", request.report_date(), env));
  v1::PersonRecord after = before;
  for (v1::Duty& duty : *after.mutable_person()->mutable_duties()) {
    if (duty.id() != request.duty() || !duty.report_date().empty()) continue;
    if (day < DayOf(duty.event_date())) {
      return FieldError("report_date", "want a day from the event on");
    }
    Report(&duty, day);
    return Settle(std::move(after), {"duty.reported"}, env);
  }
  return FieldError("duty", "no such report is owed");
}

}  // namespace pingan::population
