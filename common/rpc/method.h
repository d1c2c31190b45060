// What the protos declare about each method and message, looked up once at start.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

// The fields that mean the same in every request; null where a request has none.
struct RequestFields {
  const google::protobuf::FieldDescriptor* name = nullptr;
  const google::protobuf::FieldDescriptor* request_id = nullptr;
  const google::protobuf::FieldDescriptor* etag = nullptr;
  const google::protobuf::FieldDescriptor* validate_only = nullptr;
  const google::protobuf::FieldDescriptor* known_revision = nullptr;
  // The resource that an update carries: of a request with update_mask, the message with an etag.
  const google::protobuf::FieldDescriptor* resource = nullptr;

  explicit RequestFields(const google::protobuf::Descriptor* request);
};

// The fields that a form needs of a request or an answer, looked up at start. What is not as wanted
// is remembered, so that the server does not start.
class Shape {
 public:
  using Type = google::protobuf::FieldDescriptor::CppType;

  explicit Shape(const google::protobuf::Descriptor* message) : message_(message) {}

  // The field of that name and type, singular or repeated as asked.
  const google::protobuf::FieldDescriptor* One(const std::string& name, Type type);
  const google::protobuf::FieldDescriptor* Many(const std::string& name, Type type);
  // The repeated messages that an answer is a page of: its first field.
  const google::protobuf::FieldDescriptor* Items();

  // INTERNAL, naming message and field, if one of them was not there.
  const Status& status() const { return status_; }

 private:
  const google::protobuf::FieldDescriptor* Want(const google::protobuf::FieldDescriptor* field,
                                                bool fits, const std::string& name);

  const google::protobuf::Descriptor* message_;
  Status status_;
};

// One method with its rule. Lives as long as the process.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor;
  common::v1::MethodRule rule;
  RequestFields fields;
  std::string full_name;   // "/pingan.disputes.v1.Disputes/GetDispute", as on the wire
  std::string short_name;  // "GetDispute", as in logs, metrics and audit
  std::string reveal;      // "dispute.reveal": who may see sensitive fields of what it answers
  size_t size_max;         // of the request, in bytes

  absl::Duration deadline() const { return absl::Milliseconds(rule.deadline_ms()); }
};

// The methods of a service. INTERNAL if one has no rule, a write has no request_id, or two methods
// share a request message: each of these is a mistake in the proto.
StatusOr<std::vector<Method>> MethodsOf(const google::protobuf::ServiceDescriptor* service);

// The value of a singular string or bool field; empty or false if `field` is null.
std::string_view StringField(const google::protobuf::Message& message,
                             const google::protobuf::FieldDescriptor* field);
bool BoolField(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor* field);

}  // namespace pingan::rpc
