// Records: from messages to sealed rows and back. The only place that knows how a record is stored.
//
// A record whose message has sensitive fields is sealed under the key of its subject, which is the
// resource itself; the key lies wrapped in the table `subject_keys`. Destroying that row makes the
// rows and the history of the subject unreadable. Row and after-image are bound to name and
// revision.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/envelope.h"
#include "common/crypto/key_cache.h"
#include "common/rpc/table.h"
#include "common/store/store.h"

namespace pingan::rpc {

// The wrapped keys; every service that stores sealed records opens this table too. The column `kek`
// tells by which key of the keyring (0 = written before there was the column).
extern const store::TableSpec kSubjectKeys;
// Before the subject's name in a key's own, so that a change of the record does not look like one
// of the key.
inline constexpr std::string_view kKeys = "keys/";

// A record as it was read. `version` 0 and an empty record = it does not exist yet.
struct Stored {
  std::unique_ptr<Message> record;
  int64_t version = 0;
  std::optional<crypto::SubjectKey> key;  // of a sealed record
};

class Records {
 public:
  Records(store::Store* store, const crypto::Keyring* keyring, size_t keys_cached = 65536);

  // The record in the database; none if absent. DATA_LOSS (RECORD_UNREADABLE) if it does not open.
  StatusOr<std::optional<Stored>> Find(const Table& table, std::string_view name);

  // Those of the names that there are, by name.
  StatusOr<std::map<std::string, Stored>> FindAll(const Table& table,
                                                  std::span<const std::string> names);

  // The row's record, or the one that is there now if its subject was erased since.
  StatusOr<Stored> Open(const Table& table, const store::Row& row);
  // All rows of a page; the keys not at hand are read together.
  StatusOr<std::vector<Stored>> OpenAll(const Table& table, std::span<const store::Row> rows);
  // The record after an event; null when the event carries none or its subject was erased.
  StatusOr<std::unique_ptr<Message>> OpenEvent(const Table& table, const store::Event& event);

  // The stored form of `record` under `key` (fresh or as read). Pure.
  std::string Encode(const Message& record, std::string_view name, int64_t revision,
                     const crypto::SubjectKey& key) const;
  // The row that keeps a fresh key.
  store::Row KeyRow(std::string_view name, int64_t revision, const crypto::SubjectKey& key) const;
  // The row of a key as it is under the keyring's primary. Pure but for the keyring.
  StatusOr<store::Row> Rewrapped(store::Row row) const;
  // Makes a committed fresh key readable without a look-up. MarkOf is taken before the commit, for
  // the key may be destroyed as soon as it is there.
  uint64_t MarkOf(std::string_view name) { return keys_.Mark(name); }
  void Remember(std::string_view name, const crypto::SubjectKey& key, uint64_t mark);

  // A key destroyed in the database opens nothing here either. Forget is told of every row that
  // changed, by its key, and drops from memory what the row kept; no key is kept in memory while
  // `told` says that this may not be told. Set before the first read.
  void Forget(std::string_view row);
  void ForgetAll() { keys_.ForgetAll(); }
  void KeepKeysWhile(std::function<bool()> told) { told_ = std::move(told); }

  // Of a request's bytes, to know it again. Keyed: who has the database alone cannot try out what
  // a request said.
  std::string Fingerprint(std::string_view bytes) const { return fingerprints_.Of(bytes); }

  // The version of the row that keeps the key of the subject; 0 = there is none.
  StatusOr<int64_t> KeyVersion(std::string_view name) const;

  store::Store* store() const { return store_; }
  const crypto::Keyring& keyring() const { return *keyring_; }

 private:
  using KeyFn = std::function<StatusOr<crypto::SubjectKey>()>;

  StatusOr<crypto::SubjectKey> Keep(std::string_view subject, const KeyFn& load);
  StatusOr<crypto::SubjectKey> LoadKey(std::string_view subject);
  StatusOr<crypto::SubjectKey> KeyOf(std::string_view subject);
  StatusOr<Stored> OpenAs(const Table& table, const store::Row& row, const KeyFn& key);
  StatusOr<Stored> OpenWith(const Table& table, const store::Row& row, const KeyFn& key);
  StatusOr<std::unique_ptr<Message>> Decode(const Table& table, std::string_view name,
                                            int64_t revision, std::string_view body,
                                            const KeyFn& key_of,
                                            std::optional<crypto::SubjectKey>* key);

  store::Store* const store_;
  const crypto::Keyring* const keyring_;
  const crypto::FieldIndex fingerprints_;
  crypto::KeyCache keys_;
  std::function<bool()> told_ = [] { return true; };
};

}  // namespace pingan::rpc
