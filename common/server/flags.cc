#include "common/server/flags.h"

#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <absl/flags/usage.h>
#include <absl/flags/usage_config.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/dev_keys.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:7101", "gRPC address; port 0 = any free one");
ABSL_FLAG(std::string, metrics, "127.0.0.1:9101", "address of /metrics; port 0 = any free one");
ABSL_FLAG(std::string, database, "", "sqlite:PATH (default: in --state) or postgresql://...");
ABSL_FLAG(std::string, redis, "", "host:port or socket path of the shared cache; empty = none");
ABSL_FLAG(std::string, redis_credentials, "", "file with `user password` for Redis");
ABSL_FLAG(bool, sole_replica, false,
          "PostgreSQL without Redis, and no other replica: cache in the process");
ABSL_FLAG(std::string, state, ".run",
          "folder for what the process keeps: ready file, development keys");
ABSL_FLAG(std::string, areas, "common/area/data/zhoukou.tsv",
          "the areas of the deployment; the default is in the repository");
ABSL_FLAG(std::string, limits, "", "file of the city's own limits; empty = the service's");
ABSL_FLAG(std::string, keyring, "", "file of the encryption keys (default: in --state)");
ABSL_FLAG(int, keyring_seconds, 10, "how often the file of the keys is looked at");
ABSL_FLAG(int, rewrap_rate, 2000, "subject keys a second that a rotation wraps anew");
ABSL_FLAG(std::string, policy, "", "file of roles and permissions; empty = built in");
ABSL_FLAG(bool, dev, false, "development: own keys, clock by x-clock, reflection; loopback only");
ABSL_FLAG(std::string, jwks, "", "file or URL of the issuer's keys");
ABSL_FLAG(std::vector<std::string>, jwks_hosts, {}, "hosts that the URL may name");
ABSL_FLAG(std::string, issuer, "", "`iss` that tokens must have");
ABSL_FLAG(std::string, audience, pingan::auth::kAudience, "`aud` that tokens must have");
ABSL_FLAG(std::string, revocations, "", "file of revoked subjects and token ids");
ABSL_FLAG(int, trust_seconds, 60, "how often the issuer's keys and the revocations are read");
ABSL_FLAG(int, workers, 8, "threads for calls that may wait");
ABSL_FLAG(int, queue, 2048, "calls that may wait for a worker");
ABSL_FLAG(int, readers, 6, "database connections for reads");
ABSL_FLAG(int, cache_mb, 256, "memory for answers kept in the process, MiB");
ABSL_FLAG(double, quota, 0, "calls per second and client; 0 = unlimited");
ABSL_FLAG(double, quota_burst, 200, "calls a client may make at once");
ABSL_FLAG(int, sweep_seconds, 60, "how often deadlines that passed are looked for");
ABSL_FLAG(int, retention_days, 0, "how long events, the history, are kept; 0 = for good");
ABSL_FLAG(int, log_sample, 1000, "one successful read in so many is logged");
ABSL_FLAG(int, drain_seconds, 20, "how long accepted calls may take after SIGTERM");

