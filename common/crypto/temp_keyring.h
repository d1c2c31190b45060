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
  // As an operator takes a key out of the file; it is replaced in one step.
  void DropKey(int id) const {
    std::ifstream from(File());
    std::ofstream to(File() + ".new");
    const std::string gone = "kek " + std::to_string(id) + " ";
    for (std::string line; std::getline(from, line);) {
      if (!line.starts_with(gone)) to << line << '\n';
    }
    to.close();
    std::filesystem::permissions(File() + ".new", std::filesystem::perms(0600));
    std::filesystem::rename(File() + ".new", File());
  }

 private:
  std::string path_;
};

struct TempKeyring {
  TempFolder folder;
  std::unique_ptr<crypto::Keyring> keyring = crypto::Keyring::Create(folder.File()).value();
};

}  // namespace pingan::testing
