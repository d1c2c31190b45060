#include "common/rpc/field_values.h"

#include <utility>

namespace pingan::rpc {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

int SizeOf(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field)
                              : reflection->HasField(message, field);
}

const Message& MessageAt(const Message& message, const FieldDescriptor* field, int i) {
  const auto* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                              : reflection->GetMessage(message, field);
}

Message* MutableMessageAt(Message* message, const FieldDescriptor* field, int i) {
  const auto* reflection = message->GetReflection();
  return field->is_repeated() ? reflection->MutableRepeatedMessage(message, field, i)
                              : reflection->MutableMessage(message, field);
}

const std::string& TextAt(const Message& message, const FieldDescriptor* field, int i) {
  // A string field of a generated message is returned by reference, never through the scratch.
  thread_local std::string scratch;
  const auto* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                              : reflection->GetStringReference(message, field, &scratch);
}

void SetTextAt(Message* message, const FieldDescriptor* field, int i, std::string text) {
  const auto* reflection = message->GetReflection();
  field->is_repeated() ? reflection->SetRepeatedString(message, field, i, std::move(text))
                       : reflection->SetString(message, field, std::move(text));
}

}  // namespace pingan::rpc
