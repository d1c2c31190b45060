// By which terms files and pairs are found.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// By what a person's file is found: secretly by the keys of match.h and its external ids unless it
// is MERGED, and openly by every dwelling that it ever named.
std::vector<Term> TermsOf(const v1::PersonRecord& record);

// By what whoever is like one of these is found.
std::vector<Term> TermsOfAll(std::initializer_list<v1::Person> persons);

// A dwelling is found by the id of another system's record.
std::vector<Term> TermsOf(const v1::DwellingRecord& record);
Term DwellingIdTerm(const std::string& id);

// Who ever lived in the dwelling.
Term DwellingTerm(const std::string& dwelling);

// The one that a request to look up asks for. INVALID_ARGUMENT naming the field.
StatusOr<Term> LookupTerm(const v1::LookupPersonRequest& request);

// A pair is found by each of its persons; PairTerm finds those of one.
std::vector<Term> TermsOf(const v1::DuplicateRecord& record);
Term PairTerm(const std::string& person);

}  // namespace pingan::population
