#include "services/population/merge.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/duty.h"
#include "services/population/identity.h"
#include "services/population/kin.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/merge_fields.h"
#include "services/population/settle.h"
#include "services/population/spells.h"

namespace pingan::population {
namespace {

using Candidate = v1::DuplicateCandidate;
using Ids = std::map<std::string, std::string>;  // of the absorbed file's facts: there, here

Status CheckFiles(const MergeFiles& files, const std::string& survivor) {
  const v1::Person& one = files.survivor.person();
  const v1::Person& other = files.absorbed.person();
  const Candidate& candidate = files.candidate.candidate();
  const bool first = survivor == candidate.first(), second = survivor == candidate.second();
  if (first == second || one.name() != survivor ||
      other.name() != (first ? candidate.second() : candidate.first())) {
    return FieldError("survivor", "want one of the two persons");
  }
  return absl::OkStatus();
}

// A file that goes on after a death, or a death that goes with the file, would be a decision of its
// own: the register wants it told first.
Status CheckBothAlive(const MergeFiles& files) {
  const bool one = files.survivor.person().state() == v1::Person::DECEASED;
  const bool other = files.absorbed.person().state() == v1::Person::DECEASED;
  if (one == other) return absl::OkStatus();
  return Refused("MergePersons", "one has died: record the death on the other file first", {});
}

Status CheckTake(const v1::MergePersonsRequest& request) {
  for (int i = 0; i < request.take_size(); ++i) {
    if (request.take(i) == "residences" || Contains(kMergeFields, request.take(i))) continue;
    return FieldError("take[" + std::to_string(i) + "]", "no such field can be taken");
  }
  return absl::OkStatus();
}

void TakeResidences(const v1::Person& absorbed, bool theirs, v1::PersonRecord* survivor,
                    v1::Merge* merge, Ids* ids, const Env& env) {
  for (const auto& spell : absorbed.residences()) {
    std::vector<std::string> overlapping;
    for (const auto& own : survivor->person().residences()) {
      if (Overlap(own, spell)) overlapping.push_back(own.id());
    }
    if (!overlapping.empty() && !theirs) continue;
    for (const auto& id : overlapping) {
      *merge->add_set_aside() = Supersede(survivor, id, "merged", env);
      for (v1::Duty& duty : TakeOutDuties(survivor, id)) {
        *merge->add_set_aside_duties() = std::move(duty);
      }
    }
    v1::Residence copy = spell;
    copy.clear_recorded_revision();
    copy.mutable_origin()->set_person(absorbed.name());
    copy.mutable_origin()->set_id(spell.id());
    copy.set_id(NextId(survivor));
    (*ids)[spell.id()] = copy.id();
    Record(survivor, std::move(copy), env);
  }
}

template <class Fact>
void TakeFacts(const google::protobuf::RepeatedPtrField<Fact>& facts, const std::string& absorbed,
               google::protobuf::RepeatedPtrField<Fact>* own, v1::PersonRecord* survivor,
               Ids* ids) {
  for (const Fact& fact : facts) {
    Fact& copy = *own->Add();
    copy = fact;
    copy.mutable_origin()->set_person(absorbed);
    copy.mutable_origin()->set_id(fact.id());
    copy.set_id(NextId(survivor));
    (*ids)[fact.id()] = copy.id();
  }
}

// A report that is owed of a fact that came over.
void TakeDuties(const v1::Person& absorbed, const Ids& facts, v1::PersonRecord* survivor) {
  for (const auto& duty : absorbed.duties()) {
    const auto fact = facts.find(duty.fact());
    if (fact == facts.end()) continue;
    v1::Duty copy = duty;
    copy.mutable_origin()->set_person(absorbed.name());
    copy.mutable_origin()->set_id(duty.id());
    copy.set_id(NextId(survivor));
    copy.set_fact(fact->second);
    *survivor->mutable_person()->add_duties() = std::move(copy);
  }
}

// Where the request takes the field, or where it could.
Status TakeError(const v1::MergePersonsRequest& request, std::string_view field,
                 std::string_view problem) {
  const auto& take = request.take();
  const auto at = std::find(take.begin(), take.end(), field) - take.begin();
  return FieldError(at < take.size() ? "take[" + std::to_string(at) + "]" : "take",
                    std::string(field) + ": " + std::string(problem));
}

int CountOf(const v1::Person& person, const char* list) {
  return person.GetReflection()->FieldSize(person, v1::Person::descriptor()->FindFieldByName(list));
}

// How many a write takes of them.
int MostOf(const char* list) {
  const auto* field = v1::Person::descriptor()->FindFieldByName(list);
  const int most = field->options().GetExtension(common::v1::field).items_max();
  return most > 0 ? most : kFactsMax;
}

constexpr char kTakeOff[] = "would be too many; take some off one of the files first";
constexpr char kStayTwo[] =
    "would be more than 200, and none can be taken off: leave them two files";

// The lists that a write adds to, each with what can be done about it.
constexpr std::pair<const char*, const char*> kLists[] = {
    {"former_names", kTakeOff},
    {"documents", kTakeOff},
    {"external_ids", kTakeOff},
    {"relations", "would be more than 200; take some away first (UnrelatePersons)"},
    {"residences", "would be more than 200; retract what was never lived first"},
    {"employments", kStayTwo},
    {"service_items", kStayTwo}};

// Whether the citizen IDs, of which both files may have brought one, say one birth and one sex.
bool IdsAgree(v1::Person person) {
  person.clear_birth_date();
  person.clear_sex();
  FillFromCitizenId(&person);
  return AtOddsWithCitizenId(person).empty();
}

// The one file says nothing that each write of it would refuse.
Status CheckTogether(const v1::MergePersonsRequest& request, const v1::Person& person) {
  const std::string_view field = AtOddsWithCitizenId(person);
  if (!field.empty() && !IdsAgree(person)) {
    return TakeError(request, "documents",
                     "the citizen IDs of the two say another " + std::string(field) +
                         "; take the wrong one off its file first (UpdatePerson)");
  }
  if (!field.empty()) return TakeError(request, field, "is not that of the citizen ID");
  for (const auto& spell : person.residences()) {
    const std::string_view bound = AtOddsWithLife(person, spell);
    if (bound == "birth_date") {
      return TakeError(request, bound, "is after a residence began; correct that first");
    }
    if (!bound.empty()) {
      return TakeError(request, bound,
                       "is before a residence ended; correct that first, or take the later one");
    }
  }
  for (const auto& [list, what_to_do] : kLists) {
    if (CountOf(person, list) > MostOf(list)) return TakeError(request, list, what_to_do);
  }
  const std::string& death = person.death_date();
  if (!death.empty() && death < person.birth_date()) {
    return TakeError(request, "death_date", "is before the birth; correct that first");
  }
  return absl::OkStatus();
}

// How much a permit is worth to who holds it.
int RankOf(const v1::ResidencePermit& permit) {
  switch (permit.state()) {
    case v1::ResidencePermit::VALID:
      return 3;
    case v1::ResidencePermit::SUSPENDED:
      return 2;
    case v1::ResidencePermit::APPLIED:
    case v1::ResidencePermit::ACCEPTED:
      return 1;
    default:
      return 0;
  }
}

// Neither the registration nor the permit of either file is lost by the choice of the other's.
Status CheckNothingLost(const v1::MergePersonsRequest& request, const MergeFiles& before,
                        const v1::Person& person) {
  const v1::Person& one = before.survivor.person();
  const v1::Person& other = before.absorbed.person();
  const auto resident = [](const v1::Person& file) {
    return OpenSpell(file, v1::Residence::MAIN) != nullptr;
  };
  if ((resident(one) || resident(other)) && !resident(person)) {
    return TakeError(request, "residences", "the active registration would be lost");
  }
  const int best = std::max(RankOf(one.permit()), RankOf(other.permit()));
  if (RankOf(person.permit()) < best) {
    return TakeError(request, "permit", "the better permit of the two would be lost");
  }
  return absl::OkStatus();
}

v1::Merge BeginMerge(const v1::PersonRecord& survivor, const v1::Person& absorbed, const Env& env) {
  v1::Merge merge;
  merge.set_absorbed(absorbed.name());
  *merge.mutable_merge_time() = ToProto(env.now);
  merge.set_absorbed_state(absorbed.state());
  merge.set_earlier_permits(survivor.earlier_permits_size());
  merge.mutable_kept()->set_state(survivor.person().state());
  merge.mutable_kept()->set_area(survivor.person().area());
  merge.mutable_kept()->set_verification_due(survivor.person().verification_due());
  *merge.mutable_kept()->mutable_verify_time() = survivor.person().verify_time();
  return merge;
}

}  // namespace

StatusOr<MergeDecision> DecideMerge(const MergeFiles& before,
                                    const v1::MergePersonsRequest& request, const Env& env) {
  RETURN_IF_ERROR(CheckScope(before, env));
  RETURN_IF_ERROR(CheckFiles(before, request.survivor()));
  if (before.candidate.candidate().state() != Candidate::OPEN) {
    return Refused("MergePersons", "the pair was decided", {});
  }
  RETURN_IF_ERROR(CheckAllowed(before.survivor.person(), Action::kMergePersons));
  RETURN_IF_ERROR(CheckAllowed(before.absorbed.person(), Action::kMergePersons));
  RETURN_IF_ERROR(CheckBothAlive(before));
  RETURN_IF_ERROR(CheckTake(request));

  v1::PersonRecord after = before.survivor;
  v1::Person& person = *after.mutable_person();
  const v1::Person& absorbed = before.absorbed.person();
  v1::Merge merge = BeginMerge(before.survivor, absorbed, env);
  JoinParticulars(request, absorbed, &person, &merge);
  JoinRelations(before.absorbed, &after);
  Ids ids;
  TakeResidences(absorbed, Contains(request.take(), std::string("residences")), &after, &merge,
                 &ids, env);
  RETURN_IF_ERROR(CheckNothingLost(request, before, person));
  TakeFacts(absorbed.employments(), absorbed.name(), person.mutable_employments(), &after, &ids);
  TakeFacts(absorbed.service_items(), absorbed.name(), person.mutable_service_items(), &after,
            &ids);
  TakeDuties(absorbed, ids, &after);
  RETURN_IF_ERROR(CheckTogether(request, person));
  if (absorbed.state() == v1::Person::ACTIVE) person.set_state(v1::Person::ACTIVE);
  merge.set_first_id(std::max(after.next_id(), 1));
  for (const auto& earlier : before.absorbed.merges()) {
    merge.add_family(earlier.absorbed());
    merge.mutable_family()->MergeFrom(earlier.family());
  }
  *after.add_merges() = std::move(merge);

  v1::PersonRecord gone = before.absorbed;
  gone.mutable_person()->set_state(v1::Person::MERGED);
  gone.mutable_person()->set_merged_into(person.name());
  gone.add_absorptions()->set_into(person.name());
  v1::DuplicateRecord candidate = before.candidate;
  candidate.mutable_candidate()->set_survivor(person.name());
  return MergeDecision{
      Settle(std::move(after), {"person.merged"}, env),
      Settle(std::move(gone), {"person.absorbed"}, env),
      Decided(std::move(candidate), Candidate::MERGED, "", "duplicate.merged", env)};
}

}  // namespace pingan::population
