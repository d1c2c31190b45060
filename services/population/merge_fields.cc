#include "services/population/merge_fields.h"

#include <set>
#include <string>

#include "services/population/duplicate.h"
#include "services/population/identity.h"
#include "services/population/lifecycle.h"

namespace pingan::population {
namespace {

void TakeFields(const v1::MergePersonsRequest& request, const v1::Person& absorbed,
                v1::Person* survivor, v1::Merge* merge) {
  for (const std::string_view field : kMergeFields) {
    if (!HasField(absorbed, field)) continue;
    if (HasField(*survivor, field) && !Contains(request.take(), field)) continue;
    CopyField(*survivor, field, merge->mutable_kept());
    CopyField(absorbed, field, survivor);
    merge->add_taken(std::string(field));
  }
}

void AddName(const std::string& name, v1::Person* survivor) {
  if (name.empty() || name == survivor->display_name()) return;
  if (!Contains(survivor->former_names(), name)) survivor->add_former_names(name);
}

void TakeNamesAndIds(const v1::Person& before, const v1::Person& absorbed, v1::Person* survivor,
                     v1::Merge* merge) {
  *merge->mutable_kept()->mutable_former_names() = before.former_names();
  *merge->mutable_kept()->mutable_external_ids() = before.external_ids();
  AddName(before.display_name(), survivor);
  AddName(absorbed.display_name(), survivor);
  for (const auto& name : absorbed.former_names()) AddName(name, survivor);
  for (const auto& id : absorbed.external_ids()) {
    if (!Contains(survivor->external_ids(), id)) survivor->add_external_ids(id);
  }
}

void TakeDocuments(const v1::Person& absorbed, v1::Person* survivor) {
  for (const auto& document : absorbed.documents()) {
    const auto& known = survivor->documents();
    if (std::any_of(known.begin(), known.end(), [&](const auto& other) {
          return other.document_type() == document.document_type() &&
                 other.document_number() == document.document_number();
        })) {
      continue;
    }
    v1::Document& added = *survivor->add_documents();
    added = document;
    added.mutable_origin()->set_person(absorbed.name());
  }
}

void RemoveDocumentsOf(const std::string& person, v1::Person* survivor) {
  auto& documents = *survivor->mutable_documents();
  documents.erase(
      std::remove_if(documents.begin(), documents.end(),
                     [&](const auto& document) { return document.origin().person() == person; }),
      documents.end());
}

// Takes out of a list what the merge had put into it.
void RemoveAdded(const std::set<std::string>& added,
                 const google::protobuf::RepeatedPtrField<std::string>& kept,
                 google::protobuf::RepeatedPtrField<std::string>* list) {
  list->erase(std::remove_if(list->begin(), list->end(),
                             [&](const std::string& value) {
                               return added.contains(value) && !Contains(kept, value);
                             }),
              list->end());
}

}  // namespace

bool HasField(const v1::Person& person, std::string_view field) {
  return person.GetReflection()->HasField(
      person, person.GetDescriptor()->FindFieldByName(std::string(field)));
}

void CopyField(const v1::Person& from, std::string_view field, v1::Person* to) {
  v1::Person copy = from;
  copy.GetReflection()->SwapFields(&copy, to,
                                   {copy.GetDescriptor()->FindFieldByName(std::string(field))});
}

bool SameField(const v1::Person& one, const v1::Person& other, std::string_view field) {
  v1::Person a, b;
  CopyField(one, field, &a);
  CopyField(other, field, &b);
  return a.SerializeAsString() == b.SerializeAsString();
}

Status CheckScope(const MergeFiles& files, const Env& env) {
  const bool both = InScope(env.caller, files.survivor.person().area()) &&
                    InScope(env.caller, files.absorbed.person().area());
  return both ? absl::OkStatus() : NotFound();
}

void JoinParticulars(const v1::MergePersonsRequest& request, const v1::Person& absorbed,
                     v1::Person* survivor, v1::Merge* merge) {
  const v1::Person before = *survivor;
  TakeFields(request, absorbed, survivor, merge);
  TakeNamesAndIds(before, absorbed, survivor, merge);
  TakeDocuments(absorbed, survivor);
}

void PartParticulars(const v1::Merge& merge, const v1::Person& absorbed, v1::Person* survivor) {
  const v1::Person& kept = merge.kept();
  std::set<std::string> names = {absorbed.former_names().begin(), absorbed.former_names().end()};
  names.insert(absorbed.display_name());
  names.insert(kept.display_name());
  RemoveAdded(names, kept.former_names(), survivor->mutable_former_names());
  RemoveAdded({absorbed.external_ids().begin(), absorbed.external_ids().end()}, kept.external_ids(),
              survivor->mutable_external_ids());
  RemoveDocumentsOf(absorbed.name(), survivor);
  for (const std::string& field : merge.taken()) {
    if (field == "permit" || SameField(*survivor, absorbed, field)) {
      CopyField(kept, field, survivor);
    }
  }
  FillFromCitizenId(survivor);
}

}  // namespace pingan::population
