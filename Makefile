# make demo   the whole job on a sample newsroom, until Ctrl-C
# make test   every test
# make run    the daemon on config/ with the starter sources
# make check  formatting, lints, documentation
# make bench  speed, as ratios in one run
# make faults the daemon killed, cut off and doubled at hundreds of moments (an hour)
# make install DESTDIR=... PREFIX=...   program, unit, users, folders
#
# Each target installs what it lacks and says so.

CARGO   ?= cargo
PREFIX  ?= /usr
DESTDIR ?=
STATE   ?= $(CURDIR)/.state

.PHONY: demo test run check bench faults install build prepare

demo: build
	$(CARGO) run --quiet -- demo

run: build
	$(CARGO) run --quiet -- run --config config --state-directory $(STATE)

build: prepare
	@echo "== building (the first time takes some minutes)"
	$(CARGO) build

test: prepare
	@deploy/prepare.sh browser
	@echo "== building and running every test"
	$(CARGO) test

check: prepare
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps

bench: prepare
	$(CARGO) bench

faults: prepare
	PRESSWATCH_FAULTS=full $(CARGO) test --test it faults:: -- --nocapture --test-threads=1

install:
	$(CARGO) build --profile dist
	deploy/install.sh target/dist/presswatch "$(DESTDIR)" "$(PREFIX)"

prepare:
	@deploy/prepare.sh
