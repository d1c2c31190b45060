# The commands of the project; each installs what is missing first. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test bench chaos format tidy asan tsan fuzz
SECONDS ?= 20

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

setup:  ## install what is missing (Debian 12, root or sudo)
	@tools/setup.sh

run: setup  ## a synthetic city on this machine until Ctrl-C; ONCE=1 ends after the report, SCALE=<persons>
	@tools/run.sh

test: setup  ## build everything and run all tests
	@tools/test.sh

bench: setup  ## all benchmarks, or ONLY=<name>
	@ONLY="$(ONLY)" tests/bench/run.sh

chaos: setup  ## kills, failover and overload under load, or ONLY=<name>; SEED=<n> repeats one
	@ONLY="$(ONLY)" tests/chaos/run.sh

format: setup  ## clang-format over every source
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

tidy: setup  ## the style rules alone
	@tools/test.sh //tests/tidy/...

asan: setup  ## unit tests that need no server under the address and undefined-behaviour sanitizers
	@tools/test.sh --config=asan $(if $(UNITS),"$(UNITS)")

tsan: setup  ## unit tests that need no server and no gRPC under the thread sanitizer
	@tools/test.sh --config=tsan

fuzz: setup  ## every fuzz target for SECONDS=20 each
	@tests/fuzz/run.sh $(SECONDS)
