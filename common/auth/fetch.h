// The bytes of a JWKS, from a file or over HTTP, bounded in size and time.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/status.h"

namespace pingan::auth {

struct FetchLimits {
  // Hosts from which a URL may be fetched, exactly as they stand in it; none unless named.
  std::vector<std::string> allowed_hosts;
  absl::Duration timeout = absl::Seconds(3);
  size_t bytes_max = 256 * 1024;
};

// The content of `location`: a URL with https, or with http on a loopback host, else the path of a
// file. Redirects and proxies are not followed, since they lead past the list of hosts.
// PERMISSION_DENIED for a URL that may not be fetched; UNAVAILABLE if there is no answer in time,
// none with status 200, too many bytes, or the file cannot be read. Blocks.
StatusOr<std::string> Fetch(const std::string& location, const FetchLimits& limits);

}  // namespace pingan::auth
