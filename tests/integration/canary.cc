#include "tests/integration/canary.h"

#include <iconv.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"

namespace pingan::testing {
namespace {

std::string Converted(const std::string& text, const char* encoding) {
  const iconv_t converter = iconv_open(encoding, "UTF-8");
  std::string out(text.size() * 4, '\0');
  char* from = const_cast<char*>(text.data());
  char* to = out.data();
  size_t left = text.size(), room = out.size();
  if (iconv(converter, &from, &left, &to, &room) == static_cast<size_t>(-1)) std::abort();
  iconv_close(converter);
  out.resize(out.size() - room);
  return out;
}

// Each unit of the text through a format, such as %02x of a byte.
template <class Unit>
std::string Each(const std::basic_string<Unit>& units, const absl::FormatSpec<unsigned>& format) {
  std::string out;
  for (const Unit unit : units) {
    out += absl::StrFormat(format, static_cast<std::make_unsigned_t<Unit>>(unit));
  }
  return out;
}

std::u16string Utf16(const std::string& text) {
  const std::string bytes = Converted(text, "UTF-16LE");
  std::u16string units;
  for (size_t i = 0; i < bytes.size(); i += 2) {
    units += static_cast<char16_t>(static_cast<unsigned char>(bytes[i]) |
                                   static_cast<unsigned char>(bytes[i + 1]) << 8);
  }
  return units;
}

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool IsAscii(const std::string& text) {
  for (const unsigned char c : text) {
    if (c >= 0x80) return false;
  }
  return true;
}

}  // namespace

Canaries::Canaries(const std::map<std::string, std::string>& values) : by_start_(1 << 16) {
  for (const auto& [what, value] : values) {
    Add(value, what + " in UTF-8");
    Add(Converted(value, "UTF-16LE"), what + " in UTF-16LE");
    Add(Converted(value, "UTF-16BE"), what + " in UTF-16BE");
    for (int offset = 0; offset < 3; ++offset) {
      // Without the characters that the neighbours share.
      const std::string padded = std::string(offset, 'x') + value;
      std::string base64, url;
      absl::Base64Escape(padded, &base64);
      absl::WebSafeBase64Escape(padded, &url);
      const size_t from = offset == 0 ? 0 : offset + 1, whole = padded.size() * 8 / 6;
      Add(base64.substr(from, whole - from), what + " in base64");
      Add(url.substr(from, whole - from), what + " in base64");
    }
    const std::string hex = absl::BytesToHexString(value);
    Add(hex, what + " in hex");
    Add(Upper(hex), what + " in hex");
    if (IsAscii(value)) continue;
    Add(Converted(value, "GB18030"), what + " in GB 18030");
    const std::string percent = Each(value, absl::FormatSpec<unsigned>("%%%02x"));
    Add(percent, what + " in percent encoding");
    Add(Upper(percent), what + " in percent encoding");
    Add(Each(value, absl::FormatSpec<unsigned>("\\%03o")), what + " in C's escapes");
    Add(Each(value, absl::FormatSpec<unsigned>("\\x%02x")), what + " in C's escapes");
    Add(Each(Utf16(value), absl::FormatSpec<unsigned>("\\u%04x")), what + " in JSON's escapes");
    Add(Each(Utf16(value), absl::FormatSpec<unsigned>("\\u%04X")), what + " in JSON's escapes");
  }
}

void Canaries::Add(std::string bytes, std::string what) {
  if (bytes.size() < 6) std::abort();
  const size_t start =
      static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]);
  by_start_[start].push_back(forms_.size());
  forms_.push_back({std::move(bytes), std::move(what)});
}

std::vector<std::string> Canaries::In(std::string_view bytes) const {
  std::set<std::string> found;
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    const size_t start =
        static_cast<unsigned char>(bytes[i]) << 8 | static_cast<unsigned char>(bytes[i + 1]);
    for (const size_t form : by_start_[start]) {
      if (bytes.substr(i, forms_[form].bytes.size()) == forms_[form].bytes) {
        found.insert(forms_[form].what);
      }
    }
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> Canaries::InFolder(const std::filesystem::path& folder) const {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::error_code gone;
    if (!entry.is_regular_file(gone) || gone) continue;
    for (const std::string& what : In(FileBytes(entry.path()))) {
      found.push_back(what + " in " + std::filesystem::relative(entry.path(), folder).string());
    }
  }
  return found;
}

std::string FileBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator(file), {}};
}

}  // namespace pingan::testing
