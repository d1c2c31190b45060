#include "common/rpc/unmask.h"

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/field_values.h"
#include "common/rpc/mask.h"
#include "google/protobuf/field_mask.pb.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;

namespace {

// A value of a field.
struct Place {
  const Message* of;
  const FieldDescriptor* field;
  int i;

  const Message& message() const { return MessageAt(*of, field, i); }
  std::string text() const { return TextAt(*of, field, i); }
  bool is_message() const { return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE; }
};

common::v1::Sensitivity SensitivityOf(const FieldDescriptor* field) {
  return field->options().GetExtension(common::v1::field).sensitivity();
}

bool Sensitive(const FieldDescriptor* field) {
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
             ? HasSensitiveFields(field->message_type())
             : SensitivityOf(field) != common::v1::SENSITIVITY_UNSPECIFIED;
}

std::vector<Place> PlacesOf(const Message& message, const FieldDescriptor* field) {
  std::vector<Place> places;
  for (int i = 0; i < SizeOf(message, field); ++i) places.push_back({&message, field, i});
  return places;
}

std::vector<const FieldDescriptor*> SensitiveFields(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::erase_if(set, [](const FieldDescriptor* field) { return !Sensitive(field); });
  return set;
}

std::string PathOf(const std::string& path, const Place& place) {
  const std::string index = place.field->is_repeated() ? absl::StrCat("[", place.i, "]") : "";
  return absl::StrCat(path, ".", place.field->name(), index);
}

bool IsMask(const Place& place) {
  return rpc::IsMask(SensitivityOf(place.field), place.text());
}

bool IsMaskOf(const Place& sent, const Place& stored) {
  const std::string text = sent.text();
  return Stripped(text) == Masked(SensitivityOf(sent.field), stored.text());
}

Status NotOfOne(const std::string& path) {
  return FieldError(path, "is a mask, and not of one thing that is stored here; want the text");
}

// The first mask in it; empty = none.
std::string FirstMask(const std::string& path, const Place& sent) {
  const std::string here = PathOf(path, sent);
  if (!sent.is_message()) return IsMask(sent) ? here : "";
  for (const FieldDescriptor* field : SensitiveFields(sent.message())) {
    for (const Place& place : PlacesOf(sent.message(), field)) {
      std::string found = FirstMask(here, place);
      if (!found.empty()) return found;
    }
  }
  return "";
}

// What only the server sets does not come back.
void ClearOutput(Message* message) {
  std::vector<const FieldDescriptor*> set;
  message->GetReflection()->ListFields(*message, &set);
  for (const FieldDescriptor* field : set) {
    if (field->options().GetExtension(common::v1::field).output_only())
      message->GetReflection()->ClearField(message, field);
  }
}

// As it is shown masked, and comes back.
std::string Seen(const Place& stored) {
  if (!stored.is_message()) return Masked(SensitivityOf(stored.field), stored.text());
  const std::unique_ptr<Message> seen(stored.message().New());
  seen->CopyFrom(stored.message());
  Mask(seen.get());
  ClearOutput(seen.get());
  return seen->SerializeAsString();
}

std::string Said(const Place& sent) {
  if (sent.is_message()) return sent.message().SerializeAsString();
  const std::string text = sent.text();
  return std::string(Stripped(text));
}

// Whether every mask in the item can be that of the same field of `stored`.
bool Fits(const Place& stored, const Place& sent) {
  for (const FieldDescriptor* field : SensitiveFields(sent.message())) {
    const auto known = PlacesOf(stored.message(), field);
    for (const Place& place : PlacesOf(sent.message(), field)) {
      if (FirstMask("", place).empty()) continue;
      const auto fits = [&](const Place& one) {
        return place.is_message() ? Fits(one, place) : IsMaskOf(place, one);
      };
      if (std::none_of(known.begin(), known.end(), fits)) return false;
    }
  }
  return true;
}

const FieldDescriptor* IdOf(const FieldDescriptor* list) {
  return list->message_type() ? list->message_type()->FindFieldByName("id") : nullptr;
}

// Which stored item each of the sent ones stands for. Each rule looks at an item once: callers
// choose what is compared.
class Pairing {
 public:
  Pairing(const std::vector<Place>& stored, const std::vector<Place>& sent)
      : stored_(stored), sent_(sent), taken_(stored.size()) {}

