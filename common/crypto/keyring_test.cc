#include "common/crypto/keyring.h"

#include <sys/stat.h>

#include "common/crypto/temp_keyring.h"
#include "common/testing/matchers.h"

namespace pingan::crypto {
namespace {

namespace v1 = common::v1;
using absl::StatusCode;
using testing::Fails;
using testing::TempFolder;

const std::string kA(64, 'a'), kB(64, 'b');
const std::string kGood =
    "pingan-keyring 1\nprimary 2\nindex " + kA + "\nkek 1 " + kA + "\nkek 2 " + kB + "\n";

TEST(Keyring, LoadsTheDocumentedFormat) {
  TempFolder folder;
  folder.Write(kGood);
  ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Load(folder.File()));
  const auto keys = keyring->Current();
  EXPECT_EQ(keys->primary, 2u);
  ASSERT_EQ(keys->keks.size(), 2u);
  EXPECT_EQ(keys->index.view(), std::string(32, '\xaa'));
  EXPECT_EQ(keys->keks.at(2).view(), std::string(32, '\xbb'));
}

TEST(Keyring, RefusesWhatIsNotAKeyring) {
  const std::string head = "pingan-keyring 1\n", primary = "primary 1\n";
  const std::string index = "index " + kA + "\n", kek = "kek 1 " + kA + "\n";
  const struct {
    const char* name;
    std::string text;
  } kCases[] = {
      {"empty", ""},
      {"other version", "pingan-keyring 2\n" + primary + index + kek},
      {"no primary", head + index + kek},
      {"two primaries", head + primary + primary + index + kek},
      {"primary zero", head + "primary 0\n" + index + kek},
      {"primary without key", head + "primary 2\n" + index + kek},
      {"no index", head + primary + kek},
      {"two indexes", head + primary + index + index + kek},
      {"no kek", head + primary + index},
      {"id twice", head + primary + index + kek + kek},
      {"id zero", head + primary + index + kek + "kek 0 " + kA + "\n"},
      {"id without a next", head + primary + index + kek + "kek 4294967295 " + kA + "\n"},
      {"short key", head + primary + index + "kek 1 " + kA.substr(1) + "\n"},
      {"long key", head + primary + index + "kek 1 " + kA + "a\n"},
      {"not hex", head + primary + index + "kek 1 " + kA.substr(1) + "g\n"},
      {"unknown word", head + primary + index + kek + "comment x\n"},
      {"cut", kGood.substr(0, kGood.size() - 2)},
      {"too large", kGood + std::string(1 << 20, '\n')},
  };
  for (const auto& c : kCases) {
    TempFolder folder;
    folder.Write(c.text);
    const auto loaded = Keyring::Load(folder.File());
    EXPECT_THAT(loaded, Fails(StatusCode::kInvalidArgument, v1::FIELD_INVALID)) << c.name;
    EXPECT_EQ(loaded.status().message().find("aaa"), absl::string_view::npos) << c.name;
  }
}

TEST(Keyring, RefusesAFileThatOthersMayUse) {
  for (unsigned mode : {0640, 0620, 0610, 0604, 0602, 0601, 0666}) {
    TempFolder folder;
    folder.Write(kGood, mode);
    EXPECT_THAT(Keyring::Load(folder.File()),
                Fails(StatusCode::kPermissionDenied, v1::PERMISSION_MISSING))
        << std::oct << mode;
    EXPECT_THAT(Keyring::Create(folder.File()),
                Fails(StatusCode::kPermissionDenied, v1::PERMISSION_MISSING))
        << std::oct << mode;
  }
  TempFolder folder;
  folder.Write(kGood, 0400);
  EXPECT_OK(Keyring::Load(folder.File()));
}

TEST(Keyring, RefusesAnAbsentFileAndAFolder) {
  TempFolder folder;
  EXPECT_THAT(Keyring::Load(folder.File()), Fails(StatusCode::kNotFound, v1::RESOURCE_ABSENT));
  EXPECT_THAT(Keyring::Create(folder.File() + "/none/keyring"),
              Fails(StatusCode::kInternal, v1::INTERNAL_FAULT));
  std::filesystem::create_directory(folder.File());
  EXPECT_THAT(Keyring::Load(folder.File()), Fails(StatusCode::kInvalidArgument, v1::FIELD_INVALID));
}

TEST(Keyring, CreateMakesAPrivateFileOnceAndNeverReplacesIt) {
  TempFolder folder;
  ASSERT_OK_AND_ASSIGN(auto first, Keyring::Create(folder.File()));
  struct stat info;
  ASSERT_EQ(stat(folder.File().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_OK_AND_ASSIGN(auto second, Keyring::Create(folder.File()));
  EXPECT_EQ(first->Current()->index.view(), second->Current()->index.view());
  EXPECT_EQ(first->Current()->keks.at(1).view(), second->Current()->keks.at(1).view());
  EXPECT_NE(first->Current()->keks.at(1).view(), first->Current()->index.view());
  const auto parent = std::filesystem::path(folder.File()).parent_path();
  const std::filesystem::directory_iterator files(parent);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "a temporary file stayed";
}

TEST(Keyring, AReloadTakesOverAPrimaryAndKeepsTheRest) {
  TempFolder folder;
  folder.Write(kGood);
  ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Load(folder.File()));
  const auto before = keyring->Current();
  testing::RotateKeys(folder.File());
  ASSERT_OK(keyring->Reload());
  const auto after = keyring->Current();
  EXPECT_EQ(after->primary, 3u);
  EXPECT_EQ(after->keks.size(), 3u);
  EXPECT_EQ(after->index.view(), before->index.view());
  EXPECT_EQ(after->keks.at(2).view(), before->keks.at(2).view());
  EXPECT_EQ(before->keks.size(), 2u) << "keys in use must not change";
}

TEST(Keyring, ReadsTheFileAgainWhenAKeyIsUnknown) {
  TempFolder folder;
  ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Create(folder.File()));
  testing::RotateKeys(folder.File());
  EXPECT_EQ(keyring->Current()->primary, 1u);
  ASSERT_NE(keyring->Holding(2), nullptr);
  EXPECT_EQ(keyring->Current()->primary, 2u);
  EXPECT_EQ(keyring->Holding(3), nullptr);
}

TEST(Keyring, AReadingThatContradictsWhatWasStoredIsRefused) {
  const std::string head = "pingan-keyring 1\n";
  for (const std::string& text : {
           head + "primary 2\nindex " + kB + "\nkek 1 " + kA + "\nkek 2 " + kB + "\n",
           head + "primary 2\nindex " + kA + "\nkek 1 " + kB + "\nkek 2 " + kB + "\n",
           head + "primary 1\nindex " + kA + "\nkek 1 " + kA + "\nkek 2 " + kB + "\n",
       }) {
    TempFolder folder;
    folder.Write(kGood);
    ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Load(folder.File()));
    folder.Write(text);
    EXPECT_THAT(keyring->Reload(), Fails(StatusCode::kInvalidArgument, v1::FIELD_INVALID)) << text;
    EXPECT_EQ(keyring->Current()->primary, 2u);
    EXPECT_EQ(keyring->Current()->index.view(), std::string(32, '\xaa'));
    EXPECT_EQ(keyring->Current()->keks.at(1).view(), std::string(32, '\xaa'));
  }
}

TEST(Keyring, KeepsItsKeysWhenAReloadFails) {
  TempFolder folder;
  ASSERT_OK_AND_ASSIGN(auto keyring, Keyring::Create(folder.File()));
  folder.Write("damaged");
  EXPECT_THAT(keyring->Reload(), Fails(StatusCode::kInvalidArgument, v1::FIELD_INVALID));
  EXPECT_EQ(keyring->Current()->primary, 1u);
  EXPECT_NE(keyring->Holding(1), nullptr);
  EXPECT_EQ(keyring->Holding(2), nullptr);
}

}  // namespace
}  // namespace pingan::crypto
