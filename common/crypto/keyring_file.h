// The keyring's file on disk; see keyring.h for its format, rules and errors.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/crypto/keyring.h"

namespace pingan::crypto {

// The texts hold keys: the caller wipes them.
std::string FormatKeys(const Keys& keys);
StatusOr<Keys> ParseKeys(std::string_view text);

StatusOr<Keys> ReadKeyFile(const std::string& path);

// Writes a temporary file beside `path`, syncs it, puts it in place in one step and syncs the
// folder. With `replace` false an existing file is left alone and the answer is ALREADY_EXISTS.
Status WriteKeyFile(const std::string& path, const Keys& keys, bool replace);

// Excludes other processes that change files in the same folder, until it is destroyed.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  Status status() const;

 private:
  int fd_;
};

}  // namespace pingan::crypto
