// Reads of files that a request does not name: by document or telephone, by resemblance, by where
// people live. Of what was found they get what the caller may see.
#pragma once

#include <string>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// The files with that document, telephone or external id, by name, at most 20; and whether there
// are more. A merged one is not told: the file that goes on has what it had. Errors: those of
// LookupTerm.
StatusOr<v1::LookupPersonResponse> LookUp(const v1::LookupPersonRequest& request,
                                          const Related& found, const Env& env);

// FindMatches over what was found.
StatusOr<v1::FindDuplicatesResponse> FindDuplicates(const v1::FindDuplicatesRequest& request,
                                                    const Related& found, const Env& env);

// Who lived in the dwelling, of those whose file is the caller's, by name; a page ends with a
// person, whose name is next_page_token. NOT_FOUND: no such dwelling in scope. INVALID_ARGUMENT
// (on_date).
StatusOr<v1::ListResidentsResponse> ListResidents(const v1::ListResidentsRequest& request,
                                                  const Related& found, const Env& env);

}  // namespace pingan::population
