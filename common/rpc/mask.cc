#include "common/rpc/mask.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"
#include "common/rpc/field_values.h"
#include "common/rpc/per_type.h"

namespace pingan::rpc {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr size_t kLongNumber = 16;  // characters of which 8 are half
constexpr size_t kShortNumber = 8;  // and of one of which nothing is shown
constexpr size_t kAddressHead = 6;  // characters of an address: a village and its group, no house
constexpr char kHidden[] = "***";

// The fields on the way to something sensitive; everything else is not walked.
struct Plan {
  struct Field {
    const FieldDescriptor* descriptor;
    common::v1::Sensitivity sensitivity;
    const Plan* message;
  };
  std::vector<Field> fields;
  const FieldDescriptor* author = nullptr;
  const FieldDescriptor* party = nullptr;

  void Add(const FieldDescriptor* field, const Plan* inner) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated()) {
      if (field->name() == "author") author = field;
      if (field->name() == "party") party = field;
    }
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
  if (!ascii) return kHidden;
  if (text.size() <= head + tail) return std::string(text.size(), '*');
  return absl::StrCat(AbslView(text.substr(0, head)), std::string(text.size() - head - tail, '*'),
                      AbslView(text.substr(text.size() - tail)));
}

bool Holds(const Message& message, const FieldDescriptor* field, std::string_view value) {
  std::string scratch;
  return field && !value.empty() &&
         message.GetReflection()->GetStringReference(message, field, &scratch) == value;
}

bool ShowsBy(const Plan& plan, const Message& message, const Viewer& viewer) {
  if (Holds(message, plan.party, viewer.party)) return true;
  for (const auto& [field, sensitivity, inner] : plan.fields) {
    for (int i = 0; inner && i < SizeOf(message, field); ++i) {
      if (ShowsBy(*inner, MessageAt(message, field, i), viewer)) return true;
    }
  }
  return false;
}

void MaskBy(const Plan& plan, Message* message, const Viewer& viewer) {
  if (Holds(*message, plan.author, viewer.subject)) return;
  if (Holds(*message, plan.party, viewer.party)) return;
  for (const auto& field : plan.fields) {
    const int size = SizeOf(*message, field.descriptor);
    for (int i = 0; i < size; ++i) {
      if (field.message) {
        MaskBy(*field.message, MutableMessageAt(message, field.descriptor, i), viewer);
      } else if (const std::string& text = TextAt(*message, field.descriptor, i); !text.empty()) {
        SetTextAt(message, field.descriptor, i, Masked(field.sensitivity, text));
      }
    }
  }
}

}  // namespace

bool HasSensitiveFields(const Descriptor* type) {
  return !PerType<Plan>::Of(type).fields.empty();
}

Viewer ViewerOf(const auth::Caller& caller) {
  const std::string_view party = caller.party;
  return {.subject = caller.subject, .party = party.substr(party.rfind('/') + 1)};
}

bool ShowsToParty(const Message& message, const Viewer& viewer) {
  return !viewer.party.empty() &&
         ShowsBy(PerType<Plan>::Of(message.GetDescriptor()), message, viewer);
}

void Mask(Message* message, const Viewer& viewer) {
  MaskBy(PerType<Plan>::Of(message->GetDescriptor()), message, viewer);
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
      Head(value, 0, &total);
      // Masked already: of what is shown then not half again.
      if (value.ends_with(kHidden) && total <= kAddressHead + 3) return std::string(value);
      if (total <= kAddressHead) return kHidden;
      const size_t shown = std::min(kAddressHead, total / 2);
      return absl::StrCat(AbslView(Head(value, shown, &total)), kHidden);
    }
    case common::v1::ID_NUMBER: {
      const size_t size = value.size();
      if (size >= kLongNumber) return Middle(value, 6, 2);
      return size > kShortNumber ? Middle(value, size / 4, size / 8) : Middle(value, size, 0);
    }
    case common::v1::PHONE:
      return Middle(value, 3, 4);
    default:
      return kHidden;
  }
}

bool IsMask(common::v1::Sensitivity sensitivity, std::string_view value) {
  // Stars as an input method for Chinese writes them are folded to these in numbers.
  constexpr std::string_view kWideStar = "\uff0a";
  if (value.find('*') == value.npos && value.find(kWideStar) == value.npos) return false;
  const std::string folded = absl::StrReplaceAll(AbslView(value), {{AbslView(kWideStar), "*"}});
  value = folded;
  if (sensitivity == common::v1::ID_NUMBER || sensitivity == common::v1::PHONE) return true;
  const std::string_view text = Stripped(value);
  return Masked(sensitivity, text) == text;
}

std::string_view Stripped(std::string_view text) {
  // Besides those of ASCII, those that a page or a table copied from elsewhere has.
  constexpr std::string_view kBlanks[] = {
      "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
      "\u2007", "\u2008", "\u2009", "\u200a", "\u200b", "\u202f", "\u205f", "\u3000", "\ufeff"};
  constexpr std::string_view kFirstBytes = "\xc2\xe1\xe2\xe3\xef";
  const auto space = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  // The size of the blank that the text begins or ends with.
  const auto blank = [&](bool begins) -> size_t {
    if (text.empty()) return 0;
    if (space(begins ? text.front() : text.back())) return 1;
    for (const size_t size : {2, 3}) {
      if (text.size() < size) break;
      const std::string_view one = text.substr(begins ? 0 : text.size() - size, size);
      if (kFirstBytes.find(one[0]) == one.npos) continue;
      if (std::find(std::begin(kBlanks), std::end(kBlanks), one) != std::end(kBlanks)) return size;
    }
    return 0;
  };
  while (const size_t size = blank(true)) text.remove_prefix(size);
  while (const size_t size = blank(false)) text.remove_suffix(size);
  return text;
}

}  // namespace pingan::rpc
