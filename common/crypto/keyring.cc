#include "common/crypto/keyring.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring_file.h"
#include "common/crypto/random.h"

namespace pingan::crypto {
namespace {

// A file that contradicts what was stored under the keys before is a mistake, and taking it over
// would hide it: look-ups would find nothing, and what was wrapped would not open.
Status CheckSuccessor(const Keys& before, const Keys& after) {
  if (after.index.view() != before.index.view()) {
    return FieldError("keyring", "the index key must not change");
  }
  if (after.primary < before.primary) return FieldError("keyring", "primary must not go back");
  for (const auto& [id, kek] : before.keks) {
    const auto found = after.keks.find(id);
    if (found != after.keks.end() && found->second.view() != kek.view()) {
      return FieldError("keyring", absl::StrCat("kek ", id, " is not the one it was"));
    }
  }
  return absl::OkStatus();
}

bool IsNews(const Keys& before, const Keys& after) {
  return after.primary != before.primary ||
         std::any_of(after.keks.begin(), after.keks.end(),
                     [&](const auto& entry) { return !before.keks.contains(entry.first); });
}

}  // namespace

Keyring::Keyring(std::string path, Keys keys)
    : path_(std::move(path)), keys_(std::make_shared<const Keys>(std::move(keys))) {}

StatusOr<std::unique_ptr<Keyring>> Keyring::Load(const std::string& path) {
  ASSIGN_OR_RETURN(Keys keys, ReadKeyFile(path));
  return std::unique_ptr<Keyring>(new Keyring(path, std::move(keys)));
}

StatusOr<std::unique_ptr<Keyring>> Keyring::Create(const std::string& path) {
  Keys keys;
  keys.primary = 1;
  FillRandom(keys.index);
  FillRandom(keys.keks[1]);
  const Status written = WriteKeyFile(path, keys);
  if (!written.ok() && !absl::IsAlreadyExists(written)) return written;
  return Load(path);
}

std::shared_ptr<const Keys> Keyring::Current() const {
  std::lock_guard lock(mutex_);
  return keys_;
}

const Secret& Keyring::IndexKey(std::string_view field) const {
  std::lock_guard lock(index_mutex_);
  const auto known = index_keys_.find(field);
  if (known != index_keys_.end()) return known->second;
  const Secret key = HkdfSha256(Current()->index.view(), "pingan blind index v1", field);
  return index_keys_.emplace(field, key).first->second;
}

std::shared_ptr<const Keys> Keyring::Holding(uint32_t kek_id) const {
  std::shared_ptr<const Keys> keys = Current();
  if (keys->keks.contains(kek_id)) return keys;
  if (!Refresh().ok()) return nullptr;
  keys = Current();
  return keys->keks.contains(kek_id) ? keys : nullptr;
}

Status Keyring::Reload() {
  return Refresh();
}

void Keyring::CheckReadings(std::function<Status(const Keys&)> check) {
  std::lock_guard reload_lock(reload_mutex_);
  check_ = std::move(check);
}

Status Keyring::Refresh() const {
  // An older reading must not replace a newer one, and readers must not wait for the disk.
  std::lock_guard reload_lock(reload_mutex_);
  ASSIGN_OR_RETURN(Keys keys, ReadKeyFile(path_));
  const auto before = Current();
  RETURN_IF_ERROR(CheckSuccessor(*before, keys));
  if (check_ && IsNews(*before, keys)) RETURN_IF_ERROR(check_(keys));
  for (const auto& [id, kek] : before->keks) {
    if (keys.keks.emplace(id, kek).second) keys.dropped.insert(id);
  }
  Use(std::move(keys));
  return absl::OkStatus();
}

void Keyring::Use(Keys keys) const {
  auto used = std::make_shared<const Keys>(std::move(keys));
  std::lock_guard lock(mutex_);
  keys_.swap(used);
}

void Keyring::Discard(uint32_t kek_id) {
  std::lock_guard reload_lock(reload_mutex_);
  Keys keys = *Current();
  if (keys.dropped.erase(kek_id) == 0) return;
  keys.keks.erase(kek_id);
  Use(std::move(keys));
}

}  // namespace pingan::crypto
