#include "common/rpc/validate.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/identifier/personal.h"
#include "common/rpc/mask.h"
#include "common/rpc/per_type.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

namespace {

constexpr size_t kProblemsMax = 20;
constexpr int kProseFrom = 500;  // characters a text may have that may also have lines
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'370'764'799;   // 9998-12-31T23:59:59Z

struct Plan {
  struct Field {
    const FieldDescriptor* descriptor;
    common::v1::FieldRule rule;
    std::unique_ptr<RE2> pattern;
    const Plan* message = nullptr;  // of a message field
    bool timestamp = false, mask = false;
    bool open = false;  // it lies in the open, and must tell of nobody
  };
  std::vector<Field> fields;
  bool update = false;  // it carries the resource of an update

  void Add(const FieldDescriptor* descriptor, const Plan* inner) {
    Field field{descriptor, descriptor->options().GetExtension(common::v1::field), {}, inner};
    field.timestamp = inner && descriptor->message_type() == Timestamp::descriptor();
    field.mask = inner && descriptor->message_type() == FieldMask::descriptor();
    field.open =
        field.rule.open() || descriptor->name() == "request_id" || descriptor->name() == "row_id";
    if (!field.rule.pattern().empty()) field.pattern = std::make_unique<RE2>(field.rule.pattern());
    update = update || descriptor->name() == "update_mask";
    fields.push_back(std::move(field));
  }
};

// Where something stands in the request; written out only when something is wrong there.
struct Place {
  const Place* outer;  // null: of the request itself
  const FieldDescriptor* field;
  int index = -1;  // of an item

  std::string Path() const {
    std::string path = outer ? absl::StrCat(outer->Path(), ".", field->name()) : field->name();
    if (index >= 0) absl::StrAppend(&path, "[", index, "]");
    return path;
  }
};

size_t Characters(std::string_view utf8) {
  size_t n = 0;
  for (unsigned char c : utf8) n += (c & 0xC0) != 0x80;
  return n;
}

// Whether the character shows nothing, or changes how what stands around it is shown: control
// characters, those that Unicode lets a program ignore, fillers, those that turn the direction of
// writing, and those that are none.
bool IsUnseen(char32_t c) {
  constexpr std::pair<char32_t, char32_t> kUnseen[] = {
      {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x034F, 0x034F},   {0x061C, 0x061C},
      {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180E, 0x180E}, {0x200B, 0x200F},   {0x2028, 0x202E},
      {0x2060, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164}, {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},
      {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
  const auto* range = std::lower_bound(std::begin(kUnseen), std::end(kUnseen), c,
                                       [](const auto& one, char32_t c) { return one.second < c; });
  return (c & 0xFFFE) == 0xFFFE || (range != std::end(kUnseen) && range->first <= c);
}

// In a text of some length they are at home: line ends, tabs, and what makes a sign a picture.
bool IsOfProse(char32_t c) {
  return c == '\n' || c == '\r' || c == '\t' || (c >= 0xFE00 && c <= 0xFE0F);
}

// The first character of UTF-8 text that the field does not take.
std::optional<char32_t> FirstUnseen(std::string_view text, bool prose) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first >= ' ' && first <= '~') {
      ++i;
      continue;
    }
    const size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? first : first & (0xFF >> (size + 1));
    for (size_t k = 1; k < size && i + k < text.size(); ++k) {
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    }
    i += size;
    if (IsUnseen(c) && !(prose && IsOfProse(c))) return c;
  }
  return std::nullopt;
}

class Walk {
 public:
  struct Mode {
    bool output = false;   // output_only fields are checked like all others instead of cleared
    bool partial = false;  // required fields may be missing here: an update names what it sets
    bool masks = false;    // sensitive text may be masked: what an update sends back
  };

  explicit Walk(bool masks) : masks_(masks) {}

