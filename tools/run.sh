#!/usr/bin/env bash
# A synthetic city on this machine: starts the disputes service on SQLite, lives two years through it, prints
# the counts and the checks, and stays up until Ctrl-C.
#   DISPUTES=20000   cases;   SEED=1;   ONCE=1 ends after the report, with its exit code
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly state=$PWD/.run server=bazel-bin/services/disputes/disputes_server
readonly ctl=bazel-bin/tools/pinganctl/pinganctl

say() { printf 'run: %s\n' "$*"; }

# The port given, or the next one that nobody listens on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

say "building (minutes the first time)"
bazel build --noshow_loading_progress --ui_event_filters=-info --show_result=0 \
  //services/disputes:disputes_server //tools/pinganctl:pinganctl

if [ -e "$state/disputes.ready" ] && kill -0 "$(sed -n 's/.*pid=//p' "$state/disputes.ready")" 2>/dev/null; then
  echo "run: a server runs already on $state; stop it first" >&2
  exit 1
fi
rm -rf "$state"
mkdir -p "$state"
listen=127.0.0.1:$(free_port 7101)
metrics=127.0.0.1:$(free_port 9101)

say "starting the disputes service on SQLite, log in .run/disputes.log"
"$server" --dev --state="$state" --listen="$listen" --metrics="$metrics" \
  --database="sqlite:$state/disputes.db" >"$state/disputes.log" 2>&1 &
pid=$!
stop() {
  trap - EXIT INT TERM
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

until [ -e "$state/disputes.ready" ]; do
  if ! kill -0 "$pid" 2>/dev/null; then
    echo "run: the service did not start:" >&2
    tail -5 "$state/disputes.log" >&2
    exit 1
  fi
  sleep 0.1
done

say "living a city of ${DISPUTES:-20000} disputes through gRPC"
code=0
"$ctl" demo --state="$state" --disputes="${DISPUTES:-20000}" --seed="${SEED:-1}" || code=$?
[ -z "${ONCE:-}" ] || exit "$code"

cat <<END

gRPC     $listen
metrics  http://$metrics/metrics
try      $ctl stats --area=411602 --group=area
         $ctl call ListDisputes '{"filter": "major = true", "page_size": 2}'
         $ctl watch --from=0 --count=3
Ctrl-C stops it; the next run starts afresh.
END
wait "$pid"
