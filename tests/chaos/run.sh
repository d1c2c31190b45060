#!/usr/bin/env bash
# Builds the servers and kills them under load: all runs, or those named in ONLY. One line for each run
# goes to standard output, what did not agree to standard error. SEED=<n> repeats a run's moments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bazel build //tests/chaos:chaos
read -r -a only <<<"${ONLY:-}"
cd bazel-bin/tests/chaos/chaos.runfiles/pingan
tests/chaos/chaos --kills="${KILLS:-20}" --seed="${SEED:-0}" "${only[@]}"
