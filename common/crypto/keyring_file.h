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
// folder. An existing file is left alone, and the answer is ALREADY_EXISTS.
Status WriteKeyFile(const std::string& path, const Keys& keys);

}  // namespace pingan::crypto
