#include "common/rpc/mask.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/per_type.h"

namespace pingan::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

// The fields on the way to something sensitive; everything else is not walked.
struct Plan {
  struct Field {
    const FieldDescriptor* descriptor;
    common::v1::Sensitivity sensitivity;
    const Plan* message;
  };
  std::vector<Field> fields;

  void Add(const FieldDescriptor* field, const Plan* inner) {
    const auto sensitivity = field->options().GetExtension(common::v1::field).sensitivity();
    const bool way = inner && !inner->fields.empty();
    if (sensitivity == common::v1::SENSITIVITY_UNSPECIFIED && !way) return;
    fields.push_back({field, sensitivity, way ? inner : nullptr});
  }
};

// The first n characters of UTF-8 text, and how many there are in all.
std::string_view Head(std::string_view text, size_t n, size_t* total) {
  size_t end = text.size();
  *total = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (*total == n) end = i;
    ++*total;
  }
  return text.substr(0, end);
}

std::string Middle(std::string_view text, size_t head, size_t tail) {
  // Numbers are ASCII; of anything else no part may be cut out by bytes.
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  if (!ascii) return "***";
  if (text.size() <= head + tail) return std::string(text.size(), '*');
  return absl::StrCat(AbslView(text.substr(0, head)), std::string(text.size() - head - tail, '*'),
                      AbslView(text.substr(text.size() - tail)));
}

void Walk(Message* message, const Plan& plan) {
  const Reflection* reflection = message->GetReflection();
  for (const auto& field : plan.fields) {
    const bool repeated = field.descriptor->is_repeated();
    const int size = repeated ? reflection->FieldSize(*message, field.descriptor)
                              : reflection->HasField(*message, field.descriptor);
    for (int i = 0; i < size; ++i) {
      if (field.message) {
        Walk(repeated ? reflection->MutableRepeatedMessage(message, field.descriptor, i)
                      : reflection->MutableMessage(message, field.descriptor),
             *field.message);
        continue;
      }
      std::string scratch;
      if (repeated) {
        reflection->SetRepeatedString(
            message, field.descriptor, i,
            Masked(field.sensitivity, reflection->GetRepeatedStringReference(
                                          *message, field.descriptor, i, &scratch)));
      } else {
        reflection->SetString(message, field.descriptor,
                              Masked(field.sensitivity, reflection->GetStringReference(
                                                            *message, field.descriptor, &scratch)));
      }
    }
  }
}

}  // namespace

bool HasSensitiveFields(const Descriptor* type) {
  return !PerType<Plan>::Of(type).fields.empty();
}

void Mask(Message* message) {
  Walk(message, PerType<Plan>::Of(message->GetDescriptor()));
}

std::string Masked(common::v1::Sensitivity sensitivity, std::string_view value) {
  if (value.empty()) return "";
  size_t total = 0;
  switch (sensitivity) {
    case common::v1::NAME: {
      const std::string_view head = Head(value, 1, &total);
      return absl::StrCat(AbslView(head), std::string(total > 1 ? total - 1 : 1, '*'));
    }
    case common::v1::ADDRESS: {
      const std::string_view head = Head(value, 6, &total);
      return total <= 6 ? "***" : absl::StrCat(AbslView(head), "***");
    }
    case common::v1::ID_NUMBER:
      return Middle(value, 6, 2);
    case common::v1::PHONE:
      return Middle(value, 3, 4);
    default:
      return "***";
  }
}

}  // namespace pingan::rpc
