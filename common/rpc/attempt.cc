#include "common/rpc/attempt.h"

#include "common/events/sight.h"
#include "common/rpc/columns.h"
#include "common/rpc/mask.h"
#include "common/rpc/terms.h"
#include "common/rpc/writer.h"

namespace pingan::rpc {
namespace {

Status NotATable(std::string_view name) {
  return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
               absl::StrCat("no table keeps ", AbslView(name)));
}

events::Seen SeenFrom(const Table& table, const Message& record) {
  return {.area = ResourceText(table.Resource(record), "area"),
          .shared = table.shared_area(record)};
}

}  // namespace

Status Attempt::Gather() {
  RETURN_IF_ERROR(Begin());
  std::vector<Reading> read(1);
  if (job_->wanted) {
    const Wanted one = wanted();
    ASSIGN_OR_RETURN(read, ReadWanted(records_, *tables_, *job_->table, {&one, 1}));
  }
  return Decide(std::move(read[0]));
}

Status Attempt::Begin() {
  if (job_->name.empty()) {
    before_.record = job_->table->make_record();
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(auto found, records_->Find(*job_->table, job_->name));
  if (!found) return NotFound();
  before_ = std::move(*found);
  return job_->admit ? job_->admit(*before_.record) : absl::OkStatus();
}

Wanted Attempt::wanted() const {
  return job_->wanted ? job_->wanted(*before_.record) : Wanted();
}

Status Attempt::Decide(Reading read) {
  read_ = std::move(read);
  ASSIGN_OR_RETURN(plan_, job_->decide(*before_.record, RelatedOf(read_.seen)));
  Changed main{.table = job_->table,
               .name = job_->name,
               .version = before_.version,
               .after = plan_.after,
               .events = plan_.events};
  RETURN_IF_ERROR(ChooseKey(before_.key, plan_.forget, &main));
  if (before_.version > 0) main.before = std::move(before_.record);
  changed_.push_back(std::move(main));
  for (const Change& change : plan_.also) RETURN_IF_ERROR(Add(change));
  return absl::OkStatus();
}

Status Attempt::Add(Change change) {
  Changed changed{.table = tables_->OfRecord(change.after->GetDescriptor()),
                  .name = std::move(change.name),
                  .after = std::move(change.after),
                  .events = std::move(change.events),
                  .link = std::move(change.link)};
  if (!changed.table) return NotATable(changed.name);
  std::optional<crypto::SubjectKey> key;
  if (const auto found = read_.seen.find(changed.name); found != read_.seen.end()) {
    changed.before = found->second.record;
    changed.version = found->second.version;
    key = found->second.key;
  }
  RETURN_IF_ERROR(ChooseKey(key, change.forget, &changed));
  changed_.push_back(std::move(changed));
  return absl::OkStatus();
}

Status Attempt::ChooseKey(const std::optional<crypto::SubjectKey>& stored, bool forget,
                          Changed* changed) {
  if (stored && !forget) {
    changed->key = *stored;
  } else if (HasSensitiveFields(changed->after->GetDescriptor())) {
    changed->key = crypto::NewSubjectKey();
    changed->fresh_key = true;
  }
  if (stored && forget) {
    ASSIGN_OR_RETURN(changed->key_version, records_->KeyVersion(changed->name));
  }
  return absl::OkStatus();
}

void Attempt::Describe(store::WriteSet* set) const {
  set->events = 0;
  for (const Changed& changed : changed_) {
    set->events += static_cast<int>(changed.events.size());
    if (!changed.name.empty()) {
      set->guards.push_back({&changed.table->spec, changed.name, changed.version});
    }
    if (changed.key_version > 0) {
      set->guards.push_back(
          {&kSubjectKeys, records_->KeyRow(changed.name, 0, changed.key).key, changed.key_version});
    }
  }
  for (const Change& change : plan_.also) {
    const auto found = read_.seen.find(change.rests_on);
    if (found == read_.seen.end()) continue;
    set->guards.push_back(
        {&tables_->OfName(change.rests_on)->spec, change.rests_on, found->second.version});
  }
  set->absences = read_.absences;
  set->since = read_.since;
  if (job_->name.empty()) set->sequence = job_->table->sequence(*plan_.after, job_->now);
}

StatusOr<store::Changes> Attempt::Encode(const store::Numbers& numbers) {
  store::Changes changes;
  int64_t revision = numbers.revision;
  for (Changed& changed : changed_) {
    changed.written = changed.after;
    if (changed.table->stamp) {
      changed.written.reset(changed.after->New());
      changed.written->CopyFrom(*changed.after);
    }
    if (&changed == &changed_.front()) {
      if (job_->name.empty()) changed.table->number(changed.written.get(), numbers.serial);
    } else if (changed.link) {
      changed.link(*written(), changed.written.get());
    }
    EncodeOne(&changed, &revision, &changes);
    if (&changed == &changed_.front()) changes.reply_revision = revision - 1;
  }
  const Message& main = job_->table->Resource(*written());
  changes.reply_name = ResourceText(main, "name");
  changes.audits = {{.time_us = absl::ToUnixMicros(job_->now),
                     .actor = job_->actor,
                     .method = job_->method,
                     .name = changes.reply_name,
                     .area = ResourceText(main, "area"),
                     .purpose = job_->purpose,
                     .request_id = job_->request_id}};
  return changes;
}

// One event for each kind; the row is as after the last.
void Attempt::EncodeOne(Changed* changed, int64_t* revision, store::Changes* changes) const {
  const Table& table = *changed->table;
  Message* record = changed->written.get();
  Message* resource = table.resource(record);
  const std::string name = ResourceText(*resource, "name");
  const std::string area = ResourceText(*resource, "area");
  const int64_t last = *revision + static_cast<int64_t>(changed->events.size()) - 1;
  if (table.stamp) table.stamp(record, last);
  const events::Seen now = SeenFrom(table, *record);
  events::Seen before = changed->before ? SeenFrom(table, *changed->before) : events::Seen();
  for (const std::string& kind : changed->events) {
    StampResource(resource, *revision, job_->now);
    changes->events.push_back({.revision = *revision,
                               .time_us = absl::ToUnixMicros(job_->now),
                               .actor = job_->actor,
                               .request_id = job_->request_id,
                               .name = name,
                               .area = area,
                               .kind = kind,
                               .subject = name,
                               .body = records_->Encode(*record, name, *revision, changed->key),
                               .also = events::Also(before, now)});
    before = now;
    ++*revision;
  }
  if (table.measure) {
    common::v1::Deltas deltas;
    if (changed->before) table.measure(*changed->before, -1, &deltas);
    table.measure(*record, 1, &deltas);
    changes->events.back().deltas = deltas.SerializeAsString();
  }
  changes->puts.push_back({&table.spec,
                           {.key = name,
                            .area = area,
                            .version = last,
                            .body = changes->events.back().body,
                            .columns = ColumnsOf(records_->keyring(), table, *record)},
                           changed->name.empty()});
  if (changed->fresh_key) {
    changed->mark = records_->MarkOf(name);
    changes->puts.push_back(
        {&kSubjectKeys, records_->KeyRow(name, last, changed->key), changed->key_version == 0});
  }
  PutTerms(*changed, name, last, changes);
}

void Attempt::PutTerms(const Changed& changed, const std::string& name, int64_t revision,
                       store::Changes* changes) const {
  const crypto::Keyring& keyring = records_->keyring();
  const auto before = TermKeys(keyring, *changed.table, changed.before.get(), name);
  const auto after = TermKeys(keyring, *changed.table, changed.written.get(), name);
  for (const std::string& key : after) {
    if (!before.contains(key)) {
      changes->puts.push_back({&kTerms, {.key = key, .version = revision}, /*fresh=*/true});
    }
  }
  for (const std::string& key : before) {
    if (!after.contains(key)) changes->drops.emplace_back(&kTerms, key);
  }
}

void Attempt::Remember() const {
  for (const Changed& changed : changed_) {
    if (!changed.fresh_key) continue;
    records_->Remember(ResourceText(changed.table->Resource(*changed.written), "name"), changed.key,
                       changed.mark);
  }
}

}  // namespace pingan::rpc
