#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/rpc/forms.h"

namespace pingan::rpc {
namespace {

using google::protobuf::FieldDescriptor;

// The record a request is about: its `name`, or of an update the name in the resource it carries.
std::string Target(const Method& method, const Message& request) {
  if (method.fields.name) return std::string(StringField(request, method.fields.name));
  if (!request.GetDescriptor()->FindFieldByName("update_mask")) return "";
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    const bool resource = field->message_type() && field->message_type()->FindFieldByName("etag");
    if (resource) return ResourceText(request.GetReflection()->GetMessage(request, field), "name");
  }
  return "";
}

Status CheckEtag(const Table& table, const Message& record, std::string_view etag) {
  const std::string current = ResourceText(table.Resource(record), "etag");
  if (etag.empty() || etag == current) return absl::OkStatus();
  return Error(absl::StatusCode::kAborted, "somebody else wrote first",
               {.reason = common::v1::ETAG_STALE, .metadata = {{"etag", current}}});
}

std::shared_ptr<WriteJob> JobOf(const std::shared_ptr<Call>& call, const Table& table,
                                const DecideFn& decide) {
  const Message& request = *call->request;
  const RequestFields& fields = call->method.fields;
  auto job = std::make_shared<WriteJob>();
  job->table = &table;
  job->name = Target(call->method, request);
  // The call lives until it is answered, and the job no longer.
  job->decide = [call, decide](const Message& before) {
    return decide(before, *call->request, call->env());
  };
  job->admit = [call, &table](const Message& before) -> Status {
    if (!MaySee(table, call->caller(), before)) return NotFound();
    return CheckEtag(table, before, StringField(*call->request, call->method.fields.etag));
  };
  job->actor = call->caller().subject;
  job->method = call->method.short_name;
  job->purpose = call->admitted.purpose;
  job->request_id = std::string(StringField(request, fields.request_id));
  job->reply_key =
      crypto::Digest(absl::StrCat(job->actor, "\n", job->method, "\n", job->request_id));
  job->fingerprint = crypto::Digest(request.SerializeAsString());
  job->now = call->admitted.now;
  job->validate_only = BoolField(request, fields.validate_only);
  return job;
}

}  // namespace

Handler WriteForm(const Parts& parts, const Table& table, DecideFn decide, RespondFn respond) {
  return [&parts, &table, decide = std::move(decide), respond](std::shared_ptr<Call> call) {
    parts.writer->Execute(JobOf(call, table, decide),
                          [call, &table, respond](StatusOr<Written> written) {
                            if (!written.ok()) return call->Fail(written.status());
                            std::unique_ptr<Message> answer;
                            if (respond) {
                              answer = respond(*written->record);
                            } else {
                              const Message& resource = table.Resource(*written->record);
                              answer.reset(resource.New());
                              answer->CopyFrom(resource);
                            }
                            call->Answer(answer.get(), written->revision);
                          });
  };
}

}  // namespace pingan::rpc
