# Thin: every rule calls one program that also works by hand. `make help` lists them.
#
#   BUILD=dir        where everything goes (build)
#   FILE=path        what `make run` stores and reads back
#   PORT=n           where `make demo` serves (8417; 0: any free port)
#   SAFE_SEED=n      seed of all random tests (a fresh one each time; printed)
#   JOBS=n           compilers and tests at a time (the number of cores)
SHELL := /bin/sh
.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
FILE ?=
PORT ?= 8417
CTEST_ARGS ?=
override BUILD := $(abspath $(BUILD))
PYTHON := /usr/bin/python3
SETUP := packaging/setup.sh
CMAKE_DIR = $(BUILD)/cmake

# What cmake says is shown only if it fails, and ninja says nothing when nothing is to be done.
configured = { [ -f $(CMAKE_DIR)/build.ninja ] && grep -qs '^SAFE_OUTPUT_DIR:[A-Z]*=$(BUILD)$$' $(CMAKE_DIR)/CMakeCache.txt; }
# A tree that `make run` made has less in it.
WHOLE := -DSAFE_BUILD_JAVA=ON -DSAFE_BUILD_CSHARP=ON
whole = grep -qs '^SAFE_BUILD_JAVA:BOOL=ON' $(CMAKE_DIR)/CMakeCache.txt
configure = { mkdir -p $(CMAKE_DIR) && echo "configuring $(CMAKE_DIR)" && \
  cmake -S . -B $(CMAKE_DIR) -G Ninja -DSAFE_OUTPUT_DIR=$(BUILD) $(LIBDIR) $(1) >$(CMAKE_DIR)/configure.log 2>&1 || \
  { cat $(CMAKE_DIR)/configure.log; exit 1; }; }
ninja = ninja -C $(CMAKE_DIR) -n $(1) | grep -q 'no work to do' || ninja -C $(CMAKE_DIR) -j $(JOBS) $(1)
# Debian's place for libraries, found by its compilers and loader below /usr and /usr/local alike.
LIBDIR = $(addprefix -DCMAKE_INSTALL_LIBDIR=lib/,$(shell dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null))

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: build
build: build-native build-wasm npm ## all of it, into build/

.PHONY: build-native
build-native: ## libsafe.so, libsafe.a, headers, the safe tool, the Python module, the Java package and the C# assembly
	@$(SETUP) build java csharp
	@$(configured) && $(whole) || $(call configure,-DSAFE_BUILD_TESTS=OFF $(WHOLE))
	@$(call ninja,product)

# The first minutes of a newcomer are not for languages that `make run` does not show.
.PHONY: build-run
build-run:
	@$(SETUP) build
	@$(configured) || $(call configure,-DSAFE_BUILD_TESTS=OFF -DSAFE_BUILD_JAVA=OFF -DSAFE_BUILD_CSHARP=OFF)
	@$(call ninja,safe safe_headers safe_cli safe_python)

.PHONY: build-wasm
build-wasm: ## libsafe.wasm with its JavaScript, and libsafe.a for wasm
	@$(SETUP) build wasm
	@wasm/build.sh $(BUILD) $(JOBS)

.PHONY: build-tests
build-tests: build-wasm
	@$(SETUP) build java csharp test rust js projects
	@wasm/build.sh $(BUILD) $(JOBS) safe_vectors
	@$(configured) && grep -qs '^SAFE_BUILD_TESTS:BOOL=ON' $(CMAKE_DIR)/CMakeCache.txt || \
	  $(call configure,-DSAFE_BUILD_TESTS=ON $(WHOLE))
	@$(call ninja,all product)

.PHONY: npm
npm: build-wasm ## the npm package libsafe, into build/npm
	@$(SETUP) build js
	@$(configured) || $(call configure,-DSAFE_BUILD_TESTS=OFF)
	@$(call ninja,safe_npm)

.PHONY: demo
demo: npm ## a drive and a playground, in the browser of this machine (PORT=8417)
	@node bindings/js/examples/demo.mjs --package $(BUILD)/npm --out $(BUILD)/demo --port $(PORT)

.PHONY: run
run: build-run ## store a real file (FILE=path) in an embedded vault and read it back through C, the CLI and Python
	@$(PYTHON) tests/tour/demo.py --build $(BUILD) $(if $(FILE),--file '$(FILE)')

.PHONY: test
test: build-tests ## all tests, counts scaled to minutes
	@$(PYTHON) tests/driver/ctest.py --build $(CMAKE_DIR) --jobs $(JOBS) -- $(CTEST_ARGS)

.PHONY: test-full
test-full: build-tests ## the same tests at full counts and sizes: hours; summary in build/test-full.txt
	@-$(SETUP) oracle
	@$(PYTHON) tests/driver/ctest.py --build $(CMAKE_DIR) --jobs $(JOBS) --full --summary $(BUILD)/test-full.txt -- $(CTEST_ARGS)

.PHONY: bench
bench: build-tests ## speed beside the upstream crate and in wasm, share of each stage, cost of boundaries, languages and the addon, the network, memory
	@wasm/build.sh $(BUILD) $(JOBS) stages_bench
	@-$(SETUP) oracle bench
	@$(PYTHON) tests/bench/run.py --build $(BUILD)

.PHONY: sanitize
sanitize: ## the suites under ASan + UBSan, and under TSan
	@$(SETUP) build test
	@tests/driver/sanitize.sh $(JOBS)

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_SECONDS (60) each
	@$(SETUP) build test
	@tests/driver/fuzz.sh $(JOBS)

.PHONY: format
format: ## all C and C++ as .clang-format says
	@$(SETUP) test
	@$(PYTHON) tests/lint/style.py

.PHONY: package
package: build-native npm ## dist/: .deb packages, a Python wheel, an npm tarball, a Maven repository, a NuGet package and a crate
	@packaging/debian/build.sh $(CMAKE_DIR) dist
	@$(PYTHON) packaging/wheel/build.py --build $(BUILD) --out dist
	@npm pack --silent --pack-destination dist $(BUILD)/npm
	@$(PYTHON) packaging/maven/build.py --java $(BUILD)/java --out dist
	@$(PYTHON) packaging/nuget/build.py --csharp $(BUILD)/csharp --out dist
	@$(PYTHON) packaging/crate/build.py --rust $(BUILD)/rust --out dist

.PHONY: install
install: build-native ## below PREFIX (/usr/local)
	@cmake --install $(CMAKE_DIR) $(if $(PREFIX),--prefix '$(PREFIX)')

.PHONY: clean
clean: ## remove all that was built here; the cached dependencies stay
	@rm -rf $(BUILD) build-asan build-tsan build-fuzz dist
