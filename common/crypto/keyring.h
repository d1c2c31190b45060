// The keyring: the few keys that wrap all others. It lives in one small text file and nowhere else:
//
//   pingan-keyring 1
//   primary 2                 the key that new wraps use
//   index 9f86d0…             64 hex digits, from which blind indexes derive their keys
//   kek 1 60303a…             key-encryption keys, id and 64 hex digits
//   kek 2 fd61a0…
//
// Whoever holds the file reads every record; whoever loses it loses every record. So it must be
// readable by its owner alone (mode 0600 or less; where it is root's and the process is not, the
// group may read it, as of a mounted secret), and is backed up apart from the database.
//
// Rotation adds a key with a higher id and keeps the old ones for unwrapping until nothing is
// wrapped by them; the index key never changes, because stored indexes would no longer be found. On
// several machines distribute the new key first, with `primary` still naming the old one, and then
// the file that names the new one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/base/status.h"
#include "common/crypto/secret.h"

namespace pingan::crypto {

// What the file says; never changes once loaded.
struct Keys {
  uint32_t primary = 0;
  Secret index;
  std::map<uint32_t, Secret> keks;
  // Of `keks`: those that the file has lost since it was loaded. They go on opening what they have
  // wrapped until Discard.
  std::set<uint32_t> dropped;
};

// Safe to use from several threads. Errors of all that reads the file:
//   NOT_FOUND / RESOURCE_ABSENT               nothing at the path
//   PERMISSION_DENIED / PERMISSION_MISSING    readable or writable by group or others
//   INVALID_ARGUMENT / FIELD_INVALID          not a keyring; no part of the file is quoted. Also a
//                                             reading with another index key, with another key of
//                                             the same id, or with an older primary than before
//   INTERNAL / INTERNAL_FAULT                 the file system failed
class Keyring {
 public:
  static StatusOr<std::unique_ptr<Keyring>> Load(const std::string& path);

  // Makes a keyring of one key if nothing is at `path`, then loads what is there; an existing file
  // is never replaced. For development: in production a missing keyring is an error, so Load.
  static StatusOr<std::unique_ptr<Keyring>> Create(const std::string& path);

  // The keys at this moment; keep the pointer for the length of one operation only.
  std::shared_ptr<const Keys> Current() const;

  // The key of the blind index of a field (blind_index.h), derived the first time it is asked for.
  // Lives as long as the keyring.
  const Secret& IndexKey(std::string_view field) const;

  // Keys that hold `kek_id`: the current ones or, when another process has rotated since, those now
  // in the file. Null if neither has it.
  std::shared_ptr<const Keys> Holding(uint32_t kek_id) const;

  // Reads the file again. After an error the keys stay as they were.
  Status Reload();

  // What a reading that brings a new key or primary must pass, too, before it is taken over; null =
  // nothing. When it returns, the check of before is not running.
  void CheckReadings(std::function<Status(const Keys&)> check);

  // Forgets a dropped key, when nothing is wrapped by it any more.
  void Discard(uint32_t kek_id);

 private:
  Keyring(std::string path, Keys keys);
  Status Refresh() const;
  void Use(Keys keys) const;

  const std::string path_;
  mutable std::mutex reload_mutex_;           // taken before mutex_
  std::function<Status(const Keys&)> check_;  // guarded by reload_mutex_
  mutable std::mutex mutex_;                  // guards keys_
  mutable std::shared_ptr<const Keys> keys_;
  mutable std::mutex index_mutex_;  // guards index_keys_
  mutable std::map<std::string, Secret, std::less<>> index_keys_;
};

}  // namespace pingan::crypto
