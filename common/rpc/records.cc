#include "common/rpc/records.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/mask.h"

namespace pingan::rpc {

using common::v1::RECORD_UNREADABLE;
using crypto::SubjectKey;

const store::TableSpec kSubjectKeys{.name = "subject_keys"};

namespace {

std::string Bound(std::string_view name, int64_t revision) {
  return absl::StrCat(AbslView(name), "@", revision);
}

Status Unreadable(std::string_view name) {
  return Error(absl::StatusCode::kDataLoss, RECORD_UNREADABLE,
               absl::StrCat(AbslView(name), " cannot be read"));
}

}  // namespace

Records::Records(store::Store* store, const crypto::Keyring* keyring, size_t keys_cached)
    : store_(store), keyring_(keyring), keys_(keys_cached) {}

StatusOr<SubjectKey> Records::KeyOf(std::string_view subject) {
  return keys_.Get(subject, [&]() -> StatusOr<SubjectKey> {
    ASSIGN_OR_RETURN(auto row, store_->Get(kSubjectKeys, subject));
    if (!row) return Unreadable(subject);
    return crypto::Unwrap(*keyring_, subject, row->body);
  });
}

StatusOr<std::unique_ptr<Message>> Records::Decode(const Table& table, std::string_view name,
                                                   int64_t revision, std::string_view body,
                                                   std::optional<SubjectKey>* key) {
  std::unique_ptr<Message> record = table.make_record();
  std::string opened;
  if (HasSensitiveFields(record->GetDescriptor())) {
    ASSIGN_OR_RETURN(*key, KeyOf(name));
    ASSIGN_OR_RETURN(opened, crypto::Open(**key, Bound(name, revision), body));
    body = opened;
  }
  if (!record->ParseFromArray(body.data(), static_cast<int>(body.size()))) return Unreadable(name);
  return record;
}

StatusOr<std::optional<Stored>> Records::Find(const Table& table, std::string_view name) {
  ASSIGN_OR_RETURN(auto row, store_->Get(table.spec, name));
  if (!row) return std::optional<Stored>();
  ASSIGN_OR_RETURN(Stored stored, Open(table, *row));
  return std::optional<Stored>(std::move(stored));
}

StatusOr<Stored> Records::Open(const Table& table, const store::Row& row) {
  Stored stored{.version = row.version};
  ASSIGN_OR_RETURN(stored.record, Decode(table, row.key, row.version, row.body, &stored.key));
  return stored;
}

StatusOr<std::vector<Stored>> Records::OpenAll(const Table& table,
                                               std::span<const store::Row> rows) {
  if (HasSensitiveFields(table.make_record()->GetDescriptor())) {
    std::vector<std::string> names;
    for (const auto& row : rows) names.push_back(row.key);
    ASSIGN_OR_RETURN(auto wrapped, store_->GetMany(kSubjectKeys, names));
    for (const auto& row : wrapped) {
      // A key already at hand is not unwrapped again.
      auto key = keys_.Get(row.key, [&] { return crypto::Unwrap(*keyring_, row.key, row.body); });
      if (!key.ok()) return key.status();
    }
  }
  std::vector<Stored> opened;
  opened.reserve(rows.size());
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(Stored stored, Open(table, row));
    opened.push_back(std::move(stored));
  }
  return opened;
}

StatusOr<std::unique_ptr<Message>> Records::OpenEvent(const Table& table,
                                                      const store::Event& event) {
  if (event.body.empty()) return std::unique_ptr<Message>();
  std::optional<SubjectKey> key;
  auto record = Decode(table, event.name, event.revision, event.body, &key);
  if (record.status().code() == absl::StatusCode::kDataLoss) return std::unique_ptr<Message>();
  return record;
}

std::string Records::Encode(const Message& record, std::string_view name, int64_t revision,
                            const SubjectKey& key) const {
  std::string bytes = record.SerializeAsString();
  if (!HasSensitiveFields(record.GetDescriptor())) return bytes;
  return crypto::Seal(key, Bound(name, revision), bytes);
}

store::Row Records::KeyRow(std::string_view name, int64_t revision, const SubjectKey& key) const {
  return {
      .key = std::string(name), .version = revision, .body = crypto::Wrap(*keyring_, name, key)};
}

void Records::Remember(std::string_view name, const SubjectKey& key) {
  (void)keys_.Get(name, [&]() -> StatusOr<SubjectKey> { return key; });
}

}  // namespace pingan::rpc
