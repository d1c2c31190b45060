// A keyring in a folder of its own, which goes away at the end of the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/crypto/keyring.h"

namespace pingan::testing {

class TempFolder {
 public:
  TempFolder() : path_(::testing::TempDir() + "/keyring.XXXXXX") {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string File() const { return path_ + "/keyring"; }

  // Puts `text` into the file with the given mode.
  void Write(const std::string& text, unsigned mode = 0600) const {
    std::ofstream(File()) << text;
    std::filesystem::permissions(File(), std::filesystem::perms(mode));
  }

 private:
  std::string path_;
};

struct TempKeyring {
  TempFolder folder;
  std::unique_ptr<crypto::Keyring> keyring = crypto::Keyring::Create(folder.File()).value();
};

}  // namespace pingan::testing