  std::map<size_t, size_t> Of(const FieldDescriptor* field) {
    if (const FieldDescriptor* id = IdOf(field); id && field->is_repeated()) {
      ById(id);
    } else if (!field->is_repeated() || (stored_.size() == 1 && sent_.size() == 1)) {
      if (!stored_.empty() && !sent_.empty()) Give(0, 0);
    } else {
      ByLooks(field->message_type() != nullptr);
    }
    return std::move(pairs_);
  }

 private:
  void Give(size_t sent, size_t stored) {
    taken_[stored] = true;
    pairs_[sent] = stored;
  }

  void ById(const FieldDescriptor* id) {
    const auto of = [id](const Place& place) {
      return place.message().GetReflection()->GetString(place.message(), id);
    };
    std::map<std::string, size_t> ids;
    for (size_t j = 0; j < stored_.size(); ++j) ids.emplace(of(stored_[j]), j);
    for (size_t i = 0; i < sent_.size(); ++i) {
      if (const auto found = ids.find(of(sent_[i])); found != ids.end()) Give(i, found->second);
    }
  }

  // As many of those that look alike must be there as are stored. A message that was changed in
  // part is the only one left that its masks fit.
  void ByLooks(bool messages) {
    std::map<std::string, std::pair<std::vector<size_t>, std::vector<size_t>>> looks;
    for (size_t j = 0; j < stored_.size(); ++j) looks[Seen(stored_[j])].first.push_back(j);
    for (size_t i = 0; i < sent_.size(); ++i) looks[Said(sent_[i])].second.push_back(i);
    for (const auto& [look, items] : looks) {
      const auto& [stored, sent] = items;
      if (stored.size() != sent.size()) continue;
      for (size_t k = 0; k < sent.size(); ++k) Give(sent[k], stored[k]);
    }
    for (size_t i = 0; messages && i < sent_.size(); ++i) {
      if (!pairs_.contains(i)) ByMasks(i);
    }
  }

  void ByMasks(size_t i) {
    std::vector<size_t> fit;
    for (size_t j = 0; j < stored_.size(); ++j) {
      if (!taken_[j] && Fits(stored_[j], sent_[i])) fit.push_back(j);
    }
    if (fit.size() == 1) Give(i, fit[0]);
  }

  const std::vector<Place>& stored_;
  const std::vector<Place>& sent_;
  std::vector<bool> taken_;
  std::map<size_t, size_t> pairs_;
};

Status Restore(const std::string& path, const Message& stored, Message* sent);

Status RestoreItem(const std::string& path, const Place& stored, const Place& place,
                   Message* sent) {
  if (place.is_message()) {
    return Restore(PathOf(path, place), stored.message(),
                   MutableMessageAt(sent, place.field, place.i));
  }
  if (!IsMaskOf(place, stored)) return NotOfOne(PathOf(path, place));
  SetTextAt(sent, place.field, place.i, stored.text());
  return absl::OkStatus();
}

Status Restore(const std::string& path, const Message& stored, Message* sent) {
  for (const FieldDescriptor* field : SensitiveFields(*sent)) {
    std::vector<Place> masked = PlacesOf(*sent, field);
    // What is said in clear counts for nothing: else a guess could be tried beside a mask.
    std::erase_if(masked, [](const Place& place) { return FirstMask("", place).empty(); });
    if (masked.empty()) continue;
    const std::vector<Place> known = PlacesOf(stored, field);
    const auto pairs = Pairing(known, masked).Of(field);
    for (size_t i = 0; i < masked.size(); ++i) {
      const auto pair = pairs.find(i);
      if (pair == pairs.end()) return NotOfOne(FirstMask(path, masked[i]));
      RETURN_IF_ERROR(RestoreItem(path, known[pair->second], masked[i], sent));
    }
  }
  return absl::OkStatus();
}

}  // namespace

Status Unmask(const Message& stored, Message* request) {
  const auto* reflection = request->GetReflection();
  const auto* type = request->GetDescriptor();
  const auto& mask = static_cast<const FieldMask&>(
      reflection->GetMessage(*request, type->FindFieldByName("update_mask")));
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* resource = type->field(i);
    if (resource->message_type() != stored.GetDescriptor()) continue;
    Message* sent = reflection->MutableMessage(request, resource);
    for (const FieldDescriptor* field : SensitiveFields(*sent)) {
      const auto& paths = mask.paths();
      if (std::find(paths.begin(), paths.end(), field->name()) == paths.end()) {
        sent->GetReflection()->ClearField(sent, field);
      }
    }
    RETURN_IF_ERROR(Restore(resource->name(), stored, sent));
  }
  return absl::OkStatus();
}

}  // namespace pingan::rpc
