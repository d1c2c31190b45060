#!/usr/bin/env bash
# A synthetic city on this machine: starts the services on SQLite, lives two years of disputes and half a
# year of a city's people through them, prints the counts and the checks, and stays up until Ctrl-C.
#   SCALE=100000     persons, 100 to 10,000,000; also --scale=
#   DISPUTES=20000   cases;   SEED=1;   ONCE=1 ends after the report
# Exit: 0 all checks held, 1 one did not or a service ended, 2 a setting is refused and nothing was
# started, 130 Ctrl-C before the report.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly state=$PWD/.run ctl=bazel-bin/tools/pinganctl/pinganctl
scale=${SCALE:-100000} disputes=${DISPUTES:-20000} seed=${SEED:-1} once=${ONCE:-}
refused=
refuse() {
  echo "run: $*" >&2
  refused=yes
}
for argument in "$@"; do
  case $argument in
    --scale=*) scale=${argument#--scale=} ;;
    *) refuse "want --scale=PERSONS, not $argument" ;;
  esac
done
# number NAME VALUE MIN MAX
number() {
  if ! [[ $2 =~ ^[0-9]{1,18}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
    refuse "$1: want a number from $3 to $4, not $2"
  fi
}
number SCALE "$scale" 100 10000000
number DISPUTES "$disputes" 1 1000000
number SEED "$seed" 0 999999999
[[ $once =~ ^[01]?$ ]] || refuse "ONCE: want 1 or nothing, not $once"
[ -z "$refused" ] || exit 2

say() { printf 'run: %s\n' "$*"; }

# Only what was started here and still runs: by then another process may have the pid of one that ended.
stop() {
  trap - EXIT INT TERM
  local running
  running=$(jobs -pr)
  # shellcheck disable=SC2086  # a list of words
  [ -z "$running" ] || kill -TERM $running 2>/dev/null || true
  wait
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

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

declare -A pids
# Whether a service that was started runs; else says how it ended.
lives() {
  if kill -0 "${pids[$1]}" 2>/dev/null; then return 0; fi
  echo "run: $1 has ended:" >&2
  tail -5 "$state/$1.log" >&2
  return 1
}

# start SERVICE LISTEN METRICS
start() {
  say "starting $1 on SQLite, log in .run/$1.log"
  "bazel-bin/services/$1/$1_server" --dev --state="$state" --listen="127.0.0.1:$2" \
    --metrics="127.0.0.1:$3" >"$state/$1.log" 2>&1 &
  pids[$1]=$!
  until [ -e "$state/$1.ready" ]; do
    lives "$1" || exit 1
    sleep 0.1
  done
}
start disputes "$(free_port 7101)" "$(free_port 9101)"
start population "$(free_port 7102)" "$(free_port 9102)"

code=0
# In the background, so that a signal to this script alone is heard at once.
live() {
  "$ctl" "$@" --state="$state" --seed="$seed" &
  wait "$!" || code=$?
}
say "living a city of $disputes disputes through gRPC"
live demo --disputes="$disputes"
echo
say "living a city of $scale persons through gRPC"
live city --scale="$scale"
for service in disputes population; do lives "$service" || exit 1; done
[ "$once" != 1 ] || exit "$code"
trap 'stop; exit "$code"' INT TERM

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
wait -n "${pids[@]}" || true
for service in disputes population; do lives "$service" || exit 1; done