  // `at` is where the message stands; null = it is the request.
  void Check(Message* message, const Plan& plan, const Place* at, Mode mode) {
    const Reflection* reflection = message->GetReflection();
    if (reflection->GetUnknownFields(*message).field_count() > 0) {
      Problem(at,
              absl::StrCat("has the unknown field number ",
                           reflection->GetUnknownFields(*message).field(0).number()),
              common::v1::FIELD_UNKNOWN);
    }
    const Mode inside = Inside(mode, plan);
    const std::vector<bool> present = Present(*message, plan);
    for (size_t i = 0; i < plan.fields.size(); ++i) {
      const auto& field = plan.fields[i];
      if (!present[i]) {
        Absent(field, {at, field.descriptor}, mode);
      } else if (field.rule.output_only() && !mode.output) {
        reflection->ClearField(message, field.descriptor);
      } else if (field.descriptor->is_repeated()) {
        Repeated(message, field, {at, field.descriptor}, mode, inside);
      } else {
        Singular(message, field, {at, field.descriptor}, mode, inside);
      }
    }
  }

  Status Result() && {
    if (details_.fields.empty()) return absl::OkStatus();
    const auto& first = details_.fields.front();
    return Error(absl::StatusCode::kInvalidArgument, absl::StrCat(first.path, ": ", first.problem),
                 details_);
  }

 private:
  // Which fields are set, by their place. Listing those that are costs less than asking for each.
  static std::vector<bool> Present(const Message& message, const Plan& plan) {
    std::vector<const FieldDescriptor*> set;
    set.reserve(plan.fields.size());
    message.GetReflection()->ListFields(message, &set);
    std::vector<bool> present(plan.fields.size());
    for (const FieldDescriptor* field : set) present[field->index()] = true;
    return present;
  }

  void Absent(const Plan::Field& field, const Place& at, Mode mode) {
    if (!field.rule.required() || mode.partial) return;
    if (field.rule.output_only() && !mode.output) return;
    Problem(at, field.descriptor->is_repeated() ? "want at least one" : "is required",
            common::v1::FIELD_REQUIRED);
  }

  // How messages in the fields of one are checked. The resource of an update is partial, what is
  // inside the fields it sets is whole.
  Mode Inside(Mode mode, const Plan& plan) const {
    return {.output = mode.output,
            .partial = plan.update,
            .masks = mode.masks || (masks_ && plan.update)};
  }

  void Problem(const Place& at, std::string problem,
               common::v1::Reason reason = common::v1::FIELD_INVALID) {
    Problem(&at, std::move(problem), reason);
  }
  void Problem(const Place* at, std::string problem,
               common::v1::Reason reason = common::v1::FIELD_INVALID) {
    if (details_.fields.size() >= kProblemsMax) return;
    if (details_.fields.empty()) details_.reason = reason;
    details_.fields.push_back({at ? at->Path() : "(request)", std::move(problem)});
  }

