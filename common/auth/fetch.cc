#include "common/auth/fetch.h"

#include <curl/curl.h>

#include <algorithm>
#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pingan::auth {
namespace {

Status Unavailable(std::string_view problem) {
  return Error(absl::StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED, problem);
}

Status Forbidden(std::string_view problem) {
  return Error(absl::StatusCode::kPermissionDenied, common::v1::REASON_UNSPECIFIED, problem);
}

struct Body {
  std::string bytes;
  size_t bytes_max;
};

size_t Append(char* data, size_t size, size_t count, void* to) {
  auto* body = static_cast<Body*>(to);
  if (body->bytes.size() + size * count > body->bytes_max) return 0;
  body->bytes.append(data, size * count);
  return size * count;
}

std::string Part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

Status CheckUrl(const std::string& location, const FetchLimits& limits) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return Forbidden("key set: not a URL");
  }
  const std::string host = Part(url.get(), CURLUPART_HOST);
  const auto& allowed = limits.allowed_hosts;
  if (std::find(allowed.begin(), allowed.end(), host) == allowed.end()) {
    return Forbidden("key set: host is not among the allowed ones");
  }
  const bool loopback = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  if (Part(url.get(), CURLUPART_SCHEME) != "https" && !loopback) {
    return Forbidden("key set: want https");
  }
  return absl::OkStatus();
}

StatusOr<std::string> FetchUrl(const std::string& location, const FetchLimits& limits) {
  RETURN_IF_ERROR(CheckUrl(location, limits));
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) return Unavailable("key set: no HTTP client");
  Body body{.bytes = "", .bytes_max = limits.bytes_max};
  curl_easy_setopt(curl.get(), CURLOPT_URL, location.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(limits.timeout)));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return Unavailable(absl::StrCat("key set: ", curl_easy_strerror(code)));
  long http_status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &http_status);
  if (http_status != 200) return Unavailable(absl::StrCat("key set: HTTP status ", http_status));
  return std::move(body.bytes);
}

}  // namespace

StatusOr<std::string> Fetch(const std::string& location, const FetchLimits& limits) {
  if (absl::StrContains(location, "://")) return FetchUrl(location, limits);
  std::ifstream in(location, std::ios::binary);
  std::string bytes(limits.bytes_max + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  if (in.bad() || !in.eof()) return Unavailable(absl::StrCat("cannot read ", location));
  return bytes;
}

}  // namespace pingan::auth
