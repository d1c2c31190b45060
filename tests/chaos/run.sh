#!/usr/bin/env bash
# Builds the servers and lets disasters happen to them under load: all runs, or those named in ONLY. One
# line for each run goes to standard output, what did not agree to standard error; the exit code is 0 if
# all are ok. SEED=<n> repeats a run's moments, KILLS=<n> and FAILOVERS=<n> say how many.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
read -r -a only <<<"${ONLY:-kill_service kill_service_postgres kill_postgres failover overload}"
runs=() overload=
for name in "${only[@]}"; do
  if [ "$name" = overload ]; then overload=yes; else runs+=("$name"); fi
done
code=0
if [ "${#runs[@]}" -gt 0 ]; then
  bazel build //tests/chaos:chaos
  (
    cd bazel-bin/tests/chaos/chaos.runfiles/pingan
    tests/chaos/chaos --kills="${KILLS:-20}" --failovers="${FAILOVERS:-5}" --seed="${SEED:-0}" "${runs[@]}"
  ) || code=1
fi
# The overload benchmark is the run; its clients' pauses follow from seed 1.
if [ -n "$overload" ]; then
  ONLY=overload tests/bench/run.sh |
    sed 's/^bench overload \([0-9.]*\) \(.*\) short$/chaos overload seed 1 goodput \1 \2 failed/
         s/^bench overload \([0-9.]*\) \(.*\) ok$/chaos overload seed 1 goodput \1 \2 ok/' || code=1
fi
exit "$code"
