// The residence permit (居住证): application, papers, issue, endorsement, replacement, end.
//
//   APPLIED --papers--> ACCEPTED --issue--> VALID <--endorse-- SUSPENDED
//                                             +----- missed ------^
//   all but CANCELLED --cancel--> CANCELLED
//
// permit_clock.h counts the days; statute and articles are named there and here. One permit at a
// time; one that was cancelled is kept when the next is applied for.
//
// Every decision: NOT_FOUND out of scope, ACTION_NOT_ALLOWED if state or content do not allow it.
#pragma once

#include <string>
#include <vector>

#include "common/base/decision.h"
#include "common/base/status.h"
#include "pingan/population/v1/population.pb.h"

namespace pingan::population {

// Art. 2: half a year of registered residence in a city other than that of the household, and one
// of job, dwelling, school; art. 9: for who is under 16, or old or disabled with limited mobility,
// a guardian or near relative may apply, and who is under 8 cannot alone (civil code art. 20). All
// papers that lack are named at once; with none lacking it is accepted.
//
// FAILED_PRECONDITION (WINDOW_CLOSED, metadata "eligible_from") before half a year;
// INVALID_ARGUMENT (applicant.kind, applicant.display_name, basis, school, papers[i], and
// person.birth_date where the age decides and is not known).
StatusOr<Decision<v1::PersonRecord>> DecideApplyForPermit(const v1::PersonRecord& before,
                                                          const v1::ApplyForPermitRequest& request,
                                                          const Env& env);

// Never names a paper that the application was not told of.
StatusOr<Decision<v1::PersonRecord>> DecideSupplyPapers(const v1::PersonRecord& before,
                                                        const v1::SupplyPapersRequest& request,
                                                        const Env& env);

// Art. 9, once and in time; FAILED_PRECONDITION (WINDOW_CLOSED) after due_date.
StatusOr<Decision<v1::PersonRecord>> DecideExtendPermitIssue(
    const v1::PersonRecord& before, const v1::ExtendPermitIssueRequest& request, const Env& env);

StatusOr<Decision<v1::PersonRecord>> DecideIssuePermit(const v1::PersonRecord& before,
                                                       const v1::IssuePermitRequest& request,
                                                       const Env& env);

// Art. 10. FAILED_PRECONDITION (WINDOW_CLOSED, metadata "endorse_from") before the month, and in it
// of who has not lived here all that year. Late also when the sweep has not come by yet.
StatusOr<Decision<v1::PersonRecord>> DecideEndorsePermit(const v1::PersonRecord& before,
                                                         const v1::EndorsePermitRequest& request,
                                                         const Env& env);

// Art. 11. INVALID_ARGUMENT (number) when it is that of the card in hand.
StatusOr<Decision<v1::PersonRecord>> DecideReplacePermit(const v1::PersonRecord& before,
                                                         const v1::ReplacePermitRequest& request,
                                                         const Env& env);

// INVALID_ARGUMENT (reason) unless a code of "permit-end".
StatusOr<Decision<v1::PersonRecord>> DecideCancelPermit(const v1::PersonRecord& before,
                                                        const v1::CancelPermitRequest& request,
                                                        const Env& env);

// The papers an application wants, codes of "permit-paper".
std::vector<std::string> PapersFor(v1::ResidencePermit::Basis basis, v1::Applicant::Kind applicant);

// The days of the clock, in order, each with its article.
StatusOr<v1::ExplainPermitResponse> ExplainPermit(const v1::PersonRecord& record,
                                                  const v1::ExplainPermitRequest& request,
                                                  const Env& env);

}  // namespace pingan::population
