#include "common/rpc/method.h"

#include <set>

#include "absl/strings/str_cat.h"

namespace pingan::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr size_t kSizeMaxDefault = 1 << 20;

Status Mistake(const google::protobuf::MethodDescriptor* method, std::string_view problem) {
  return Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
               absl::StrCat(method->full_name(), ": ", AbslView(problem)));
}

}  // namespace

RequestFields::RequestFields(const Descriptor* request)
    : name(request->FindFieldByName("name")),
      request_id(request->FindFieldByName("request_id")),
      etag(request->FindFieldByName("etag")),
      validate_only(request->FindFieldByName("validate_only")),
      known_revision(request->FindFieldByName("known_revision")) {
  if (!request->FindFieldByName("update_mask")) return;
  for (int i = 0; i < request->field_count(); ++i) {
    const Descriptor* message = request->field(i)->message_type();
    if (message && message->FindFieldByName("etag")) resource = request->field(i);
  }
}

const FieldDescriptor* Shape::One(const std::string& name, Type type) {
  const FieldDescriptor* field = message_->FindFieldByName(name);
  return Want(field, field && !field->is_repeated() && field->cpp_type() == type, name);
}

const FieldDescriptor* Shape::Many(const std::string& name, Type type) {
  const FieldDescriptor* field = message_->FindFieldByName(name);
  return Want(field, field && field->is_repeated() && field->cpp_type() == type, name);
}

const FieldDescriptor* Shape::Items() {
  const FieldDescriptor* field = message_->field_count() > 0 ? message_->field(0) : nullptr;
  return Want(field, field && field->is_repeated() && field->message_type(), "(items)");
}

const FieldDescriptor* Shape::Want(const FieldDescriptor* field, bool fits,
                                   const std::string& name) {
  if (!fits && status_.ok()) {
    status_ =
        Error(absl::StatusCode::kInternal, common::v1::INTERNAL_FAULT,
              absl::StrCat(message_->full_name(), " has no field ", name, " as its form needs"));
  }
  return fits ? field : nullptr;
}

StatusOr<std::vector<Method>> MethodsOf(const google::protobuf::ServiceDescriptor* service) {
  std::vector<Method> methods;
  std::set<const Descriptor*> requests;
  for (int i = 0; i < service->method_count(); ++i) {
    const auto* descriptor = service->method(i);
    const auto& rule = descriptor->options().GetExtension(common::v1::rule);
    RequestFields fields(descriptor->input_type());
    if (rule.permission().empty()) return Mistake(descriptor, "has no rule");
    if (rule.load() == common::v1::LOAD_UNSPECIFIED)
      return Mistake(descriptor, "has no load class");
    if (rule.writes() && !fields.request_id)
      return Mistake(descriptor, "writes without request_id");
    if (!requests.insert(descriptor->input_type()).second) {
      return Mistake(descriptor, "shares its request message with another method");
    }
    methods.push_back(
        {.descriptor = descriptor,
         .rule = rule,
         .fields = fields,
         .full_name = absl::StrCat("/", service->full_name(), "/", descriptor->name()),
         .short_name = descriptor->name(),
         .reveal = rule.permission().substr(0, rule.permission().find('.')) + ".reveal",
         .size_max = rule.size_max_bytes() > 0 ? static_cast<size_t>(rule.size_max_bytes())
                                               : kSizeMaxDefault});
  }
  return methods;
}

std::string_view StringField(const Message& message, const FieldDescriptor* field) {
  if (!field) return {};
  std::string scratch;
  // A string field of a generated message is returned by reference, never through the scratch.
  return message.GetReflection()->GetStringReference(message, field, &scratch);
}

bool BoolField(const Message& message, const FieldDescriptor* field) {
  return field && message.GetReflection()->GetBool(message, field);
}

}  // namespace pingan::rpc
