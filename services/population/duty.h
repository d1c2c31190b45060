// Who owes which report of a fact, and when it is late.
//
// Zhejiang's regulations on the registration of residents (浙江省流动人口居住登记条例), which this
// city takes as its default: the employer reports taking in and letting go, the landlord letting
// and its end, in 3 working days (arts 8-11); the person reports a change of address or workplace
// in 10 days (arts 13, 19). A duty ends with the report, the first of which may be the statement
// itself; one that is not fulfilled by its last day is overdue for good, and a task opens (task.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Who lives in a rented dwelling, or does no more: the landlord's report.
void OweLetting(v1::PersonRecord* record, const v1::Residence& spell, const Env& env);
void OweLettingEnd(v1::PersonRecord* record, const v1::Residence& spell, std::string_view to_date,
                   v1::Residence::Source source, const Env& env);

// The employer's report of HIRE or DISMISSAL.
void OweEmployer(v1::PersonRecord* record, v1::Duty::Kind kind, const v1::Employment& job,
                 std::string_view event_date, v1::FactSource source, const Env& env);

// The person's report of ADDRESS_CHANGE or WORKPLACE_CHANGE; `reported` with the statement.
void OweChange(v1::PersonRecord* record, v1::Duty::Kind kind, std::string_view fact,
               std::string_view event_date, bool reported, const Env& env);

// Takes out what is owed of a fact that is not known any more: a residence that was retracted, or
// set aside by a merge. Nobody can report what never was.
std::vector<v1::Duty> TakeOutDuties(v1::PersonRecord* record, std::string_view fact);

// Owes again what was taken out. Duties stand in the order of their ids.
void PutBackDuties(v1::PersonRecord* record,
                   const google::protobuf::RepeatedPtrField<v1::Duty>& taken);

// The report came on report_date. NOT_FOUND, ACTION_NOT_ALLOWED; INVALID_ARGUMENT (duty: none such
// is open; report_date: before the event or in the future).
StatusOr<Decision<v1::PersonRecord>> DecideRecordReport(const v1::PersonRecord& before,
                                                        const v1::RecordReportRequest& request,
                                                        const Env& env);

}  // namespace pingan::population
