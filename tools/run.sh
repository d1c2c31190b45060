#!/usr/bin/env bash
# A synthetic city on this machine: starts the services on SQLite, lives two years of disputes and half a
# year of a city's people through them, prints the counts and the checks, and stays up until Ctrl-C.
#   --scale=100000   persons, up to 10,000,000; also SCALE=
#   DISPUTES=20000   cases;   SEED=1;   ONCE=1 ends after the report, with its exit code
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly state=$PWD/.run ctl=bazel-bin/tools/pinganctl/pinganctl
scale=${SCALE:-100000}
for argument in "$@"; do
  case $argument in
    --scale=*) scale=${argument#--scale=} ;;
    *) echo "run: want --scale=PERSONS, not $argument" >&2 && exit 2 ;;
  esac
done

say() { printf 'run: %s\n' "$*"; }

# The port given, or the next one that nobody listens on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

say "building (minutes the first time)"
bazel build --noshow_loading_progress --ui_event_filters=-info --show_result=0 \
  //services/disputes:disputes_server //services/population:population_server //tools/pinganctl:pinganctl

for ready in "$state"/*.ready; do
  if [ -e "$ready" ] && kill -0 "$(sed -n 's/.*pid=//p' "$ready")" 2>/dev/null; then
    echo "run: a server runs already on $state; stop it first" >&2
    exit 1
  fi
done
rm -rf "$state"
mkdir -p "$state"

pids=()
stop() {
  trap - EXIT INT TERM
  kill -TERM "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
}
trap stop EXIT
trap 'stop; exit 0' INT TERM

# start SERVICE LISTEN METRICS
start() {
  say "starting $1 on SQLite, log in .run/$1.log"
  "bazel-bin/services/$1/$1_server" --dev --state="$state" --listen="127.0.0.1:$2" \
    --metrics="127.0.0.1:$3" >"$state/$1.log" 2>&1 &
  pids+=($!)
  until [ -e "$state/$1.ready" ]; do
    if ! kill -0 "${pids[-1]}" 2>/dev/null; then
      echo "run: $1 did not start:" >&2
      tail -5 "$state/$1.log" >&2
      exit 1
    fi
    sleep 0.1
  done
}
start disputes "$(free_port 7101)" "$(free_port 9101)"
start population "$(free_port 7102)" "$(free_port 9102)"

say "living a city of ${DISPUTES:-20000} disputes through gRPC"
code=0
"$ctl" demo --state="$state" --disputes="${DISPUTES:-20000}" --seed="${SEED:-1}" || code=$?
echo
say "living a city of $scale persons through gRPC"
"$ctl" city --state="$state" --scale="$scale" --seed="${SEED:-1}" || code=$?
[ -z "${ONCE:-}" ] || exit "$code"

echo
for service in disputes population; do
  sed "s|listen=\([^ ]*\) metrics=\([^ ]*\).*|$service: gRPC \1, http://\2/metrics|" "$state/$service.ready"
done
cat <<END
try   $ctl stats --area=411602 --group=area
      $ctl call ListDisputes '{"filter": "major = true", "page_size": 2}'
      $ctl call ListPersons '{"filter": "permit_state = \"SUSPENDED\"", "page_size": 2}'
      $ctl watch --from=0 --count=3
Ctrl-C stops it; the next run starts afresh.
END
wait "${pids[@]}"
