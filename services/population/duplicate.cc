#include "services/population/duplicate.h"

#include <algorithm>
#include <utility>

#include "common/auth/caller.h"
#include "services/population/days.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"
#include "services/population/match.h"
#include "services/population/person.h"

namespace pingan::population {
namespace {

using Candidate = v1::DuplicateCandidate;

constexpr size_t kMatchesMax = 20;

void SetComparison(const Comparison& comparison, Candidate* candidate) {
  candidate->set_points(comparison.points);
  *candidate->mutable_reasons() = {comparison.reasons.begin(), comparison.reasons.end()};
}

// Whether a file is compared at all.
bool GoesOn(const v1::Person& person) {
  return person.state() != v1::Person::MERGED && !person.has_erase_time();
}

bool HasDocument(const v1::Person& person, const v1::Document& document) {
  const auto& documents = person.documents();
  return std::any_of(documents.begin(), documents.end(),
                     [&](const auto& known) { return SameDocument(known, document); });
}

bool HasId(const v1::Person& person, const std::string& id) {
  const auto& ids = person.external_ids();
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Refused if a file that the caller may see has one of the facts, by `has`, that were not there
// before.
template <class Facts, class Has>
Status CheckNew(const v1::Person& before, const v1::Person& person, const Facts& facts, Has has,
                const char* problem, const std::vector<const v1::PersonRecord*>& found,
                const Env& env) {
  for (const auto* record : found) {
    const v1::Person& known = record->person();
    if (known.name() == person.name() || known.state() == v1::Person::MERGED) continue;
    if (!InScope(env.caller, known.area())) continue;
    if (std::none_of(facts.begin(), facts.end(),
                     [&](const auto& fact) { return !has(before, fact) && has(known, fact); })) {
      continue;
    }
    return Error(absl::StatusCode::kAlreadyExists, problem,
                 {.reason = common::v1::RESOURCE_EXISTS, .metadata = {{"name", known.name()}}});
  }
  return absl::OkStatus();
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
                                                     const Env& env, int from) {
  if (one.person().name() == other.person().name()) return std::nullopt;
  if (!GoesOn(one.person()) || !GoesOn(other.person())) return std::nullopt;
  const Comparison comparison = Compare(one.person(), other.person());
  const Candidate::State state = known.candidate().state();
  const bool open = known.has_candidate() && state == Candidate::OPEN;
  if (known.has_candidate() && !open && state != Candidate::LAPSED) return std::nullopt;
  if (!open && comparison.points < from) return std::nullopt;
  v1::DuplicateRecord after = known;
  if (!open) *after.mutable_open_time() = ToProto(env.now);
  Candidate& candidate = *after.mutable_candidate();
  NamePair(one.person(), other.person(), &candidate);
  candidate.set_state(Candidate::OPEN);
  candidate.clear_survivor();
  SetComparison(comparison, &candidate);
  if (open && comparison.points == known.candidate().points()) return std::nullopt;
  const char* event = open                    ? "duplicate.reassessed"
                      : known.has_candidate() ? "duplicate.reopened"
                                              : "duplicate.suspected";
  return Decision<v1::DuplicateRecord>{std::move(after), {event}};
}

Decision<v1::DuplicateRecord> Lapsed(v1::DuplicateRecord record, const std::string& survivor) {
  record.mutable_candidate()->set_state(Candidate::LAPSED);
  record.mutable_candidate()->set_survivor(survivor);
  return {.after = std::move(record), .events = {"duplicate.lapsed"}};
}

Status CheckNotOnFile(const v1::Person& before, const v1::Person& person,
                      const std::vector<const v1::PersonRecord*>& found, const Env& env) {
  RETURN_IF_ERROR(CheckNew(before, person, person.documents(), HasDocument,
                           "a file has this identity document", found, env));
  return CheckIdsNotOnFile(before, person, found, env);
}

Status CheckIdsNotOnFile(const v1::Person& before, const v1::Person& person,
                         const std::vector<const v1::PersonRecord*>& found, const Env& env) {
  return CheckNew(before, person, person.external_ids(), HasId, "a file has this external id",
                  found, env);
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
  if (!InScope(env.caller, candidate.area()) || !InScope(env.caller, candidate.second_area())) {
    return NotFound();
  }
  if (candidate.state() != Candidate::OPEN) {
    return Refused("DismissDuplicate", "the pair was decided", {});
  }
  return Decided(before, Candidate::NOT_DUPLICATE, request.reason(), "duplicate.dismissed", env);
}

}  // namespace pingan::population
