#include "services/population/search.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/lifecycle.h"
#include "services/population/residents.h"
#include "services/population/terms.h"

namespace pingan::population {
namespace {

constexpr int kFoundMax = 20;
constexpr size_t kFoundBytesMax = 3 << 20;  // a client takes 4 MiB at once
constexpr int kPageDefault = 50;

}  // namespace

StatusOr<v1::LookupPersonResponse> LookUp(const v1::LookupPersonRequest& request,
                                          const Related& found, const Env&) {
  ASSIGN_OR_RETURN(const Term term, LookupTerm(request));
  v1::LookupPersonResponse response;
  size_t bytes = 0;
  for (const auto* record : found.All<v1::PersonRecord>()) {
    // What was read a moment after it was found may have changed in between.
    const auto terms = TermsOf(*record);
    if (std::none_of(terms.begin(), terms.end(), [&](const Term& known) {
          return known.index == term.index && known.value == term.value;
        })) {
      continue;
    }
    bytes += record->person().ByteSizeLong();
    response.set_more(response.persons_size() == kFoundMax ||
                      (bytes > kFoundBytesMax && response.persons_size() > 0));
    if (response.more()) break;
    *response.add_persons() = record->person();
  }
  return response;
}

StatusOr<v1::FindDuplicatesResponse> FindDuplicates(const v1::FindDuplicatesRequest& request,
                                                    const Related& found, const Env& env) {
  return FindMatches(request, found.All<v1::PersonRecord>(), env);
}

StatusOr<v1::ListResidentsResponse> ListResidents(const v1::ListResidentsRequest& request,
                                                  const Related& found, const Env& env) {
  const auto* dwelling = found.Get<v1::DwellingRecord>(request.dwelling());
  if (!dwelling || !InScope(env.caller, dwelling->dwelling().area())) return NotFound();
  const std::string day = request.on_date().empty() ? Text(Today(env)) : request.on_date();
  RETURN_IF_ERROR(ParseDay("on_date", day).status());
  std::string last = request.page_token();  // the last person of the page before
  const int size = request.page_size() > 0 ? request.page_size() : kPageDefault;
  v1::ListResidentsResponse response;
  for (const auto* record : found.All<v1::PersonRecord>()) {
    const v1::Person& person = record->person();
    if (person.name() <= last || !InScope(env.caller, person.area())) continue;
    const auto residents = ResidentsOf(*record, request.dwelling(), day, request.known_revision());
    if (residents.empty()) continue;
    if (response.residents_size() >= size) {
      response.set_next_page_token(last);
      break;
    }
    for (const auto& resident : residents) *response.add_residents() = resident;
    last = person.name();
  }
  return response;
}

}  // namespace pingan::population
