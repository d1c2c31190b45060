#include "common/rpc/unmask.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/mask.h"
#include "google/protobuf/field_mask.pb.h"
#include "pingan/common/v1/options.pb.h"

namespace pingan::rpc {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;

namespace {

// A field that is set, or an item of it.
struct Place {
  const Message* of;
  const FieldDescriptor* field;
  int item = -1;  // of a repeated field

  const Message& message() const {
    const auto* reflection = of->GetReflection();
    return item < 0 ? reflection->GetMessage(*of, field)
                    : reflection->GetRepeatedMessage(*of, field, item);
  }
  std::string text() const {
    const auto* reflection = of->GetReflection();
    return item < 0 ? reflection->GetString(*of, field)
                    : reflection->GetRepeatedString(*of, field, item);
  }
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
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) {
    if (reflection->HasField(message, field)) places.push_back({&message, field});
    return places;
  }
  for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
    places.push_back({&message, field, i});
  }
  return places;
}

std::vector<const FieldDescriptor*> SensitiveFields(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::erase_if(set, [](const FieldDescriptor* field) { return !Sensitive(field); });
  return set;
}

std::string PathOf(const std::string& path, const Place& place) {
  const std::string index = place.item < 0 ? "" : absl::StrCat("[", place.item, "]");
  return absl::StrCat(path, ".", place.field->name(), index);
}

bool IsMask(const Place& place) {
  return rpc::IsMask(SensitivityOf(place.field), place.text());
}

bool IsMaskOf(const Place& sent, const Place& stored) {
  const std::string text = sent.text();
  return Stripped(text) == Masked(SensitivityOf(sent.field), stored.text());
}

// The first mask in it, of those that are not masks of the same place of `stored`; empty = none.
std::string FirstMask(const std::string& path, const Place& sent, const Place* stored) {
  const std::string here = PathOf(path, sent);
  if (!sent.is_message()) {
    return IsMask(sent) && !(stored && IsMaskOf(sent, *stored)) ? here : "";
  }
  const Message& message = sent.message();
  for (const FieldDescriptor* field : SensitiveFields(message)) {
    const auto known = stored ? PlacesOf(stored->message(), field) : std::vector<Place>();
    size_t at = 0;
    for (const Place& place : PlacesOf(message, field)) {
      const std::string found = FirstMask(here, place, at < known.size() ? &known[at] : nullptr);
      if (!found.empty()) return found;
      ++at;
    }
  }
  return "";
}

bool HasMask(const Place& sent) {
  return !FirstMask("", sent, nullptr).empty();
}

// Whether `sent` says by an id that it is something else.
bool IsOther(const Message& stored, const Message& sent) {
  const FieldDescriptor* id = sent.GetDescriptor()->FindFieldByName("id");
  if (id == nullptr) return false;
  const std::string said = sent.GetReflection()->GetString(sent, id);
  return !said.empty() && said != stored.GetReflection()->GetString(stored, id);
}

// Whether every mask in `sent` can be that of something in `stored`.
bool Fits(const Place& stored, const Place& sent) {
  if (!sent.is_message()) return !IsMask(sent) || IsMaskOf(sent, stored);
  if (IsOther(stored.message(), sent.message())) return false;
  for (const FieldDescriptor* field : SensitiveFields(sent.message())) {
    const auto known = PlacesOf(stored.message(), field);
    for (const Place& place : PlacesOf(sent.message(), field)) {
      if (HasMask(place) && std::none_of(known.begin(), known.end(),
                                         [&](const Place& one) { return Fits(one, place); })) {
        return false;
      }
    }
  }
  return true;
}

// Whether `sent` says nothing but what whoever was shown `stored` masked has seen.
bool Alike(const Place& stored, const Place& sent) {
  if (!sent.is_message()) return sent.text() == stored.text() || IsMaskOf(sent, stored);
  const std::unique_ptr<Message> seen(stored.message().New());
  seen->CopyFrom(stored.message());
  Mask(seen.get());
  std::vector<const FieldDescriptor*> fields;
  sent.message().GetReflection()->ListFields(sent.message(), &fields);
  // Fields that are given by the server do not come back.
  const std::unique_ptr<Message> same(sent.message().New());
  seen->GetReflection()->SwapFields(seen.get(), same.get(), fields);
  return same->SerializeAsString() == sent.message().SerializeAsString();
}

using Items = std::vector<size_t>;

// Gives each of the sent items, which have masks, the stored one it stands for, if there are as
// many of those that look alike on either side. What is given is taken.
void Pair(const std::vector<Place>& stored, const std::vector<Place>& sent, const Items& wanting,
          const std::function<bool(const Place&, const Place&)>& like, std::vector<bool>* taken,
          std::map<size_t, size_t>* pairs) {
  std::map<Items, Items> groups;  // of the stored ones, those that may be one of them
  for (const size_t i : wanting) {
    if (pairs->contains(i)) continue;
    Items candidates;
    for (size_t j = 0; j < stored.size(); ++j) {
      if (!(*taken)[j] && like(stored[j], sent[i])) candidates.push_back(j);
    }
    groups[candidates].push_back(i);
  }
  for (const auto& [candidates, items] : groups) {
    if (candidates.size() != items.size()) continue;
    for (size_t k = 0; k < items.size(); ++k) {
      if ((*taken)[candidates[k]]) continue;
      (*taken)[candidates[k]] = true;
      (*pairs)[items[k]] = candidates[k];
    }
  }
}

Status Restore(const std::string& path, const Message& stored, Message* sent);

Status RestoreField(const std::string& path, const Message& stored, const FieldDescriptor* field,
                    Message* sent) {
  const std::vector<Place> places = PlacesOf(*sent, field), known = PlacesOf(stored, field);
  Items wanting;
  std::vector<bool> taken(known.size());
  // What is said in clear counts for nothing: else a guess could be tried beside a mask.
  for (size_t i = 0; i < places.size(); ++i) {
    if (HasMask(places[i])) wanting.push_back(i);
  }
  std::map<size_t, size_t> pairs;
  Pair(known, places, wanting, Alike, &taken, &pairs);
  // What one of them is may leave only one thing that another can be.
  for (size_t before = wanting.size() + 1; before != pairs.size();) {
    before = pairs.size();
    Pair(known, places, wanting, Fits, &taken, &pairs);
  }
  const auto* reflection = sent->GetReflection();
  for (const size_t i : wanting) {
    const auto pair = pairs.find(i);
    if (pair == pairs.end()) {
      const std::string unlike = FirstMask(path, places[i], i < known.size() ? &known[i] : nullptr);
      return FieldError(unlike.empty() ? FirstMask(path, places[i], nullptr) : unlike,
                        "is a mask, and not of one thing that is stored here; want the text");
    }
    const Place& of = known[pair->second];
    if (places[i].is_message()) {
      Message* item = field->is_repeated()
                          ? reflection->MutableRepeatedMessage(sent, field, places[i].item)
                          : reflection->MutableMessage(sent, field);
      RETURN_IF_ERROR(Restore(PathOf(path, places[i]), of.message(), item));
    } else if (field->is_repeated()) {
      reflection->SetRepeatedString(sent, field, places[i].item, of.text());
    } else {
      reflection->SetString(sent, field, of.text());
    }
  }
  return absl::OkStatus();
}

Status Restore(const std::string& path, const Message& stored, Message* sent) {
  for (const FieldDescriptor* field : SensitiveFields(*sent)) {
    RETURN_IF_ERROR(RestoreField(path, stored, field, sent));
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