namespace pingan::server {
namespace {

bool OnLoopback(const std::string& address) {
  return absl::StartsWith(address, "127.") || absl::StartsWith(address, "[::1]") ||
         absl::StartsWith(address, "localhost:");
}

bool IsAddress(std::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == 0 || colon == address.npos) return false;
  const std::string_view host = address.substr(0, colon), port = address.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (host.find_first_of(bracketed ? ", " : ":, ") != host.npos) return false;
  uint16_t number = 0;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  return read.ec == std::errc() && read.ptr == port.data() + port.size();
}

Status CheckAddresses(const Flags& flags) {
  for (const auto& [name, address] :
       {std::pair{"--listen", flags.listen}, {"--metrics", flags.metrics}}) {
    if (!IsAddress(address)) return FieldError(name, "want host:port, a port up to 65535");
  }
  // SQLite takes these for databases that end with the connection.
  if (flags.database == "sqlite:" || absl::StartsWith(flags.database, "sqlite::")) {
    return FieldError("--database", "want the path of a file after sqlite:");
  }
  return absl::OkStatus();
}

// The upper limits are beyond any machine's use, and below what fails or overflows.
Status CheckNumbers(const Flags& flags) {
  constexpr int kIntMax = std::numeric_limits<int>::max();
  const struct {
    const char* flag;
    int value, least, most;
  } limits[] = {{"--workers", flags.workers, 1, 512},
                {"--queue", flags.queue, 1, 1 << 20},
                {"--readers", flags.readers, 1, 256},
                {"--cache_mb", flags.cache_mb, 1, 1 << 20},
                {"--keyring_seconds", flags.keyring_seconds, 1, 3600},
                {"--rewrap_rate", flags.rewrap_rate, 1, 1 << 20},
                {"--trust_seconds", flags.trust_seconds, 1, 3600},
                {"--sweep_seconds", flags.sweep_seconds, 1, 86400},
                {"--retention_days", flags.retention_days, 0, 36500},
                {"--log_sample", flags.log_sample, 1, kIntMax},
                {"--drain_seconds", flags.drain_seconds, 0, 3600}};
  for (const auto& [flag, value, least, most] : limits) {
    if (value < least || value > most) {
      return FieldError(flag, StdView(absl::StrCat("want ", least, " to ", most)));
    }
  }
  if (!std::isfinite(flags.quota_per_second) || flags.quota_per_second < 0) {
    return FieldError("--quota", "want at least 0");
  }
  if (!std::isfinite(flags.quota_burst) || flags.quota_burst < 1) {
    return FieldError("--quota_burst", "want at least 1");
  }
  return absl::OkStatus();
}

Status Check(const Flags& flags) {
  RETURN_IF_ERROR(CheckAddresses(flags));
  RETURN_IF_ERROR(CheckNumbers(flags));
  if (flags.dev && !OnLoopback(flags.listen)) {
    return FieldError("--listen", "want a loopback address with --dev");
  }
  if (flags.dev && !flags.jwks.empty()) {
    return FieldError("--jwks", "--dev has keys and an issuer of its own, want one of both");
  }
  if (flags.dev && !flags.issuer.empty()) {
    return FieldError("--issuer", "--dev has keys and an issuer of its own, want one of both");
  }
  if (flags.dev && !flags.jwks_hosts.empty()) {
    return FieldError("--jwks_hosts", "--dev has keys of its own, want one of both");
  }
  if (flags.audience.empty()) return FieldError("--audience", "want the `aud` that tokens have");
  if (flags.redis.empty() && !flags.redis_credentials.empty()) {
    return FieldError("--redis_credentials", "want --redis, for which they are");
  }
  if (!flags.dev && (flags.jwks.empty() || flags.issuer.empty())) {
    return FieldError("--jwks", "want --jwks and --issuer, or --dev");
  }
  if (!flags.dev && flags.issuer == auth::kDevIssuer) {
    return FieldError("--issuer", "the development issuer is for --dev only");
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<Flags> ParseFlags(int argc, char** argv) {
  // Abseil ends the process that says it twice.
  [[maybe_unused]] static const bool told = [] {
    absl::SetProgramUsageMessage("A service of the pingan suite. See docs/operations.md.");
    absl::FlagsUsageConfig usage;
    usage.contains_help_flags = [](absl::string_view file) {
      return absl::StrContains(file, "common/server/");
    };
    absl::SetFlagsUsageConfig(std::move(usage));
    return true;
  }();
  const std::vector<char*> words = absl::ParseCommandLine(argc, argv);
  if (words.size() > 1) return FieldError(words[1], "is no flag, want --name=value");
  Flags flags{.listen = absl::GetFlag(FLAGS_listen),
              .metrics = absl::GetFlag(FLAGS_metrics),
              .database = absl::GetFlag(FLAGS_database),
              .redis = absl::GetFlag(FLAGS_redis),
              .redis_credentials = absl::GetFlag(FLAGS_redis_credentials),
              .sole_replica = absl::GetFlag(FLAGS_sole_replica),
              .state = absl::GetFlag(FLAGS_state),
              .areas = absl::GetFlag(FLAGS_areas),
              .limits = absl::GetFlag(FLAGS_limits),
              .keyring = absl::GetFlag(FLAGS_keyring),
              .policy = absl::GetFlag(FLAGS_policy),
              .dev = absl::GetFlag(FLAGS_dev),
              .jwks = absl::GetFlag(FLAGS_jwks),
              .issuer = absl::GetFlag(FLAGS_issuer),
              .audience = absl::GetFlag(FLAGS_audience),
              .jwks_hosts = absl::GetFlag(FLAGS_jwks_hosts),
              .revocations = absl::GetFlag(FLAGS_revocations),
              .workers = absl::GetFlag(FLAGS_workers),
              .queue = absl::GetFlag(FLAGS_queue),
              .readers = absl::GetFlag(FLAGS_readers),
              .cache_mb = absl::GetFlag(FLAGS_cache_mb),
              .sweep_seconds = absl::GetFlag(FLAGS_sweep_seconds),
              .log_sample = absl::GetFlag(FLAGS_log_sample),
              .retention_days = absl::GetFlag(FLAGS_retention_days),
              .trust_seconds = absl::GetFlag(FLAGS_trust_seconds),
              .keyring_seconds = absl::GetFlag(FLAGS_keyring_seconds),
              .rewrap_rate = absl::GetFlag(FLAGS_rewrap_rate),
              .quota_per_second = absl::GetFlag(FLAGS_quota),
              .quota_burst = absl::GetFlag(FLAGS_quota_burst),
              .drain_seconds = absl::GetFlag(FLAGS_drain_seconds)};
  RETURN_IF_ERROR(Check(flags));
  if (flags.keyring.empty()) flags.keyring = flags.state + "/keyring";
  return flags;
}

}  // namespace pingan::server
