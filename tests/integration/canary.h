// Canaries: values that occur nowhere else, and the search for any form in which they may lie in
// bytes that nobody should find them in.
#pragma once

#include <sys/resource.h>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pingan::testing {

class Canaries {
 public:
  // The values by what they are ("phone"), in UTF-8, each at least 6 bytes long.
  explicit Canaries(const std::map<std::string, std::string>& values);

  // What is found, as "phone in base64". Forms: UTF-8, UTF-16 of both byte orders, GB 18030, base64
  // and its URL-safe sister at any offset, hex, percent encoding, JSON's and C's escapes.
  std::vector<std::string> In(std::string_view bytes) const;

  // The same in each regular file below the folder, as "phone in base64 in WAL/0001". A file that
  // goes away meanwhile is passed over.
  std::vector<std::string> InFolder(const std::filesystem::path& folder) const;

 private:
  struct Form {
    std::string bytes, what;
  };
  void Add(std::string bytes, std::string what);

  std::vector<Form> forms_;
  std::vector<std::vector<size_t>> by_start_;  // of forms_, by their first two bytes
};

// Servers that would leave a core if they could.
struct Cores {
  Cores() {
    getrlimit(RLIMIT_CORE, &before);
    const rlimit all = {.rlim_cur = before.rlim_max, .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_CORE, &all);
  }
  ~Cores() { setrlimit(RLIMIT_CORE, &before); }
  rlimit before = {};
};

// The whole content of a file; empty if there is none.
std::string FileBytes(const std::filesystem::path& path);

}  // namespace pingan::testing
