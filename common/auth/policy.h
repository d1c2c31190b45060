// Which role may do what, as data: roles x permissions, and the purposes for which personal data is
// used. The data is policy.json beside this file, built into the binary; an operator may lay a file
// over it. What the data does not name is not allowed.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/auth/caller.h"
#include "common/base/status.h"

namespace pingan::auth {

// Immutable after it was made; safe to use from several threads.
class Policy {
 public:
  using Names = absl::flat_hash_set<std::string>;

  // The policy of a JSON text {"permissions": [..], "purposes": [..], "roles": {"role": [..]}}.
  // INVALID_ARGUMENT for a repeated or unknown key, a name said twice, or a role with a permission
  // that is not among `permissions`: a misspelt permission must not silently take a right away.
  static StatusOr<Policy> Parse(std::string_view json);

  // The policy in `file`; the built-in one if `file` is empty. NOT_FOUND, and as Parse.
  static StatusOr<Policy> Load(const std::string& file);

  // Whether any of the caller's roles holds the permission. Two hash look-ups per role.
  bool Allows(const Caller& caller, std::string_view permission) const;

  // Whether the caller's token allows this purpose and the purpose exists.
  bool AllowsPurpose(const Caller& caller, std::string_view purpose) const;

  // All names, for the verifier and for the contract test that compares them with the protos.
  const Names& permissions() const { return permissions_; }
  const Names& purposes() const { return purposes_; }
  const absl::flat_hash_map<std::string, Names>& roles() const { return roles_; }

 private:
  Names permissions_;
  Names purposes_;
  absl::flat_hash_map<std::string, Names> roles_;
};

}  // namespace pingan::auth
