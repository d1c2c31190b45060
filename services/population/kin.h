// Relations while files become one and apart again.
//
// A relation has two halves under one id, one on the file of each person. All halves of an absorbed
// file come over to the survivor, and those on the files of relatives name the survivor from then
// on; so no file that goes on names a MERGED one, however often it was merged. An un-merge goes by
// the ids: a half that the survivor still has and that came from the absorbed file goes back, as
// does its other half wherever that is by then; what ended in between has ended.
//
// A file keeps all halves and shows some: none between files that are one now, and one of those
// that say the same.
#pragma once

#include <optional>
#include <string>

#include "common/base/decision.h"
#include "pingan/population/v1/person.pb.h"

namespace pingan::population {

using Relations = google::protobuf::RepeatedPtrField<v1::Relation>;

const Relations& AllRelations(const v1::PersonRecord& record);
void SetRelations(Relations all, v1::PersonRecord* record);

// The survivor with the halves of the absorbed file, of which each remembers whose it was.
void JoinRelations(const v1::PersonRecord& absorbed, v1::PersonRecord* survivor);

// Takes out of the survivor what is the other's: `other` is the absorbed file as the merge left it,
// and gets back what did not end.
void PartRelations(v1::PersonRecord* survivor, v1::PersonRecord* other);

// The file of a relative: the other halves of these relations name `to` where they named `from`.
// None if there is no such half.
std::optional<Decision<v1::PersonRecord>> Follow(const v1::PersonRecord& relative,
                                                 const Relations& relations,
                                                 const std::string& from, const std::string& to,
                                                 const Env& env);

}  // namespace pingan::population
