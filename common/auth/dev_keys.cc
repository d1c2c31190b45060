#include "common/auth/dev_keys.h"

#include <fcntl.h>
#include <rhonabwy.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/fetch.h"
#include "common/auth/json.h"
#include "common/base/clock.h"

namespace pingan::auth {
namespace {

std::string Dump(const json_t* json) {
  const std::unique_ptr<char, void (*)(void*)> text(json_dumps(json, JSON_COMPACT), free);
  return text.get();
}

Status Unwritable(const std::string& path) {
  return Error(absl::StatusCode::kUnavailable, common::v1::REASON_UNSPECIFIED,
               absl::StrCat("cannot write ", path));
}

Status BadKey(std::string_view problem) {
  return Error(absl::StatusCode::kInvalidArgument, common::v1::FIELD_INVALID, problem);
}

// A file of its own beside `path`, whole and with its mode from the start.
StatusOr<std::string> WriteBeside(const std::string& path, const std::string& bytes, mode_t mode) {
  const std::string own = absl::StrCat(path, ".", RandomUuid());
  const int fd = open(own.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return Unwritable(own);
  const bool written =
      write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      fchmod(fd, mode) == 0;
  if (close(fd) != 0 || !written) return Unwritable(own);
  return own;
}

StatusOr<std::string> NewPrivateKey() {
  Json private_key(json_object()), public_key(json_object());
  if (r_jwk_generate_key_pair(private_key.get(), public_key.get(), R_KEY_TYPE_EC, 256,
                              RandomUuid().c_str()) != RHN_OK) {
    return BadKey("cannot make an ES256 key");
  }
  json_object_set_new(private_key.get(), "alg", json_string("ES256"));
  return Dump(private_key.get());
}

StatusOr<std::string> EnsurePrivateKey(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/dev-key.json");
  if (!std::filesystem::exists(path)) {
    ASSIGN_OR_RETURN(const std::string key, NewPrivateKey());
    ASSIGN_OR_RETURN(const std::string own, WriteBeside(path, key, 0600));
    // Unlike a rename, a link does not replace the key of a process that was faster.
    const bool linked = link(own.c_str(), path.c_str()) == 0 || errno == EEXIST;
    unlink(own.c_str());
    if (!linked) return Unwritable(path);
  }
  return Fetch(path, {});
}

std::string PublicSet(const json_t* private_key) {
  Json jwk(json_object());
  for (const char* name : {"kty", "crv", "x", "y", "kid", "alg"}) {
    json_object_set(jwk.get(), name, json_object_get(private_key, name));
  }
  json_object_set_new(jwk.get(), "use", json_string("sig"));
  const Json set(json_pack("{s:[O]}", "keys", jwk.get()));
  return Dump(set.get());
}

json_t* Array(const std::vector<std::string>& names) {
  json_t* array = json_array();
  for (const auto& name : names) json_array_append_new(array, json_string(name.c_str()));
  return array;
}

}  // namespace

StatusOr<std::string> EnsureDevKeys(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Unwritable(folder);
  ASSIGN_OR_RETURN(const std::string text, EnsurePrivateKey(folder));
  const Json key = ParseObject(text);
  if (!key || !json_object_get(key.get(), "d")) return BadKey("dev-key.json holds no private key");
  const std::string path = absl::StrCat(folder, "/jwks.json");
  ASSIGN_OR_RETURN(const std::string own, WriteBeside(path, PublicSet(key.get()), 0644));
  if (rename(own.c_str(), path.c_str()) != 0) return Unwritable(path);
  return path;
}

std::string ClaimsJson(const TokenClaims& claims) {
  const Caller& caller = claims.caller;
  const Json json(json_object());
  const auto set = [&](const char* name, json_t* value) {
    json_object_set_new(json.get(), name, value);
  };
  set("iss", json_string(claims.issuer.c_str()));
  set("aud", json_string(claims.audience.c_str()));
  set("sub", json_string(caller.subject.c_str()));
  set("iat", json_integer(absl::ToUnixSeconds(claims.issued)));
  set("exp", json_integer(absl::ToUnixSeconds(caller.expires)));
  set("area", json_string(caller.area.empty() ? kEverywhere : caller.area.c_str()));
  set("roles", Array(caller.roles));
  set("purposes", Array(caller.purposes));
  if (!caller.party.empty()) set("party", json_string(caller.party.c_str()));
  if (!claims.token_id.empty()) set("jti", json_string(claims.token_id.c_str()));
  return Dump(json.get());
}

StatusOr<std::string> SignToken(const std::string& private_jwk, const std::string& claims_json) {
  const Json key = ParseObject(private_jwk);
  const auto alg = key ? StringMember(key.get(), "alg") : std::nullopt;
  const auto kid = key ? StringMember(key.get(), "kid") : std::nullopt;
  if (!alg || !kid) return BadKey("want a private JWK with alg and kid");
  jws_t* made = nullptr;
  if (r_jws_init(&made) != RHN_OK) return BadKey("cannot sign");
  const std::unique_ptr<jws_t, void (*)(jws_t*)> jws(made, r_jws_free);
  r_jws_set_alg(made, r_str_to_jwa_alg(std::string(*alg).c_str()));
  r_jws_set_header_str_value(made, "kid", std::string(*kid).c_str());
  r_jws_set_header_str_value(made, "typ", "at+jwt");
  r_jws_set_payload(made, reinterpret_cast<const unsigned char*>(claims_json.data()),
                    claims_json.size());
  const std::unique_ptr<char, void (*)(void*)> token(
      r_jws_serialize(made, key.get(), R_FLAG_IGNORE_REMOTE), r_free);
  if (!token) return BadKey("the key cannot sign");
  return std::string(token.get());
}

StatusOr<std::string> MintToken(const std::string& folder, const TokenClaims& claims) {
  RETURN_IF_ERROR(EnsureDevKeys(folder).status());
  ASSIGN_OR_RETURN(const std::string key, Fetch(absl::StrCat(folder, "/dev-key.json"), {}));
  return SignToken(key, ClaimsJson(claims));
}

}  // namespace pingan::auth
