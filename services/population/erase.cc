#include "services/population/erase.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/population/days.h"
#include "services/population/duplicate.h"
#include "services/population/lifecycle.h"
#include "services/population/limits.h"
#include "services/population/settle.h"
#include "services/population/task.h"
#include "services/population/terms.h"
#include "services/population/wanted.h"

namespace pingan::population {
namespace {

using Files = std::vector<const v1::PersonRecord*>;

Decision<v1::PersonRecord> Erased(const v1::PersonRecord& before, v1::ErasureGround ground,
                                  const Env& env) {
  v1::PersonRecord after;
  v1::Person& person = *after.mutable_person();
  person.set_name(before.person().name());
  person.set_area(before.person().area());
  *person.mutable_create_time() = before.person().create_time();
  person.set_state(before.person().state());
  person.set_kind(before.person().kind());
  person.set_merged_into(before.person().merged_into());
  *person.mutable_erase_time() = ToProto(env.now);
  person.set_erase_ground(ground);
  auto decision = Settle(std::move(after), {"person.erased"}, env);
  decision.forget = true;
  return decision;
}

Decision<v1::TaskRecord> Erased(v1::TaskRecord after, const Env& env) {
  v1::VerificationTask& task = *after.mutable_task();
  task.clear_note();
  task.clear_result();
  if (task.state() == v1::VerificationTask::OPEN) {
    task.set_state(v1::VerificationTask::CANCELLED);
    task.set_end_date(Text(Today(env)));
  }
  auto decision = SettleTask(std::move(after), {"task.erased"});
  decision.forget = true;
  return decision;
}

Decision<v1::DuplicateRecord> Erased(v1::DuplicateRecord after) {
  v1::DuplicateCandidate& candidate = *after.mutable_candidate();
  candidate.set_state(v1::DuplicateCandidate::ERASED);
  candidate.clear_points();
  candidate.clear_reasons();
  candidate.clear_reason();
  return {.after = std::move(after), .events = {"duplicate.erased"}, .also = {}, .forget = true};
}

// Whether a version of a residence came from a file of the person, by however many merges.
bool CameFrom(const v1::Residence& spell, const std::set<std::string>& erased,
              const Related& found) {
  const std::string& person = spell.origin().person();
  if (erased.contains(person)) return true;
  const auto* between = found.Get<v1::PersonRecord>(person);
  if (!between) return false;
  const auto& past = between->superseded();
  return std::any_of(past.begin(), past.end(), [&](const v1::Residence& version) {
    return version.id() == spell.origin().id() && CameFrom(version, erased, found);
  });
}

// What a file that is not of the person knows of it, from a merge that was taken back: the
// residences that it told of in between.
std::optional<Decision<v1::PersonRecord>> Cleared(v1::PersonRecord after,
                                                  const std::set<std::string>& erased,
                                                  const Related& found, const Env& env) {
  auto& past = *after.mutable_superseded();
  const auto kept = std::remove_if(past.begin(), past.end(), [&](const v1::Residence& spell) {
    return CameFrom(spell, erased, found);
  });
  if (kept == past.end()) return std::nullopt;
  past.erase(kept, past.end());
  return Settle(std::move(after), {"person.cleared"}, env);
}

// The files of the person among those that were found: the one and what was merged into it.
std::set<std::string> FilesOfPerson(const v1::PersonRecord& file, const Related& found) {
  std::set<std::string> names = {file.person().name()};
  for (const auto& merge : file.merges()) {
    const auto* absorbed = found.Get<v1::PersonRecord>(merge.absorbed());
    if (absorbed) names.merge(FilesOfPerson(*absorbed, found));
  }
  return names;
}

Files Those(const std::set<std::string>& names, const Related& found) {
  Files files;
  for (const std::string& name : names) {
    if (const auto* file = found.Get<v1::PersonRecord>(name)) files.push_back(file);
  }
  return files;
}

// What is kept of these files, and then of those that they took in; and the files that once had
// taken one of them in, and then those that had taken in these. `read` are the files so far.
Wanted Around(const Files& files, const Files& holders, std::set<std::string> read) {
  Wanted wanted{.limit = kPairsMax};
  std::set<std::string> absorbed, into;
  const auto add_into = [&](const v1::PersonRecord& file) {
    for (const auto& past : file.absorptions()) {
      if (read.insert(past.into()).second) into.insert(past.into());
    }
  };
  for (const v1::PersonRecord* file : files) {
    const std::string& name = file->person().name();
    wanted.terms.push_back(PairTerm(name));
    for (const auto& merge : file->merges()) {
      read.insert(merge.absorbed());
      absorbed.insert(merge.absorbed());
    }
    const auto tasks = NamesOfTasks(*file);
    wanted.names.insert(wanted.names.end(), tasks.begin(), tasks.end());
  }
  for (const v1::PersonRecord* file : files) add_into(*file);
  for (const v1::PersonRecord* file : holders) add_into(*file);
  for (const auto* names : {&absorbed, &into}) {
    wanted.names.insert(wanted.names.end(), names->begin(), names->end());
  }
  if (absorbed.empty() && into.empty()) return wanted;
  wanted.then = [absorbed, into, read](const Related& found) {
    return Around(Those(absorbed, found), Those(into, found), read);
  };
  return wanted;
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideErase(const v1::PersonRecord& before,
                                                 const v1::EraseSubjectRequest& request,
                                                 const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kEraseSubject, env));
  return Erased(before, request.ground(), env);
}

Wanted WantedBy(const v1::PersonRecord& before, const v1::EraseSubjectRequest&) {
  Wanted wanted = Around({&before}, {}, {before.person().name()});
  const auto dwellings = DwellingsOf(before);
  wanted.names.insert(wanted.names.end(), dwellings.begin(), dwellings.end());
  return wanted;
}

StatusOr<std::vector<Change>> ErasedWith(const v1::PersonRecord& before,
                                         const v1::EraseSubjectRequest& request,
                                         const Related& related, const Env& env) {
  std::vector<Change> also;
  if (related.All<v1::DuplicateRecord>().size() >= kPairsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 5000 pairs of a person");
  }
  const std::set<std::string> erased = FilesOfPerson(before, related);
  for (const auto* file : related.All<v1::PersonRecord>()) {
    const std::string& name = file->person().name();
    if (name == before.person().name()) continue;
    if (erased.contains(name)) {
      also.push_back(ChangeOf(name, Erased(*file, request.ground(), env)));
    } else if (auto cleared = Cleared(*file, erased, related, env)) {
      also.push_back(ChangeOf(name, *std::move(cleared)));
    }
  }
  for (const auto* task : related.All<v1::TaskRecord>()) {
    also.push_back(ChangeOf(task->task().name(), Erased(*task, env)));
  }
  for (const auto* pair : related.All<v1::DuplicateRecord>()) {
    also.push_back(ChangeOf(pair->candidate().name(), Erased(*pair)));
  }
  return also;
}

}  // namespace pingan::population
