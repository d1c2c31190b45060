# For tests of pinganctl against a real server, to be sourced: a state folder, servers on free ports,
# and `want`.
set -euo pipefail

readonly ctl=tools/pinganctl/pinganctl
state=$(mktemp -d "${TEST_TMPDIR:-/tmp}/pinganctl.XXXXXX")

# Only what was started here and still runs.
stop_all() {
  local running
  running=$(jobs -pr)
  # shellcheck disable=SC2086  # a list of words
  [ -z "$running" ] || kill -TERM $running 2>/dev/null || true
  wait
  rm -rf "$state"
}
trap stop_all EXIT

fail() {
  echo "FAILED: $*" >&2
  tail -n 20 "$state"/*.log "$state/out" "$state/err" >&2 || true
  exit 1
}

# serve SERVICE [FLAG...]: returns when it is ready; its pid is in $served.
serve() {
  local service=$1
  shift
  rm -f "$state/$service.ready"
  "services/$service/${service}_server" --dev --state="$state" --listen=127.0.0.1:0 \
    --metrics=127.0.0.1:0 "$@" >>"$state/$service.log" 2>&1 &
  served=$!
  until [ -e "$state/$service.ready" ]; do
    kill -0 "$served" 2>/dev/null || fail "the server did not start"
    sleep 0.05
  done
}

# want CODE TEXT COMMAND...: the exit code, and the text somewhere in what it prints.
want() {
  local code=0 wanted=$1 text=$2
  shift 2
  "$ctl" "$@" >"$state/out" 2>"$state/err" || code=$?
  [ "$code" = "$wanted" ] || fail "$* gave $code, want $wanted"
  grep -qF -- "$text" "$state/out" "$state/err" || fail "$* does not say: $text"
}