  void Repeated(Message* message, const Plan::Field& field, const Place& at, Mode mode,
                Mode inside) {
    const Reflection* reflection = message->GetReflection();
    const int size = reflection->FieldSize(*message, field.descriptor);
    if (field.rule.items_max() > 0 && size > field.rule.items_max()) {
      return Problem(at,
                     absl::StrCat("has ", size, " items, want at most ", field.rule.items_max()));
    }
    for (int i = 0; i < size; ++i) {
      const Place item{at.outer, field.descriptor, i};
      if (field.message) {
        Inner(reflection->MutableRepeatedMessage(message, field.descriptor, i), field, item,
              inside);
      } else if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        std::string scratch;
        const std::string& text =
            reflection->GetRepeatedStringReference(*message, field.descriptor, i, &scratch);
        if (Stripped(text).empty()) {
          Problem(item, "is blank", common::v1::FIELD_REQUIRED);
        } else {
          Text(text, field, mode, item);
        }
      } else if (field.descriptor->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        Enumerator(reflection->GetRepeatedEnumValue(*message, field.descriptor, i), field, item);
      }
    }
  }

  void Singular(Message* message, const Plan::Field& field, const Place& at, Mode mode,
                Mode inside) {
    const Reflection* reflection = message->GetReflection();
    const FieldDescriptor* descriptor = field.descriptor;
    switch (descriptor->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Inner(reflection->MutableMessage(message, descriptor), field, at, inside);
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return Text(reflection->GetStringReference(*message, descriptor, &scratch), field, mode,
                    at);
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return Enumerator(reflection->GetEnumValue(*message, descriptor), field, at);
      case FieldDescriptor::CPPTYPE_INT32:
        return Number(reflection->GetInt32(*message, descriptor), field, at);
      case FieldDescriptor::CPPTYPE_INT64:
        return Number(reflection->GetInt64(*message, descriptor), field, at);
      default:
        return;
    }
  }

  void Inner(Message* message, const Plan::Field& field, const Place& at, Mode mode) {
    mode.output = mode.output || field.rule.with_output();
    Check(message, *field.message, &at, mode);
    if (field.timestamp) Instant(static_cast<const Timestamp&>(*message), at);
    if (field.mask) Mask(static_cast<const FieldMask&>(*message), at);
  }

  // A path that comes twice would be taken back by its second turn.
  void Mask(const FieldMask& mask, const Place& at) {
    if (mask.paths().empty()) Problem(at, "want at least one path", common::v1::FIELD_REQUIRED);
    std::set<std::string> paths;
    for (const std::string& one : mask.paths()) {
      if (!paths.insert(one).second) return Problem(at, absl::StrCat("names ", one, " twice"));
    }
  }

  void Instant(const Timestamp& time, const Place& at) {
    if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond) {
      Problem(at, "is not within the years 1 to 9998");
    } else if (time.nanos() < 0 || time.nanos() > 999'999'999) {
      Problem(at, "has nanos that are not within 0 to 999999999");
    }
  }

  void Text(const std::string& text, const Plan::Field& field, Mode mode, const Place& at) {
    if (text.find('\0') != std::string::npos) return Problem(at, "holds U+0000");
    if (field.rule.required() && Stripped(text).empty()) {
      return Problem(at, "is blank", common::v1::FIELD_REQUIRED);
    }
    const int limit = field.rule.length_max();
    if (limit > 0 && text.size() > static_cast<size_t>(limit) &&
        Characters(text) > static_cast<size_t>(limit)) {
      return Problem(at, absl::StrCat("is longer than ", limit, " characters"));
    }
    const bool sensitive = field.rule.sensitivity() != common::v1::SENSITIVITY_UNSPECIFIED;
    if (sensitive && !mode.masks && IsMask(field.rule.sensitivity(), text)) {
      return Problem(at, "is a mask; want the text");
    }
    const bool mask = sensitive && mode.masks && text.find('*') != std::string::npos;
    const auto unseen = mask ? std::nullopt : FirstUnseen(text, limit >= kProseFrom);
    if (unseen) {
      return Problem(at, absl::StrFormat("holds U+%04X", static_cast<unsigned>(*unseen)));
    }
    if (field.open && identifier::HasPersonalNumber(text)) {
      return Problem(at, "lies in the open; want no identity or telephone number in it");
    }
    if (field.pattern && !mask && !RE2::FullMatch(text, *field.pattern)) {
      Problem(at, absl::StrCat("does not match ", field.rule.pattern()));
    }
  }

  void Enumerator(int value, const Plan::Field& field, const Place& at) {
    if (!field.descriptor->enum_type()->FindValueByNumber(value)) {
      Problem(at, absl::StrCat("has no value ", value));
    }
  }

  void Number(int64_t value, const Plan::Field& field, const Place& at) {
    if (field.rule.min() == 0 && field.rule.max() == 0) return;
    if (value < field.rule.min() || value > field.rule.max()) {
      Problem(at,
              absl::StrCat("is ", value, ", want ", field.rule.min(), " to ", field.rule.max()));
    }
  }

  const bool masks_;
  ErrorDetails details_;
};

Status ValidateWith(bool masks, Message* request) {
  Walk walk(masks);
  walk.Check(request, PerType<Plan>::Of(request->GetDescriptor()), nullptr, {});
  return std::move(walk).Result();
}

}  // namespace

Status Validate(Message* request) {
  return ValidateWith(false, request);
}

Status ParseRequest(std::string_view bytes, Message* request) {
  if (!request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error(absl::StatusCode::kInvalidArgument, common::v1::BODY_UNREADABLE,
                 absl::StrCat("want a ", request->GetTypeName(), " message"));
  }
  return ValidateWith(true, request);
}

}  // namespace pingan::rpc
