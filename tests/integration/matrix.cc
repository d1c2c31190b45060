#include "tests/integration/matrix.h"

#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <cstdio>
#include <cstdlib>
#include <map>

#include "common/base/clock.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::testing {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MessageLite;
using grpc::internal::RpcMethod;

std::unique_ptr<Message> New(const Descriptor* type) {
  const auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(
      const_cast<google::protobuf::MessageFactory*>(factory)->GetPrototype(type)->New());
}

// "persons" of "persons/[0-9]{6}-[0-9]{8}", and of "(persons|dwellings)/[0-9]{6}-[0-9]{8}"; empty
// if the pattern is none of a name.
std::string CollectionOf(const std::string& pattern) {
  const size_t from = pattern.find_first_not_of('(');
  const size_t to = pattern.find_first_not_of("abcdefghijklmnopqrstuvwxyz", from);
  if (to == std::string::npos || pattern.find('/') == std::string::npos) return "";
  return pattern.substr(from, to - from);
}

std::string TextFor(const FieldDescriptor* field, const Subject& subject) {
  const std::string& pattern = field->options().GetExtension(common::v1::field).pattern();
  if (pattern.empty()) return "1";
  const std::map<std::string, std::string> known = {
      {"[0-9a-zA-Z-]{8,64}", RandomUuid()},
      {"[A-Za-z0-9._-]{1,64}", "row-1"},
      {"[0-9]{12}", subject.area},
      {"[0-9]{4}|99", "0201"},
      {"[0-9A-Z-]+", subject.area},
      {"[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-03-01"},
      {"[0-9A-Z]{6,22}", "A1234567"},
      {"[a-z-]{1,32}", "death"},
      {"[0-9]{3}", "111"},
      {"[0-9]{2}", "02"},
  };
  const auto found = known.find(pattern);
  if (found != known.end()) return found->second;
  const auto name = subject.names.find(CollectionOf(pattern));
  if (name != subject.names.end()) return name->second;
  std::fprintf(stderr, "no text for %s\n", field->full_name().c_str());
  std::abort();
}

void SetScalar(Message* message, const FieldDescriptor* field, const std::string& text) {
  const auto* reflection = message->GetReflection();
  const auto& rule = field->options().GetExtension(common::v1::field);
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return field->is_repeated() ? reflection->AddString(message, field, text)
                                  : reflection->SetString(message, field, text);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(message, field, static_cast<int>(rule.min()));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnum(message, field, field->enum_type()->value(1));
    default:
      std::abort();
  }
}

// Everything that is required, down to the leaves.
void Fill(Message* message, const Subject& subject) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const auto& rule = field->options().GetExtension(common::v1::field);
    if (!rule.required() || rule.output_only()) continue;
    if (field->message_type()) {
      Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                : reflection->MutableMessage(message, field),
           subject);
    } else {
      const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
      SetScalar(message, field, text ? TextFor(field, subject) : "");
    }
  }
}

void SetTrue(Message* message, const char* name) {
  const auto* field = message->GetDescriptor()->FindFieldByName(name);
  if (field) message->GetReflection()->SetBool(message, field, true);
}

// Names the record that an update is sent with, and a field of it that may be updated.
void FillUpdate(Message* request, const Subject& subject) {
  static const std::map<std::string, const char*> kUpdatable = {
      {"dispute", "title"}, {"person", "phone"}, {"dwelling", "rooms"}};
  const auto* reflection = request->GetReflection();
  const Descriptor* type = request->GetDescriptor();
  for (const auto& [resource, path] : kUpdatable) {
    const FieldDescriptor* field = type->FindFieldByName(resource);
    if (!field) continue;
    Message* sent = reflection->MutableMessage(request, field);
    sent->GetReflection()->SetString(sent, field->message_type()->FindFieldByName("name"),
                                     subject.names.at(resource + "s"));
    Message* mask = reflection->MutableMessage(request, type->FindFieldByName("update_mask"));
    mask->GetReflection()->AddString(mask, mask->GetDescriptor()->FindFieldByName("paths"), path);
  }
}

