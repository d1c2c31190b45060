#!/usr/bin/env bash
# Builds what is measured and runs the benchmarks: all, or those named in ONLY. The lines go to standard
# output, every round to standard error and tests/bench/out/bench.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p tests/bench/out
bazel build //tests/bench:all //services/disputes:disputes_server //services/population:population_server
read -r -a only <<<"${ONLY:-}"
{ bazel-bin/tests/bench/bench "${only[@]}" 2>&1 >&3 | tee tests/bench/out/bench.log >&2; } 3>&1
