#include "common/rpc/writer.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/mask.h"

namespace pingan::rpc {
namespace {

constexpr int kTriesMax = 20;

void AddReply(const WriteJob& job, store::WriteSet* set) {
  if (job.reply_key.empty()) return;
  set->reply = store::Reply{.key = job.reply_key, .fingerprint = job.fingerprint};
  set->reply_table = &job.table->spec;
}

}  // namespace

// One gathering and what was decided on it.
struct Writer::Attempt {
  Stored before;
  crypto::SubjectKey key;
  bool fresh_key = false;
  Plan plan;
  std::shared_ptr<Message> written;  // stamped by the committer
};

StatusOr<std::shared_ptr<Writer::Attempt>> Writer::Gather(const WriteJob& job) {
  auto attempt = std::make_shared<Attempt>();
  if (!job.name.empty()) {
    ASSIGN_OR_RETURN(auto found, records_->Find(*job.table, job.name));
    if (!found) return NotFound();
    attempt->before = std::move(*found);
  } else {
    attempt->before.record = job.table->make_record();
  }
  if (job.admit && !job.name.empty()) RETURN_IF_ERROR(job.admit(*attempt->before.record));
  ASSIGN_OR_RETURN(attempt->plan, job.decide(*attempt->before.record));
  if (attempt->before.key) {
    attempt->key = *attempt->before.key;
  } else if (HasSensitiveFields(attempt->before.record->GetDescriptor())) {
    attempt->key = crypto::NewSubjectKey();
    attempt->fresh_key = true;
  }
  return attempt;
}

void Writer::Try(std::shared_ptr<const WriteJob> job, Done done, int tries) {
  auto attempt = Gather(*job);
  if (!attempt.ok())
    return RefuseOrRepeat(std::move(job), std::move(attempt).status(), std::move(done));
  const Plan& plan = (*attempt)->plan;
  if (job->validate_only || plan.events.empty()) return done(Written{.record = plan.after});
  Commit(std::move(job), *std::move(attempt), std::move(done), tries);
}

void Writer::Commit(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
                    Done done, int tries) {
  store::WriteSet set;
  if (job->name.empty()) {
    set.sequence = job->table->sequence(*attempt->plan.after, job->now);
  } else {
    set.guards.push_back({&job->table->spec, job->name, attempt->before.version});
  }
  set.events = static_cast<int>(attempt->plan.events.size());
  AddReply(*job, &set);
  set.patient = job->patient;
  set.encode = [this, job, attempt](const store::Numbers& numbers) {
    return Encode(*job, attempt.get(), numbers);
  };
  set.done = [this, job, attempt, done = std::move(done), tries](const store::Outcome& outcome) {
    // The committer must not be held up, and the finisher not by reads.
    const bool reads =
        outcome.kind == store::Outcome::kReplied || outcome.kind == store::Outcome::kConflict;
    (reads ? workers_ : finisher_)->Finish([this, job, attempt, done, tries, outcome] {
      Finish(job, attempt, outcome, done, tries);
    });
  };
  records_->store()->Commit(std::move(set));
}

void Writer::Finish(std::shared_ptr<const WriteJob> job, std::shared_ptr<Attempt> attempt,
                    const store::Outcome& outcome, const Done& done, int tries) {
  switch (outcome.kind) {
    case store::Outcome::kCommitted:
      if (attempt->fresh_key) {
        records_->Remember(ResourceText(job->table->Resource(*attempt->written), "name"),
                           attempt->key);
      }
      return done(Written{.record = attempt->written, .revision = outcome.revision});
    case store::Outcome::kReplied:
      return done(Repeat(*job, outcome.reply));
    case store::Outcome::kConflict:
      if (tries + 1 < kTriesMax) return Try(job, done, tries + 1);
      return done(Error(absl::StatusCode::kAborted, common::v1::WRITE_CONFLICT,
                        "others kept writing first"));
    default:
      return done(outcome.status);
  }
}

StatusOr<store::Changes> Writer::Encode(const WriteJob& job, Attempt* attempt,
                                        const store::Numbers& numbers) {
  const Table& table = *job.table;
  std::shared_ptr<Message> record(attempt->plan.after->New());
  record->CopyFrom(*attempt->plan.after);
  if (job.name.empty()) table.number(record.get(), numbers.serial);
  const int64_t last = numbers.revision + static_cast<int64_t>(attempt->plan.events.size()) - 1;
  Message* resource = table.resource(record.get());
  const std::string name = ResourceText(*resource, "name");
  const std::string area = ResourceText(*resource, "area");
  const int64_t now_us = absl::ToUnixMicros(job.now);

  store::Changes changes;
  common::v1::Deltas deltas;
  if (attempt->before.version > 0) table.measure(*attempt->before.record, -1, &deltas);
  table.measure(*record, 1, &deltas);
  for (int64_t revision = numbers.revision; revision <= last; ++revision) {
    StampResource(resource, revision, job.now);
    changes.events.push_back({.revision = revision,
                              .time_us = now_us,
                              .actor = job.actor,
                              .request_id = job.request_id,
                              .name = name,
                              .area = area,
                              .kind = attempt->plan.events[revision - numbers.revision],
                              .subject = name,
                              .body = records_->Encode(*record, name, revision, attempt->key)});
  }
  changes.events.back().deltas = deltas.SerializeAsString();
  changes.puts.push_back({&table.spec,
                          {.key = name,
                           .area = area,
                           .version = last,
                           .body = changes.events.back().body,
                           .columns = table.columns(*record)},
                          job.name.empty()});
  if (attempt->fresh_key) {
    changes.puts.push_back({&kSubjectKeys, records_->KeyRow(name, last, attempt->key), true});
  }
  changes.audit = store::Audit{.time_us = now_us,
                               .actor = job.actor,
                               .method = job.method,
                               .name = name,
                               .area = area,
                               .purpose = job.purpose,
                               .request_id = job.request_id,
                               .revision = last};
  changes.reply_name = name;
  attempt->written = std::move(record);
  return changes;
}

StatusOr<Written> Writer::Repeat(const WriteJob& job, const store::Reply& reply) {
  if (reply.fingerprint != job.fingerprint) {
    return Error(absl::StatusCode::kAlreadyExists, common::v1::REQUEST_ID_REUSED,
                 "the request_id was used with another request");
  }
  ASSIGN_OR_RETURN(auto events, records_->store()->Events(reply.revision - 1, reply.revision, 1));
  if (!events.empty()) {
    ASSIGN_OR_RETURN(std::shared_ptr<const Message> record,
                     records_->OpenEvent(*job.table, events.front()));
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
        [this, job, done, outcome] { Finish(job, nullptr, outcome, done, kTriesMax); });
  };
  records_->store()->Commit(std::move(set));
}

}  // namespace pingan::rpc
