#include "services/population/erase.h"

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
#include "services/population/wanted.h"

namespace pingan::population {
namespace {

using Files = std::vector<const v1::PersonRecord*>;

Decision<v1::PersonRecord> Erased(const v1::PersonRecord& before, const Env& env) {
  v1::PersonRecord after;
  v1::Person& person = *after.mutable_person();
  person.set_name(before.person().name());
  person.set_area(before.person().area());
  *person.mutable_create_time() = before.person().create_time();
  person.set_state(before.person().state());
  person.set_kind(before.person().kind());
  person.set_merged_into(before.person().merged_into());
  *person.mutable_erase_time() = ToProto(env.now);
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

// What is kept of these files, and then of those that they took in; `read` are the files so far.
Wanted Around(const Files& files, std::set<std::string> read) {
  Wanted wanted{.limit = kPairsMax};
  for (const v1::PersonRecord* file : files) {
    const std::string& name = file->person().name();
    read.insert(name);
    wanted.terms.push_back(PairTerm(name));
    for (const auto& merge : file->merges()) wanted.names.push_back(merge.absorbed());
    for (int i = 1; i <= file->tasks_opened(); ++i) wanted.names.push_back(NameOfTask(name, i));
  }
  wanted.then = [read = std::move(read)](const Related& found) {
    Files next;
    for (const auto* file : found.All<v1::PersonRecord>()) {
      if (!read.contains(file->person().name())) next.push_back(file);
    }
    return next.empty() ? Wanted() : Around(next, read);
  };
  return wanted;
}

}  // namespace

StatusOr<Decision<v1::PersonRecord>> DecideErase(const v1::PersonRecord& before,
                                                 const v1::EraseSubjectRequest&, const Env& env) {
  RETURN_IF_ERROR(Check(before.person(), Action::kEraseSubject, env));
  return Erased(before, env);
}

Wanted WantedBy(const v1::PersonRecord& before, const v1::EraseSubjectRequest&) {
  Wanted wanted = Around({&before}, {});
  const auto dwellings = DwellingsOf(before);
  wanted.names.insert(wanted.names.end(), dwellings.begin(), dwellings.end());
  return wanted;
}

StatusOr<std::vector<Change>> ErasedWith(const Related& related, const Env& env) {
  std::vector<Change> also;
  if (related.All<v1::DuplicateRecord>().size() >= kPairsMax) {
    return Error(absl::StatusCode::kFailedPrecondition, common::v1::LIMIT_REACHED,
                 "want fewer than 5000 pairs of a person");
  }
  for (const auto* file : related.All<v1::PersonRecord>()) {
    also.push_back(ChangeOf(file->person().name(), Erased(*file, env)));
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
