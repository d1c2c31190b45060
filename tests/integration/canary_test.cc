// The search itself: each form is found wherever it lies, and nothing else is.
#include "tests/integration/canary.h"

#include <fstream>

#include "absl/strings/escaping.h"
#include "common/testing/matchers.h"

namespace pingan::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::map<std::string, std::string> Phone() {
  return {{"phone", "13912345670"}};
}

std::string Base64(const std::string& text) {
  std::string out;
  absl::Base64Escape(text, &out);
  return out;
}

TEST(Canaries, AreFoundInEveryForm) {
  const Canaries canaries({{"name", "钟离灵鹫"}, {"phone", "13912345670"}});
  const struct {
    std::string bytes;
    const char* found;
  } cases[] = {
      {"钟离灵鹫", "name in UTF-8"},
      {std::string("\x9f\x94\xbb\x79\x75\x70\x6b\x9e", 8), "name in UTF-16LE"},
      {std::string("\x94\x9f\x79\xbb\x70\x75\x9e\x6b", 8), "name in UTF-16BE"},
      {"\xd6\xd3\xc0\xeb\xc1\xe9\xf0\xd5", "name in GB 18030"},
      {"钟离灵鹤", ""},
      {"%E9%92%9F%E7%A6%BB%E7%81%B5%E9%B9%AB", "name in percent encoding"},
      {"%e9%92%9f%e7%a6%bb%e7%81%b5%e9%b9%ab", "name in percent encoding"},
      {R"(\351\222\237\347\246\273\347\201\265\351\271\253)", "name in C's escapes"},
      {R"(\u949f\u79bb\u7075\u9e6b)", "name in JSON's escapes"},
      {"e9929fe7a6bbe781b5e9b9ab", "name in hex"},
      {"E9929FE7A6BBE781B5E9B9AB", "name in hex"},
      {"13912345670", "phone in UTF-8"},
      {"139****5670", ""},
      {"3133393132333435363730", "phone in hex"},
  };
  for (const auto& [bytes, found] : cases) {
    for (const std::string& around : {std::string(), std::string("\0\xff-", 3)}) {
      const auto in = canaries.In(around + bytes + around);
      EXPECT_EQ(in, *found ? std::vector<std::string>{found} : std::vector<std::string>()) << bytes;
    }
  }
}

TEST(Canaries, AreFoundInBase64AtAnyOffset) {
  const Canaries canaries(Phone());
  for (const char* before : {"", "a", "ab", "abc", "abcd"}) {
    for (const char* after : {"", "z", "zz"}) {
      EXPECT_THAT(canaries.In(Base64(std::string(before) + "13912345670" + after)),
                  ElementsAre("phone in base64"))
          << before << after;
    }
    EXPECT_THAT(canaries.In(Base64(std::string(before) + "13912345690")), IsEmpty());
  }
}

TEST(Canaries, AreFoundInFiles) {
  const std::filesystem::path folder = std::string(std::getenv("TEST_TMPDIR")) + "/files";
  std::filesystem::create_directories(folder / "below");
  std::ofstream(folder / "clean") << "1391234567";
  std::ofstream(folder / "below" / "dirty") << "x13912345670";
  EXPECT_THAT(Canaries(Phone()).InFolder(folder), ElementsAre("phone in UTF-8 in below/dirty"));
}

}  // namespace
}  // namespace pingan::testing
