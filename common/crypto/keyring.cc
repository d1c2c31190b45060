#include "common/crypto/keyring.h"

#include "common/crypto/keyring_file.h"
#include "common/crypto/random.h"

namespace pingan::crypto {

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
  const Status written = WriteKeyFile(path, keys, /*replace=*/false);
  if (!written.ok() && !absl::IsAlreadyExists(written)) return written;
  return Load(path);
}

std::shared_ptr<const Keys> Keyring::Current() const {
  std::lock_guard lock(mutex_);
  return keys_;
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

Status Keyring::Refresh() const {
  // An older reading must not replace a newer one, and readers must not wait for the disk.
  std::lock_guard reload_lock(reload_mutex_);
  ASSIGN_OR_RETURN(Keys keys, ReadKeyFile(path_));
  auto read = std::make_shared<const Keys>(std::move(keys));
  std::lock_guard lock(mutex_);
  keys_.swap(read);
  return absl::OkStatus();
}

Status Keyring::Rotate() {
  const FolderLock lock(path_);
  RETURN_IF_ERROR(lock.status());
  ASSIGN_OR_RETURN(Keys keys, ReadKeyFile(path_));
  keys.primary = keys.keks.rbegin()->first + 1;
  FillRandom(keys.keks[keys.primary]);
  RETURN_IF_ERROR(WriteKeyFile(path_, keys, /*replace=*/true));
  return Refresh();
}

}  // namespace pingan::crypto
