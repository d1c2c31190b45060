#include <google/protobuf/message.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/rpc/forms.h"
#include "common/rpc/unmask.h"
#include "common/rpc/validate.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

// The record that a request is about, and the etag it must still have; empty = a new one, any.
struct Target {
  std::string name, etag;
};

// Named by the request's own fields, or of an update by those in the resource it carries.
StatusOr<Target> TargetOf(const Method& method, const Message& request) {
  if (method.fields.name) {
    return Target{std::string(StringField(request, method.fields.name)),
                  std::string(StringField(request, method.fields.etag))};
  }
  const FieldDescriptor* field = method.fields.resource;
  if (!field) return Target();
  const Message& resource = request.GetReflection()->GetMessage(request, field);
  Target target{ResourceText(resource, "name"), ResourceText(resource, "etag")};
  if (!target.name.empty()) return target;
  return FieldError(field->name() + ".name", "is required", common::v1::FIELD_REQUIRED);
}

// What an update means: what was only shown masked and came back so is unchanged, also from who
// reveals now and read it without a purpose.
StatusOr<std::shared_ptr<const Message>> Meant(const Message& update, const Table& table,
                                               const Message& before) {
  std::shared_ptr<Message> meant(update.New());
  meant->CopyFrom(update);
  RETURN_IF_ERROR(Unmask(table.Resource(before), meant.get()));
  RETURN_IF_ERROR(Validate(meant.get()));
  return meant;
}

Status CheckEtag(const Table& table, const Message& record, std::string_view etag) {
  const std::string current = ResourceText(table.Resource(record), "etag");
  if (etag.empty() || etag == current) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "somebody else wrote first",
               {.reason = common::v1::ETAG_STALE, .metadata = {{"etag", current}}});
}

StatusOr<std::shared_ptr<WriteJob>> JobOf(const std::shared_ptr<Call>& call, const Table& table,
                                          const WriteRules& rules) {
  const Message& request = *call->request;
  ASSIGN_OR_RETURN(const Target target, TargetOf(call->method, request));
  const RequestFields& fields = call->method.fields;
  auto job = std::make_shared<WriteJob>();
  job->table = &table;
  job->name = target.name;
  // The call lives until it is answered, and the job no longer. What it asks for is its request, or
  // what an update means of the record as it was read last, which is admitted first.
  const auto asked = std::make_shared<std::shared_ptr<const Message>>(call, call->request.get());
  job->admit = [call, &table, asked, etag = target.etag,
                unseen = rules.unseen](const Message& before) -> Status {
    if (!MaySee(table, call->caller(), before)) return unseen ? absl::OkStatus() : NotFound();
    RETURN_IF_ERROR(CheckEtag(table, before, etag));
    if (!call->method.fields.resource) return absl::OkStatus();
    ASSIGN_OR_RETURN(*asked, Meant(*call->request, table, before));
    return absl::OkStatus();
  };
  if (rules.wanted) {
    job->wanted = [asked, wanted = rules.wanted](const Message& before) {
      return wanted(before, **asked);
    };
  }
  job->decide = [call, asked, decide = rules.decide](const Message& before,
                                                     const Related& related) {
    return decide(before, **asked, related, call->env());
  };
  job->actor = call->caller().subject;
  job->method = call->method.short_name;
  job->purpose = call->admitted.purpose;
  job->request_id = std::string(StringField(request, fields.request_id));
  job->reply_key =
      crypto::Digest(absl::StrCat(job->actor, "\n", job->method, "\n", job->request_id));
  job->fingerprint = call->parts.records->Fingerprint(request.SerializeAsString());
  job->now = call->admitted.now;
  job->validate_only = BoolField(request, fields.validate_only);
  return job;
}

// Who is told of a file by a refusal has looked it up: that is on record first, as a read of it.
void Refuse(std::shared_ptr<Call> call, const Status& refusal) {
  const auto metadata = DetailsOf(refusal).metadata;
  const auto told = std::find_if(metadata.begin(), metadata.end(),
                                 [](const auto& entry) { return entry.first == "name"; });
  const Table* table = told == metadata.end() ? nullptr : call->parts.tables->OfName(told->second);
  if (!table) return call->Fail(refusal);
  const auto found = call->parts.records->Find(*table, told->second);
  if (!found.ok()) return call->Fail(found.status());
  if (!*found) return call->Fail(refusal);
  std::vector<Shown> shown;
  AddShown(*table, table->Resource(*(*found)->record), &shown);
  NoteShown(call->parts, call->method, call->admitted, std::move(shown),
            [call, refusal](const Status& noted) { call->Fail(noted.ok() ? refusal : noted); });
}

// What `check` refuses, unless the request was carried out before, when it was right.
Status CheckFirst(const Call& call, const WriteRules& rules, const WriteJob& job) {
  if (!rules.check) return absl::OkStatus();
  Status refused = rules.check(*call.request, call.env());
  if (refused.ok()) return refused;
  ASSIGN_OR_RETURN(const bool known, call.parts.writer->Known(job));
  return known ? absl::OkStatus() : refused;
}

// The answer after what it shows is on record.
void AnswerShown(std::shared_ptr<Call> call, std::shared_ptr<Message> answer,
                 const Written& written, bool unseen, std::vector<Shown> shown) {
  const int64_t revision = written.revision;
  if (unseen && revision == 0 && !written.repeated) {
    return NoteShown(call->parts, call->method, call->admitted, std::move(shown),
                     [call, answer](const Status& noted) {
                       noted.ok() ? call->Answer(answer.get(), 0) : call->Fail(noted);
                     });
  }
  // A write's own audit row tells the purpose, but not whom the answer is about; what was not
  // written now has none.
  if (revision > 0) shown.erase(shown.begin());
  AuditReveal(call, std::move(shown),
              [call, answer, revision] { call->Answer(answer.get(), revision); });
}

}  // namespace

Handler WriteForm(const Table& table, WriteRules rules) {
  return [&table, rules = std::move(rules)](std::shared_ptr<Call> call) {
    auto job = JobOf(call, table, rules);
    if (!job.ok()) return call->Fail(job.status());
    if (Status checked = CheckFirst(*call, rules, **job); !checked.ok()) return call->Fail(checked);
    call->parts.writer->Execute(
        *std::move(job),
        [call, &table, respond = rules.respond, unseen = rules.unseen](StatusOr<Written> written) {
          if (!written.ok()) return Refuse(call, written.status());
          Message* const resource = table.resource(written->record.get());
          std::shared_ptr<Message> answer(written->record, resource);
          if (respond) answer = respond(*written->record, *call->request, call->env());
          std::vector<Shown> shown;
          AddShown(table, *resource, &shown);
          AnswerShown(call, std::move(answer), *written, unseen, std::move(shown));
        });
  };
}

}  // namespace pingan::rpc
