#!/usr/bin/env bash
# Runs tests and closes with one line "N passed, M failed".
#   tools/test.sh [target pattern]
#   tools/test.sh --config=asan|tsan [query of targets]
# Under a sanitizer: the unit tests without servers; under tsan also without gRPC, whose package is not
# instrumented. Each configuration has a folder of its own, so that switching rebuilds nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

options=() targets=("${1:-//...}")
case "${1:-}" in
  --config=*)
    name=${1#--config=}
    options=("$1" "--platform_suffix=-$name" --symlink_prefix=/)
    outside="//common/testing:postgres + //common/testing:redis"
    [ "$name" = tsan ] && outside="$outside + //bazel:grpc"
    units="kind(cc_test, ${2:-//common/... + //services/... + //tests/fuzz/...})"
    read -r -a targets <<<"$(bazel query --noshow_progress "$units except rdeps(//common/... + //services/... + //tests/..., $outside)" | tr '\n' ' ')"
    ;;
esac

events=$(mktemp)
trap 'rm -f "$events"' EXIT
status=0
bazel test --keep_going "${options[@]}" --build_event_json_file="$events" -- "${targets[@]}" || status=$?
python3 tools/count_tests.py "$events" || status=1
exit "$status"
