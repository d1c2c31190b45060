#!/usr/bin/env bash
# Builds the fuzz targets with clang, libFuzzer, the address and the undefined-behaviour sanitizer, runs
# each for $1 seconds over a copy of its corpus, and closes with "N passed, M failed". A failing input
# stays in .fuzz; its place is the corpus, together with the mend.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-20}
names=$(basename --suffix=_fuzz.cc --multiple tests/fuzz/*_fuzz.cc)

# Another compiler is another Bazel: its own output folder and a server that ends with this script.
base=${XDG_CACHE_HOME:-$HOME/.cache}/pingan-fuzz
trap 'bazel --output_base="$base" shutdown' EXIT
# shellcheck disable=SC2046,SC2086  # a list of words
bazel --output_base="$base" --max_idle_secs=60 build --config=fuzz --copt=-Wno-error \
  --symlink_prefix=/ -- $(printf '//tests/fuzz:%s_fuzz ' $names)
bin=$(bazel --output_base="$base" info --config=fuzz bazel-bin 2>/dev/null)

passed=0 failed=0
for name in $names; do
  work=.fuzz/$name
  mkdir -p "$work"
  cp -r "tests/fuzz/corpus/$name" "$work/"
  echo "fuzz: $name for $seconds s"
  if "$bin/tests/fuzz/${name}_fuzz" -max_total_time="$seconds" -max_len=4096 -print_final_stats=0 \
    -verbosity=0 -artifact_prefix="$work/" "$work/$name"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
