# A thin face on scripts/, Meson and Ninja. `make help` says what there is.

DATA ?= ./data
ARGS ?=
FUZZ_SECONDS ?= 600
export YES VERBOSE JOBS FULL

.DEFAULT_GOAL := help
.PHONY: help build run test check bench fuzz fmt clean reset

help:	## show this
	@echo 'make TARGET [VARIABLE=value ...]'
	@echo
	@sed -n -E 's/^([a-z]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 12
	@echo
	@echo '  YES=1       install and delete without asking (root is never asked to install)'
	@echo '  VERBOSE=1   show command lines and the output of passing tests'
	@echo '  JOBS=N      compilers and tests at once (default: one per core)'
	@echo '  DATA=DIR    data folder of run and reset (default: ./data)'
	@echo '  ARGS="..."  more arguments for `argali serve`, as in ARGS="--listen 127.0.0.1:9000"'
	@echo '  FULL=1      test: run the client suites on the AddressSanitizer build too'
	@echo '  FUZZ_SECONDS=N   fuzz: per target (default: 600)'

build:	## build the server: build/argali
	@scripts/dependencies run
	@scripts/build plain argali

run:	## build, then serve ./data in the foreground
	@scripts/dependencies run
	@scripts/build plain argali
	@exec build/argali serve --data $(DATA) $(ARGS)

test:	## build everything, run every test
	@scripts/dependencies test
	@scripts/test

check:	## format, static analysis, rules of the tree
	@scripts/dependencies check
	@scripts/check

bench:	## measure, and print the budgets beside the results
	@scripts/dependencies bench
	@scripts/build plain
	@exec bench/run build/argali

fuzz:	## fuzz each target for FUZZ_SECONDS, keep what is found in build-fuzz/
	@scripts/dependencies test
	@scripts/build fuzz
	@scripts/fuzz $(FUZZ_SECONDS)

fmt:	## lay out all C sources with clang-format
	@scripts/dependencies check
	@find $$(ls -d src bench tests 2>/dev/null) -name '*.[ch]' -not -path '*/node_modules/*' -print0 | xargs -0r clang-format -i

clean:	## delete what was built
	rm -rf build build-asan build-tsan build-fuzz build-check

reset:	## delete the data folder, after asking
	@scripts/reset $(DATA)
