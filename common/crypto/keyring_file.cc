#include "common/crypto/keyring_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pingan::crypto {
namespace {

namespace v1 = common::v1;

constexpr size_t kFileSizeMax = 1 << 20;
constexpr absl::string_view kFirstLine = "pingan-keyring 1";
constexpr std::string_view kWantHex = "want each key as 64 lower case hex digits";

Status Malformed(std::string_view problem) {
  return FieldError("keyring", problem);
}

Status Failed(std::string_view what) {
  return Error(absl::StatusCode::kInternal, v1::INTERNAL_FAULT,
               absl::StrCat("cannot ", AbslView(what), " the keyring, errno ", errno));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool ParseSecret(absl::string_view hex, Secret& secret) {
  if (hex.size() != 2 * Secret::kSize) return false;
  for (size_t i = 0; i < Secret::kSize; ++i) {
    const int high = HexDigit(hex[2 * i]), low = HexDigit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    secret.data()[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

void AppendSecret(const Secret& secret, std::string& text) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const unsigned char byte : secret.view()) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  text += '\n';
}

// Ids stay below the largest number, so that a rotation always finds a next one.
bool ParseId(absl::string_view digits, uint32_t& id) {
  return absl::SimpleAtoi(digits, &id) && id > 0 && id < std::numeric_limits<uint32_t>::max();
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<size_t>(n));
  }
  return fsync(fd) == 0;
}

Status SyncFolder(const std::string& path) {
  const int fd = open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return synced ? absl::OkStatus() : Failed("sync the folder of");
}

}  // namespace

std::string FormatKeys(const Keys& keys) {
  std::string text;
  // Room for all of it: growing would leave copies of keys behind.
  text.reserve(256 + keys.keks.size() * 96);
  absl::StrAppend(&text, kFirstLine, "\nprimary ", keys.primary, "\nindex ");
  AppendSecret(keys.index, text);
  for (const auto& [id, kek] : keys.keks) {
    absl::StrAppend(&text, "kek ", id, " ");
    AppendSecret(kek, text);
  }
  return text;
}

StatusOr<Keys> ParseKeys(std::string_view text) {
  Keys keys;
  bool has_index = false;
  const std::vector<absl::string_view> lines =
      absl::StrSplit(AbslView(text), '\n', absl::SkipEmpty());
  if (lines.empty() || lines[0] != kFirstLine) return Malformed("want \"pingan-keyring 1\" first");
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<absl::string_view> words = absl::StrSplit(lines[i], ' ');
    uint32_t id = 0;
    if (words.size() == 2 && words[0] == "primary" && keys.primary == 0) {
      if (!ParseId(words[1], keys.primary)) return Malformed("want a number after primary");
    } else if (words.size() == 2 && words[0] == "index" && !has_index) {
      has_index = ParseSecret(words[1], keys.index);
      if (!has_index) return Malformed(kWantHex);
    } else if (words.size() == 3 && words[0] == "kek" && ParseId(words[1], id)) {
      if (keys.keks.contains(id)) return Malformed("want each kek id once");
      if (!ParseSecret(words[2], keys.keks[id])) return Malformed(kWantHex);
    } else {
      return Malformed(absl::StrCat("cannot read line ", i + 1));
    }
  }
  if (!has_index) return Malformed("want an index key");
  if (!keys.keks.contains(keys.primary)) return Malformed("want primary to name a kek");
  return keys;
}

StatusOr<Keys> ReadKeyFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) {
    return Error(absl::StatusCode::kNotFound, v1::RESOURCE_ABSENT, "no keyring file");
  }
  if (fd < 0) return Failed("open");
  const absl::Cleanup closing = [fd] { close(fd); };
  struct stat info;
  if (fstat(fd, &info) != 0) return Failed("stat");
  if (!S_ISREG(info.st_mode)) return Malformed("want a regular file");
  const bool mounted = info.st_uid == 0 && geteuid() != 0;
  if ((info.st_mode & (mounted ? 037 : 077)) != 0) {
    return Error(absl::StatusCode::kPermissionDenied, v1::PERMISSION_MISSING,
                 "keyring file is open to group or others, want mode 0600");
  }
  if (static_cast<size_t>(info.st_size) > kFileSizeMax) return Malformed("want at most 1 MiB");
  std::string text(static_cast<size_t>(info.st_size), '\0');
  const absl::Cleanup wiping = [&text] { OPENSSL_cleanse(text.data(), text.size()); };
  if (pread(fd, text.data(), text.size(), 0) != info.st_size) return Failed("read");
  return ParseKeys(text);
}

Status WriteKeyFile(const std::string& path, const Keys& keys) {
  std::string temp = path + ".XXXXXX";
  const int fd = mkostemp(temp.data(), O_CLOEXEC);  // makes it with mode 0600
  if (fd < 0) return Failed("create");
  const absl::Cleanup removing = [&temp] { unlink(temp.c_str()); };
  std::string text = FormatKeys(keys);
  const bool written = WriteAll(fd, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (close(fd) != 0 || !written) return Failed("write");
  // A link, unlike a rename, refuses to replace what somebody else has put there meanwhile.
  if (link(temp.c_str(), path.c_str()) == 0) return SyncFolder(path);
  if (errno != EEXIST) return Failed("place");
  return Error(absl::StatusCode::kAlreadyExists, v1::RESOURCE_EXISTS, "keyring file exists");
}

}  // namespace pingan::crypto
