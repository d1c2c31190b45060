// Who and what is not believed any more, though a signature holds; a file that an operator keeps.
//
//   # left in May      a comment, on a line of its own
//   sub officer-17     each token of this subject
//   jti 5f0c-91        the token of this id, by the claim and not by the token's text: an ES256
//                      signature has a second form, which anybody can make of the first
//
// Carriage returns, blanks around a line or between its words, and a mark of UTF-8 do not count.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"

namespace pingan::auth {

// Immutable; none at all by default.
class Revocations {
 public:
  // A line that is nothing of the above does not keep the others from holding; it is in unread().
  // INVALID_ARGUMENT if that is so of every line: then it is another file, or another encoding.
  static StatusOr<Revocations> Parse(std::string_view text);

  // Of a file, up to 1 MiB; none if `path` is empty. Also UNAVAILABLE if it cannot be read.
  static StatusOr<Revocations> Read(const std::string& path);

  // Whether a token of this subject and id (empty = it has none) is revoked.
  bool Cover(std::string_view subject, std::string_view token_id) const;

  // The numbers, from 1, of the lines that could not be read.
  const std::vector<size_t>& unread() const { return unread_; }

  bool operator==(const Revocations&) const = default;

 private:
  std::set<std::string, std::less<>> subjects_, token_ids_;
  std::vector<size_t> unread_;
};

}  // namespace pingan::auth
