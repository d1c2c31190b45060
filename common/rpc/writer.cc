#include "common/rpc/writer.h"

#include "absl/strings/str_cat.h"

namespace pingan::rpc {
namespace {

// Each round one of those that conflict gets through; an import has hundreds in flight.
constexpr int kTriesMax = 100;
constexpr int kTriesPatient = 2000;
constexpr int kRetryMs = 100;  // what as many writes of one record take

void AddReply(const WriteJob& job, store::WriteSet* set) {
  if (job.reply_key.empty()) return;
  set->reply = store::Reply{.key = job.reply_key, .fingerprint = job.fingerprint};
  set->reply_table = &job.table->spec;
}

Status CheckSame(const WriteJob& job, const store::Reply& reply) {
  if (reply.fingerprint == job.fingerprint) return absl::OkStatus();
  return Error(absl::StatusCode::kAlreadyExists, common::v1::REQUEST_ID_REUSED,
               "the request_id was used with another request");
}

}  // namespace

StatusOr<bool> Writer::Known(const WriteJob& job) const {
  ASSIGN_OR_RETURN(const auto reply, records_->store()->FindReply(job.reply_key));
  if (!reply) return false;
  RETURN_IF_ERROR(CheckSame(job, *reply));
  return true;
}

void Writer::ExecuteNew(std::vector<Request> requests) {
  if (requests.empty()) return;
  std::vector<std::shared_ptr<Attempt>> attempts;
  std::vector<Wanted> wanted;
  Status status;
  for (const Request& request : requests) {
    attempts.push_back(std::make_shared<Attempt>(records_, tables_, request.job));
    status.Update(attempts.back()->Begin());
    wanted.push_back(attempts.back()->wanted());
  }
  auto read = ReadWanted(records_, *tables_, *requests[0].job->table, wanted);
  status.Update(read.status());
  for (size_t i = 0; i < requests.size(); ++i) {
    auto& [job, done] = requests[i];
    // A record that cannot be read is the fault of those alone who want it.
    if (!status.ok()) {
      Try(std::move(job), std::move(done), 0);
      continue;
    }
    Status decided = attempts[i]->Decide(std::move((*read)[i]));
    Decided(std::move(job), std::move(attempts[i]), std::move(decided), std::move(done), 0);
  }
}

void Writer::Try(std::shared_ptr<const WriteJob> job, Done done, int tries) {
  auto attempt = std::make_shared<Attempt>(records_, tables_, job);
  Status decided = attempt->Gather();
  Decided(std::move(job), std::move(attempt), std::move(decided), std::move(done), tries);
}

void Writer::Decided(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
                     Status decided, Done done, int tries) {
  if (!decided.ok()) return RefuseOrRepeat(std::move(job), std::move(decided), std::move(done));
  const Plan& plan = attempt->plan();
  if (job->validate_only || plan.events.empty()) return done(Written{.record = plan.after});
  Commit(std::move(job), std::move(attempt), std::move(done), tries);
}

void Writer::Commit(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
                    Done done, int tries) {
  store::WriteSet set;
  attempt->Describe(&set);
  AddReply(*job, &set);
  set.patient = job->patient;
  set.encode = [attempt](const store::Numbers& numbers) { return attempt->Encode(numbers); };
  set.done = [this, job, attempt, done = std::move(done), tries](const store::Outcome& outcome) {
    // What was written is told where the whole commit is released.
    if (outcome.kind == store::Outcome::kCommitted)
      return Finish(job, attempt, outcome, done, tries);
    workers_->Finish(
        [this, job, attempt, done, tries, outcome] { Finish(job, attempt, outcome, done, tries); });
  };
  records_->store()->Commit(std::move(set));
}

void Writer::Finish(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
                    const store::Outcome& outcome, const Done& done, int tries) {
  switch (outcome.kind) {
    case store::Outcome::kCommitted:
      attempt->Remember();
      return done(Written{.record = attempt->written(), .revision = outcome.revision});
    case store::Outcome::kReplied:
      return done(Repeat(*job, outcome.reply));
    case store::Outcome::kConflict:
      if (tries + 1 < (job->patient ? kTriesPatient : kTriesMax)) return Try(job, done, tries + 1);
      return done(Error(absl::StatusCode::kAborted, "others kept writing first",
                        {.reason = common::v1::WRITE_CONFLICT, .retry_after_ms = kRetryMs}));
    default:
      return done(outcome.status);
  }
}

StatusOr<Written> Writer::Repeat(const WriteJob& job, const store::Reply& reply) {
  RETURN_IF_ERROR(CheckSame(job, reply));
  const auto events = records_->store()->Events(reply.revision - 1, reply.revision, 1);
  if (!events.ok() && !absl::IsOutOfRange(events.status())) return events.status();
  if (events.ok() && !events->empty()) {
    ASSIGN_OR_RETURN(std::shared_ptr<Message> record,
                     records_->OpenEvent(*job.table, events->front()));
    if (record) return Written{.record = std::move(record), .repeated = true};
  }
  // The after-image is compacted away: the record of today stands for it.
  ASSIGN_OR_RETURN(auto now, records_->Find(*job.table, reply.name));
  if (!now) return NotFound();
  return Written{.record = std::move(now->record), .repeated = true};
}

void Writer::RefuseOrRepeat(std::shared_ptr<const WriteJob> job, Status refusal, Done done) {
  if (job->reply_key.empty()) return done(refusal);
  auto reply = records_->store()->FindReply(job->reply_key);
  // Whether it was carried out is not known then, so the refusal may not be told either.
  if (!reply.ok()) return done(reply.status());
  if (!*reply) return done(refusal);
  // What it wrote may be told once no cache holds what was before: the committer sees to that.
  store::WriteSet set;
  AddReply(*job, &set);
  set.encode = [refusal](const store::Numbers&) -> StatusOr<store::Changes> { return refusal; };
  set.done = [this, job, done](const store::Outcome& outcome) {
    workers_->Finish(
        [this, job, done, outcome] { Finish(job, nullptr, outcome, done, kTriesPatient); });
  };
  records_->store()->Commit(std::move(set));
}

}  // namespace pingan::rpc
