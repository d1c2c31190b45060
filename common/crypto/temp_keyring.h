// A keyring in a folder of its own, which goes away at the end of the test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "common/crypto/keyring.h"

namespace pingan::testing {

// Puts `text` in the place of a keyring's file in one step, as an operator does.
inline void ReplaceKeys(const std::string& path, const std::string& text) {
  std::ofstream(path + ".new") << text;
  std::filesystem::permissions(path + ".new", std::filesystem::perms(0600));
  std::filesystem::rename(path + ".new", path);
}

// Adds a key and makes it the primary.
inline void RotateKeys(const std::string& path) {
  std::ifstream from(path);
  std::string text;
  int primary = 0;
  for (std::string line; std::getline(from, line);) {
    if (line.starts_with("primary ")) {
      primary = std::stoi(line.substr(8)) + 1;
      line = "primary " + std::to_string(primary);
    }
    text += line + '\n';
  }
  text += "kek " + std::to_string(primary) + ' ';
  std::random_device random;
  for (int i = 0; i < 64; ++i) text += "0123456789abcdef"[random() % 16];
  ReplaceKeys(path, text + '\n');
}

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
  // As an operator takes a key out of the file.
  void DropKey(int id) const {
    std::ifstream from(File());
    const std::string gone = "kek " + std::to_string(id) + " ";
    std::string text;
    for (std::string line; std::getline(from, line);) {
      if (!line.starts_with(gone)) text += line + '\n';
    }
    ReplaceKeys(File(), text);
  }

 private:
  std::string path_;
};

struct TempKeyring {
  TempFolder folder;
  std::unique_ptr<crypto::Keyring> keyring = crypto::Keyring::Create(folder.File()).value();

  void Rotate() const {
    RotateKeys(folder.File());
    EXPECT_TRUE(keyring->Reload().ok());
  }
};

}  // namespace pingan::testing
