# The index of what can be done here; `make help` prints it.
SHELL := /bin/bash
CARGO ?= cargo
PREFIX ?= /usr/local
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)
BINARIES := dx-parse dx-index dx-codegen dx-exec dx-pipe dx-testrun
# A static executable starts in 1.0 ms where a dynamic one takes 1.4 (musl: 0.7, but its memory functions are slower).
LIBC := $(shell $(or $(CC),cc) -print-file-name=libc.a 2>/dev/null)
HOST := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
STATIC := $(if $(wildcard $(LIBC)),$(HOST))

RECORDS := coverage evidence records selection selection_package since
TESTS := $(CARGO) $(if $(NEXTEST),nextest run,test) --workspace --locked --no-fail-fast
TESTS_OF_RECORDS := $(TESTS) $(addprefix --test ,$(RECORDS))

.PHONY: help build demo test check bench soak conformance install wheel man clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | while IFS=$$'\t' read -r n d; do printf '  make %-12s %s\n' "$$n" "$$d"; done

build: ## release executables in target/release, static where the C library is there for it
ifeq ($(STATIC),)
	$(CARGO) build --release --locked $(addprefix -p ,$(BINARIES)) -p dx-launcher
else
	RUSTFLAGS="$(RUSTFLAGS) -C target-feature=+crt-static" $(CARGO) build --release --locked --target $(HOST) $(addprefix -p ,$(BINARIES)) -p dx-launcher
	@mkdir -p target/release && cp -f $(addprefix target/$(HOST)/release/,$(BINARIES) dx) target/release/
endif

demo: ## build the standard library and two example projects, run them, edit a function, rebuild
	$(CARGO) build --profile quick --locked $(addprefix -p ,$(BINARIES))
	@scripts/demo target/quick

test: ## every test; what tests record also with a newer Python, where python3 has no sys.monitoring and there is one that has
	@scripts/test-venv
	$(CARGO) build --locked $(addprefix -p ,$(BINARIES))
	@newer=$$(scripts/test-venv --newer) || exit; status=0; set -x; \
	  if [ -n "$$newer" ]; then DX_TEST_PYTHON="$$newer" $(TESTS_OF_RECORDS) || status=$$?; fi; \
	  $(TESTS) || status=$$?; exit $$status

check: ## formatting, lints, rules of the house, documentation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(CARGO) test -q -p dx-scripts --locked
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" $(CARGO) doc --workspace --no-deps --document-private-items --locked -q

bench: ## figures beside peers (installs what it compares with)
	@benches/run

soak: ## long runs: faults, random edits, histories of real projects (hours)
	$(CARGO) build --profile quick --locked $(addprefix -p ,$(BINARIES)) -p dx-benches
	@scripts/test-venv
	DX_SOAK=1 $(CARGO) nextest run --workspace --locked --cargo-profile quick
	@scripts/soak-selection target/quick

conformance: ## CPython's own regression tests on dx-exec (needs the reference Pythons)
	@scripts/conformance-run

install: build ## into $(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(addprefix target/release/,dx $(BINARIES)) $(DESTDIR)$(PREFIX)/bin

wheel: ## the Python package in target/wheels, with static executables (needs python3 with venv)
	@scripts/wheel

man: build ## manual pages in target/man
	@mkdir -p target/man
	@for b in $(BINARIES); do target/release/$$b --man > target/man/$$b.1 || exit 1; done; ls target/man

clean: ## remove what was built
	$(CARGO) clean
