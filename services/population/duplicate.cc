#include "services/population/duplicate.h"

#include <algorithm>
#include <utility>

#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/lifecycle.h"
#include "services/population/match.h"
#include "services/population/person.h"

namespace pingan::population {
namespace {

using Candidate = v1::DuplicateCandidate;

constexpr size_t kMatchesMax = 20;

bool GoesOn(const v1::Person& person) {
  return person.state() == v1::Person::ACTIVE || person.state() == v1::Person::LEFT;
}

void SetComparison(const Comparison& comparison, Candidate* candidate) {
  candidate->set_points(comparison.points);
  *candidate->mutable_reasons() = {comparison.reasons.begin(), comparison.reasons.end()};
}

bool SharesDocument(const v1::Person& one, const v1::Person& other) {
  for (const auto& a : one.documents()) {
    for (const auto& b : other.documents()) {
      if (a.document_type() == b.document_type() && a.document_number() == b.document_number()) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::string CandidateName(const std::string& person, const std::string& other) {
  const auto id = [](const std::string& name) { return name.substr(name.find('/') + 1); };
  return "duplicates/" + id(std::min(person, other)) + "." + id(std::max(person, other));
}

void NamePair(const v1::Person& one, const v1::Person& other, Candidate* candidate) {
  const bool in_order = one.name() < other.name();
  const v1::Person& first = in_order ? one : other;
  const v1::Person& second = in_order ? other : one;
  candidate->set_name(CandidateName(first.name(), second.name()));
  candidate->set_area(first.area());
  candidate->set_second_area(second.area());
  candidate->set_first(first.name());
  candidate->set_second(second.name());
}

std::optional<Decision<v1::DuplicateRecord>> Suspect(const v1::PersonRecord& one,
                                                     const v1::PersonRecord& other,
                                                     const v1::DuplicateRecord& known,
                                                     const Env& env) {
  if (one.person().name() == other.person().name()) return std::nullopt;
  if (!GoesOn(one.person()) || !GoesOn(other.person())) return std::nullopt;
  const Comparison comparison = Compare(one.person(), other.person());
  v1::DuplicateRecord after = known;
  Candidate& candidate = *after.mutable_candidate();
  if (known.has_candidate()) {
    if (candidate.state() != Candidate::OPEN || candidate.points() == comparison.points) {
      return std::nullopt;
    }
    SetComparison(comparison, &candidate);
    return Decision<v1::DuplicateRecord>{std::move(after), {"duplicate.reassessed"}};
  }
  if (comparison.points < kSuspect) return std::nullopt;
  NamePair(one.person(), other.person(), &candidate);
  candidate.set_state(Candidate::OPEN);
  SetComparison(comparison, &candidate);
  return Decision<v1::DuplicateRecord>{std::move(after), {"duplicate.suspected"}};
}

Status CheckNotOnFile(const v1::Person& person, const std::vector<const v1::PersonRecord*>& found,
                      const Env& env) {
  for (const auto* record : found) {
    const v1::Person& known = record->person();
    if (known.name() == person.name() || known.state() == v1::Person::MERGED) continue;
    if (!InScope(env.caller, known.area()) || !SharesDocument(person, known)) continue;
    return Error(absl::StatusCode::kAlreadyExists, "a file has this identity document",
                 {.reason = common::v1::RESOURCE_EXISTS, .metadata = {{"name", known.name()}}});
  }
  return absl::OkStatus();
}

StatusOr<v1::FindDuplicatesResponse> FindMatches(const v1::FindDuplicatesRequest& request,
                                                 const std::vector<const v1::PersonRecord*>& found,
                                                 const Env& env) {
  v1::Person person = request.person();
  RETURN_IF_ERROR(NormaliseParticulars(&person, identifier::CitizenIdForm::kCurrent, env));
  std::vector<v1::Match> matches;
  for (const auto* record : found) {
    if (!GoesOn(record->person()) || !InScope(env.caller, record->person().area())) continue;
    const Comparison comparison = Compare(person, record->person());
    if (comparison.points < kSuspect) continue;
    v1::Match& match = matches.emplace_back();
    match.set_person(record->person().name());
    match.set_points(comparison.points);
    *match.mutable_reasons() = {comparison.reasons.begin(), comparison.reasons.end()};
  }
  std::sort(matches.begin(), matches.end(), [](const auto& one, const auto& other) {
    return std::pair(-one.points(), one.person()) < std::pair(-other.points(), other.person());
  });
  if (matches.size() > kMatchesMax) matches.resize(kMatchesMax);
  v1::FindDuplicatesResponse response;
  *response.mutable_matches() = {matches.begin(), matches.end()};
  return response;
}

Decision<v1::DuplicateRecord> Decided(v1::DuplicateRecord record, Candidate::State state,
                                      std::string_view reason, const char* event, const Env& env) {
  Candidate& candidate = *record.mutable_candidate();
  candidate.set_state(state);
  candidate.set_reason(std::string(reason));
  *candidate.mutable_decide_time() = ToProto(env.now);
  candidate.set_decider(env.caller.subject);
  return {.after = std::move(record), .events = {event}};
}

StatusOr<Decision<v1::DuplicateRecord>> DecideDismiss(const v1::DuplicateRecord& before,
                                                      const v1::DismissDuplicateRequest& request,
                                                      const Env& env) {
  const Candidate& candidate = before.candidate();
  if (!InScope(env.caller, candidate.area()) && !InScope(env.caller, candidate.second_area())) {
    return NotFound();
  }
  if (candidate.state() != Candidate::OPEN) {
    return Refused("DismissDuplicate", "the pair was decided", {});
  }
  return Decided(before, Candidate::NOT_DUPLICATE, request.reason(), "duplicate.dismissed", env);
}

}  // namespace pingan::population
