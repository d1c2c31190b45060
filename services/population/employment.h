// Who a person works for, dated (以业控人): a register that tells whose report is owed and which
// permit has its basis.
//
// Both decisions: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it.
#pragma once

#include <string_view>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// The employer owes the report of taking in, and who worked elsewhere before that of the change
// (duty.h). INVALID_ARGUMENT naming the field below "employment."; LIMIT_REACHED at 200.
StatusOr<Decision<v1::PersonRecord>> DecideRecordEmployment(
    const v1::PersonRecord& before, const v1::RecordEmploymentRequest& request, const Env& env);

// INVALID_ARGUMENT (employment: no such open one; to_date).
StatusOr<Decision<v1::PersonRecord>> DecideEndEmployment(const v1::PersonRecord& before,
                                                         const v1::EndEmploymentRequest& request,
                                                         const Env& env);

// Puts the credit code (GB 32100) into normal form and checks the days below `field`.
Status NormaliseEmployment(std::string_view field, v1::Employment* job, const Env& env);

// It never was. What is owed of it is not; INVALID_ARGUMENT (employment): none such, or retracted
// already.
StatusOr<Decision<v1::PersonRecord>> DecideRetractEmployment(
    const v1::PersonRecord& before, const v1::RetractEmploymentRequest& request, const Env& env);

}  // namespace pingan::population
