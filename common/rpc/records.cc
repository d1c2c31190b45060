#include "common/rpc/records.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/mask.h"

namespace pingan::rpc {

using common::v1::RECORD_UNREADABLE;
using crypto::SubjectKey;

const store::TableSpec kSubjectKeys{.name = "subject_keys",
                                    .columns = {{"kek", store::Type::kInteger}},
                                    .orders = {{"kek"}},
                                    .short_rows = true,
                                    .beside = true};

namespace {

std::string KeyName(std::string_view subject) {
  return absl::StrCat(AbslView(kKeys), AbslView(subject));
}

std::string Bound(std::string_view name, int64_t revision) {
  return absl::StrCat(AbslView(name), "@", revision);
}

Status Unreadable(std::string_view name) {
  return Error(absl::StatusCode::kDataLoss, RECORD_UNREADABLE,
               absl::StrCat(AbslView(name), " cannot be read"));
}

}  // namespace

Records::Records(store::Store* store, const crypto::Keyring* keyring, size_t keys_cached)
    : store_(store),
      keyring_(keyring),
      fingerprints_(*keyring, "replies.fingerprint"),
      keys_(keys_cached) {}

StatusOr<SubjectKey> Records::Keep(std::string_view subject, const KeyFn& load) {
  return told_() ? keys_.Get(subject, load) : load();
}

StatusOr<SubjectKey> Records::LoadKey(std::string_view subject) {
  ASSIGN_OR_RETURN(auto row, store_->Get(kSubjectKeys, KeyName(subject)));
  if (!row) return Unreadable(subject);
  return crypto::Unwrap(*keyring_, subject, row->body);
}

StatusOr<SubjectKey> Records::KeyOf(std::string_view subject) {
  return Keep(subject, [&] { return LoadKey(subject); });
}

StatusOr<std::unique_ptr<Message>> Records::Decode(const Table& table, std::string_view name,
                                                   int64_t revision, std::string_view body,
                                                   const KeyFn& key_of,
                                                   std::optional<SubjectKey>* key) {
  std::unique_ptr<Message> record = table.make_record();
  std::string opened;
  if (HasSensitiveFields(record->GetDescriptor())) {
    ASSIGN_OR_RETURN(*key, key_of());
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

StatusOr<std::map<std::string, Stored>> Records::FindAll(const Table& table,
                                                         std::span<const std::string> names) {
  std::map<std::string, Stored> found;
  ASSIGN_OR_RETURN(const auto rows, store_->GetMany(table.spec, names));
  ASSIGN_OR_RETURN(auto opened, OpenAll(table, rows));
  for (size_t i = 0; i < rows.size(); ++i) found.emplace(rows[i].key, std::move(opened[i]));
  return found;
}

StatusOr<Stored> Records::OpenAs(const Table& table, const store::Row& row, const KeyFn& key) {
  Stored stored{.version = row.version};
  ASSIGN_OR_RETURN(stored.record, Decode(table, row.key, row.version, row.body, key, &stored.key));
  return stored;
}

StatusOr<Stored> Records::OpenWith(const Table& table, const store::Row& row, const KeyFn& key) {
  auto stored = OpenAs(table, row, key);
  if (stored.status().code() != absl::StatusCode::kDataLoss) return stored;
  // An erasure changes row and key at once. Read one after the other they may be of before and
  // after it; read anew they are of after it.
  ASSIGN_OR_RETURN(const auto now, store_->Get(table.spec, row.key));
  if (!now) return stored;
  return OpenAs(table, *now, [&] { return LoadKey(row.key); });
}

StatusOr<Stored> Records::Open(const Table& table, const store::Row& row) {
  return OpenWith(table, row, [&] { return KeyOf(row.key); });
}

StatusOr<std::vector<Stored>> Records::OpenAll(const Table& table,
                                               std::span<const store::Row> rows) {
  std::map<std::string_view, SubjectKey> keys;
  std::vector<store::Row> wrapped;
  if (HasSensitiveFields(table.make_record()->GetDescriptor())) {
    std::vector<std::string> names;
    for (const auto& row : rows) names.push_back(KeyName(row.key));
    ASSIGN_OR_RETURN(wrapped, store_->GetMany(kSubjectKeys, names));
    for (const auto& row : wrapped) {
      const std::string_view subject = std::string_view(row.key).substr(kKeys.size());
      // A key already at hand is not unwrapped again.
      ASSIGN_OR_RETURN(keys[subject],
                       Keep(subject, [&] { return crypto::Unwrap(*keyring_, subject, row.body); }));
    }
  }
  std::vector<Stored> opened;
  opened.reserve(rows.size());
  for (const auto& row : rows) {
    const auto key = [&]() -> StatusOr<SubjectKey> {
      const auto found = keys.find(row.key);
      return found == keys.end() ? KeyOf(row.key) : found->second;
    };
    ASSIGN_OR_RETURN(Stored stored, OpenWith(table, row, key));
    opened.push_back(std::move(stored));
  }
  return opened;
}

StatusOr<std::unique_ptr<Message>> Records::OpenEvent(const Table& table,
                                                      const store::Event& event) {
  if (event.body.empty()) return std::unique_ptr<Message>();
  std::optional<SubjectKey> key;
  auto record = Decode(
      table, event.name, event.revision, event.body, [&] { return KeyOf(event.name); }, &key);
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
  std::string wrapped = crypto::Wrap(*keyring_, name, key);
  const int64_t kek = crypto::WrappedUnder(wrapped);
  return {.key = KeyName(name), .version = revision, .body = std::move(wrapped), .columns = {kek}};
}

StatusOr<store::Row> Records::Rewrapped(store::Row row) const {
  const std::string_view subject = std::string_view(row.key).substr(kKeys.size());
  ASSIGN_OR_RETURN(auto moved, crypto::Rewrap(*keyring_, subject, row.body));
  row.body = std::move(moved.wrapped);
  row.columns = {int64_t{crypto::WrappedUnder(row.body)}};
  return row;
}

StatusOr<int64_t> Records::KeyVersion(std::string_view name) const {
  ASSIGN_OR_RETURN(auto row, store_->Get(kSubjectKeys, KeyName(name)));
  return row ? row->version : 0;
}

void Records::Forget(std::string_view row) {
  if (row.starts_with(kKeys)) keys_.Forget(row.substr(kKeys.size()));
}

void Records::Remember(std::string_view name, const SubjectKey& key, uint64_t mark) {
  if (told_()) keys_.Keep(name, key, mark);
}

}  // namespace pingan::rpc
