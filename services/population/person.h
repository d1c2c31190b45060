// A person's file: how it is opened, named and changed.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it,
// INVALID_ARGUMENT naming the field below "person.".
#pragma once

#include <string>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "common/identifier/citizen_id.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Opens a file, with the residence if one is sent; it has no name yet. An area that does not exist
// or is not the caller's is INVALID_ARGUMENT (person.area), alike for both. Whether the person is
// on file already is for duplicate.h.
StatusOr<Decision<v1::PersonRecord>> DecideCreate(const v1::PersonRecord& empty,
                                                  const v1::CreatePersonRequest& request,
                                                  const Env& env);

// Changes the fields in update_mask: kind, display_name, former_names, documents, sex, birth_date,
// ethnicity, education, household_area, household_address, phone, external_ids; another is
// FIELD_UNKNOWN.
StatusOr<Decision<v1::PersonRecord>> DecideUpdate(const v1::PersonRecord& before,
                                                  const v1::UpdatePersonRequest& request,
                                                  const Env& env);

// Somebody looked and the file is right.
StatusOr<Decision<v1::PersonRecord>> DecideVerify(const v1::PersonRecord& before,
                                                  const v1::VerifyPersonRequest& request,
                                                  const Env& env);

// What a registrar says of a person: the fields of update_mask and the area. Everything else the
// server sets.
v1::Person TakeInput(const v1::Person& sent);

// What people fill in, put into normal form and checked; also codes, kind and name.
Status NormaliseParticulars(v1::Person* person, identifier::CitizenIdForm form, const Env& env);

// The sequence a new file takes its number from: the county. A file keeps its name when the person
// moves.
std::string SequenceOf(const v1::PersonRecord& record);

// Names a new file: `persons/<county>-<8 digits>`.
void Number(v1::PersonRecord* record, int64_t serial);

}  // namespace pingan::population
