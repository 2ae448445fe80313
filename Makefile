# The whole developer interface. Each target sets up what it needs.
PYTHON := .venv/bin/python
PIP := .venv/bin/pip --disable-pip-version-check -q
DEMO := build/demo
FUZZ_SECONDS ?= 600
MINUTES ?= 30

pyds_sources := $(shell find packages/pyds -type f -not -path '*/tests/*' -not -path '*/build/*')
cuframes_sources := $(shell find packages/cuframes -type f -not -path '*/tests/*' -not -path '*/build/*' 2>/dev/null)
python_code := packages tests examples benchmarks tools
cpp_code := $(shell find packages -not -path '*/build/*' '(' -name '*.h' -o -name '*.cpp' -o -name '*.cc' ')')

.PHONY: help setup build wheels demo test test-native test-python test-slow test-sanitizers test-valgrind soak fuzz bench lint format docs clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: .venv/.setup ## Install system packages and the .venv
.venv/.setup: $(wildcard tools/setup/*)
	tools/setup/setup.sh
	@touch $@

build: .venv/.pyds .venv/.pythia .venv/.cuframes ## Build and install the packages into the .venv
.venv/.pyds: .venv/.setup $(pyds_sources)
	$(PIP) install --no-build-isolation -Cbuild-dir=build/pyds packages/pyds
	@touch $@
.venv/.cuframes: .venv/.setup $(cuframes_sources)
	$(PIP) install --no-build-isolation -Cbuild-dir=build/cuframes packages/cuframes
	@touch $@
.venv/.pythia: .venv/.setup packages/pythia/pyproject.toml
	$(PIP) install -e "packages/pythia[amqp,kafka,mqtt,opencv,prometheus,redis]"
	@touch $@

wheels: .venv/.setup ## Build the three wheels into build/wheels
	$(PIP) wheel --no-build-isolation --no-deps -w build/wheels packages/pyds packages/cuframes
	$(PIP) wheel --no-deps -w build/wheels packages/pythia

demo: build ## Detect objects in the built-in clip and write an annotated video
	@mkdir -p $(DEMO)
	.venv/bin/gst-pylaunch \
	  -p examples/detect/pipeline.txt \
	  --pgie-conf=/opt/nvidia/deepstream/deepstream/samples/configs/deepstream-app/config_infer_primary.txt \
	  --input=/opt/nvidia/deepstream/deepstream/samples/streams/sample_720p.mp4 \
	  --output=$(DEMO)/annotated.mp4 \
	  --probe=examples/detect/probe.py:gen_detections@pgie.src
	@echo "Annotated video: $(DEMO)/annotated.mp4"

test: test-native test-python ## Run every test

# Runs the GoogleTest suites of both native packages under the CMake preset $(1).
define native_tests
	cmake --preset $(1) -S packages/pyds -B build/pyds-$(1) >/dev/null
	cmake --build build/pyds-$(1)
	ctest --test-dir build/pyds-$(1) --output-on-failure
	cmake --preset $(1) -S packages/cuframes -B build/cuframes-$(1) >/dev/null
	cmake --build build/cuframes-$(1)
	ctest --test-dir build/cuframes-$(1) --output-on-failure
endef

test-native: .venv/.setup ## GoogleTest suites of the C++ code
	$(call native_tests,dev)

test-python: build ## pytest over all packages, examples and documents
	$(PYTHON) -m pytest

test-slow: build ## What takes minutes: long outages of brokers, long videos
	$(PYTHON) -m pytest -m slow

test-sanitizers: export LSAN_OPTIONS = suppressions=$(abspath tools/setup/lsan.supp)
test-sanitizers: .venv/.setup ## The C++ tests under AddressSanitizer and UBSan
	$(call native_tests,asan)

test-valgrind: .venv/.setup ## The C++ tests of pyds under valgrind
	tools/setup/setup.sh tools/setup/apt-packages-valgrind.txt
	tools/setup/valgrind.sh

soak: build ## Sources that come and go for MINUTES=30; memory, files and threads stay flat
	$(PYTHON) -m tests.soak --minutes $(MINUTES)

fuzz: export LSAN_OPTIONS = suppressions=$(abspath tools/setup/lsan.supp)
fuzz: .venv/.setup ## libFuzzer on what cuframes reads from other processes, FUZZ_SECONDS per target
	tools/setup/setup.sh tools/setup/apt-packages-fuzz.txt
	cmake --preset fuzz -S packages/cuframes -B build/cuframes-fuzz >/dev/null
	cmake --build build/cuframes-fuzz
	for target in $(notdir $(wildcard packages/cuframes/native/fuzz/corpus/*)); do \
	  mkdir -p build/fuzz/$$target && build/cuframes-fuzz/native/fuzz/$$target \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=600 -print_final_stats=1 -artifact_prefix=build/fuzz/ \
	    build/fuzz/$$target packages/cuframes/native/fuzz/corpus/$$target || exit 1; \
	done

bench: build ## Measure against the floor and against peers; writes build/bench/*.json
	$(PIP) install -r tools/setup/requirements-bench.txt
	$(PYTHON) benchmarks/run.py

lint: build ## Formatting, lint and types
	.venv/bin/ruff check $(python_code)
	.venv/bin/ruff format --check $(python_code)
	clang-format --dry-run -Werror $(cpp_code)
	.venv/bin/codespell README.md CHANGELOG.md CONTRIBUTING.md docs $(python_code)
	.venv/bin/mypy

format: .venv/.setup ## Rewrite the code in the project's format
	.venv/bin/ruff check --fix $(python_code)
	.venv/bin/ruff format $(python_code)
	clang-format -i $(cpp_code)

docs: build ## Build the documentation site into build/docs, warnings as errors
	$(PIP) install -r tools/setup/requirements-docs.txt
	.venv/bin/sphinx-build -q -W --keep-going docs build/docs
	@echo "Documentation: build/docs/index.html"

clean: ## Remove what was built, keep the .venv
	rm -rf build .venv/.pyds .venv/.pythia .venv/.cuframes