// The calls of gRPC's generated stubs, for any message type.
class Wire {
 public:
  Wire(grpc::Channel* channel, const std::string& token, const std::string& purpose,
       const MethodDescriptor* method)
      : name_("/" + method->service()->full_name() + "/" + method->name()), channel_(channel) {
    context_.AddMetadata("authorization", "Bearer " + token);
    context_.AddMetadata("accept-language", "en");
    if (!purpose.empty()) context_.AddMetadata("x-purpose", purpose);
    context_.set_deadline(absl::ToChronoTime(Clock::Real().Now() + absl::Seconds(30)));
  }

  grpc::Status Unary(const Message& request, Message* answer) {
    const RpcMethod method(name_.c_str(), RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
        channel_, method, &context_, request, answer);
  }

  grpc::Status First(const Message& request, Message* answer) {
    const RpcMethod method(name_.c_str(), RpcMethod::SERVER_STREAMING);
    std::unique_ptr<grpc::ClientReader<Message>> reader(
        grpc::internal::ClientReaderFactory<Message>::Create(channel_, method, &context_, request));
    if (!reader->Read(answer)) return reader->Finish();
    context_.TryCancel();
    (void)reader->Finish();
    return grpc::Status::OK;
  }

  grpc::Status Upload(const Message& request, Message* answer) {
    const RpcMethod method(name_.c_str(), RpcMethod::CLIENT_STREAMING);
    std::unique_ptr<grpc::ClientWriter<Message>> writer(
        grpc::internal::ClientWriterFactory<Message>::Create(channel_, method, &context_, answer));
    writer->Write(request);
    writer->WritesDone();
    return writer->Finish();
  }

 private:
  const std::string name_;
  grpc::Channel* const channel_;
  grpc::ClientContext context_;
};

}  // namespace

std::vector<const MethodDescriptor*> Methods(const Descriptor* request) {
  const auto* service = request->file()->service(0);
  std::vector<const MethodDescriptor*> methods;
  for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  return methods;
}

std::string PermissionOf(const MethodDescriptor* method) {
  return method->options().GetExtension(common::v1::rule).permission();
}

Aims AimsOf(const MethodDescriptor* method) {
  if (method->options().GetExtension(common::v1::rule).everywhere()) return Aims::kAll;
  const Descriptor* request = method->input_type();
  if (request->FindFieldByName("name") || request->FindFieldByName("update_mask") ||
      request->FindFieldByName("subject"))
    return Aims::kRecord;
  for (const char* resource : {"dispute", "person", "dwelling"}) {
    const FieldDescriptor* field = request->FindFieldByName(resource);
    if (field) return field->message_type() ? Aims::kNew : Aims::kRecord;
  }
  return request->FindFieldByName("area") ? Aims::kArea : Aims::kNothing;
}

std::unique_ptr<Message> RequestFor(const MethodDescriptor* method, const Subject& subject) {
  auto request = New(method->input_type());
  Fill(request.get(), subject);
  SetTrue(request.get(), "validate_only");
  SetTrue(request.get(), "dry_run");
  if (AimsOf(method) == Aims::kArea) {
    const auto* field = method->input_type()->FindFieldByName("area");
    request->GetReflection()->SetString(request.get(), field, subject.area);
  }
  if (method->input_type()->FindFieldByName("update_mask")) FillUpdate(request.get(), subject);
  return request;
}

Answer Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& token,
           const MethodDescriptor* method, const Message& request, const std::string& purpose) {
  Wire wire(channel.get(), token, purpose, method);
  Answer answer{.message = New(method->output_type())};
  if (method->client_streaming()) {
    answer.status = wire.Upload(request, answer.message.get());
  } else if (method->server_streaming()) {
    answer.status = wire.First(request, answer.message.get());
  } else {
    answer.status = wire.Unary(request, answer.message.get());
  }
  return answer;
}

}  // namespace pingan::testing
