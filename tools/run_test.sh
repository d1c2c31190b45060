#!/usr/bin/env bash
# run.sh: all settings are looked at before anything is started; what it starts it stops, and nothing else.
set -euo pipefail

fail() {
  echo "FAILED: $*" >&2
  cat "$root/out" >&2 || true
  exit 1
}

root=$(mktemp -d "${TEST_TMPDIR:-/tmp}/run.XXXXXX")
other=
trap '[ -z "$other" ] || kill "$other"; rm -rf "$root"' EXIT
mkdir -p "$root/tools" "$root/bin"
cp tools/run.sh "$root/tools"
ln -s "$PWD" "$root/bazel-bin"
ln -s "$PWD/common" "$root/common"
printf '#!/bin/sh\ntouch "%s/built"\n' "$root" >"$root/bin/bazel"
chmod +x "$root/bin/bazel"
export PATH=$root/bin:$PATH

# want CODE TEXT [SETTING=VALUE...]
want() {
  local code=0 wanted=$1 text=$2
  shift 2
  env "$@" "$root/tools/run.sh" >"$root/out" 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "$* gave $code, want $wanted"
  grep -qF -- "$text" "$root/out" || fail "$* does not say: $text"
}

want 2 "SCALE: want a number from 100 to 10000000, not abc" SCALE=abc
want 2 "SCALE: want a number from 100 to 10000000, not 99" SCALE=99
want 2 "SCALE: want a number from 100 to 10000000, not 10000001" SCALE=10000001
want 2 "DISPUTES: want a number from 1 to 1000000, not 0" DISPUTES=0
want 2 "SEED: want a number from 0 to 999999999, not -1" SEED=-1
want 2 "ONCE: want 1 or nothing, not yes" ONCE=yes
want 2 "DISPUTES: want a number" SCALE=1e6 'DISPUTES=$(id)' SEED=x
[ "$(wc -l <"$root/out")" = 3 ] || fail "want one line for each setting"
code=0
"$root/tools/run.sh" --scale=abc --speed=9 >"$root/out" 2>&1 || code=$?
[ "$code $(wc -l <"$root/out")" = "2 2" ] || fail "arguments are not refused as settings are"
[ ! -e "$root/built" ] && [ ! -e "$root/.run" ] || fail "it begins before the settings are looked at"

# Another server of the same name goes on as it is.
mkdir "$root/other"
(cd "$root" && exec bazel-bin/services/disputes/disputes_server --dev --state="$root/other" \
  --listen=127.0.0.1:0 --metrics=127.0.0.1:0) >"$root/other/log" 2>&1 &
other=$!
until [ -e "$root/other/disputes.ready" ]; do
  kill -0 "$other" || fail "the other server did not start"
  sleep 0.05
done
want 0 "check every call is answered ok" ONCE=1 SCALE=100 DISPUTES=1 SEED=2
[ "$(grep -c '^check .* ok$' "$root/out")" = 12 ] || fail "want twelve checks that hold"
kill -0 "$other" || fail "it stopped what it had not started"
[ -z "$(ls "$root/.run"/*.ready 2>/dev/null)" ] || fail "it left a server running"

# A service that somebody ends is told, and the other is stopped.
SCALE=100 DISPUTES=1 "$root/tools/run.sh" >"$root/out" 2>&1 &
run=$!
until grep -q "^Ctrl-C stops it" "$root/out"; do
  kill -0 "$run" || fail "it ended before it was up"
  sleep 0.05
done
kill -TERM "$(sed 's/.*pid=//' "$root/.run/population.ready")"
code=0
wait "$run" || code=$?
[ "$code" = 1 ] || fail "it gave $code when a service ended, want 1"
grep -q "^run: population has ended:" "$root/out" || fail "it does not say which service ended"
[ -z "$(ls "$root/.run"/*.ready 2>/dev/null)" ] || fail "it left the other service running"
kill -0 "$other" || fail "it stopped what it had not started"
echo "all holds"
