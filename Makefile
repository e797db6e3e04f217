# Nothing but Python 3.11 (or newer) and make is needed: every target installs what it uses.

# The system's own Python is the first choice if it is complete: it is compiled with optimization,
# unlike many of version managers, and tests take a fifth less time.
COMPLETE := import ensurepip, os, sys, sysconfig; \
	sys.exit(not os.path.exists(sysconfig.get_config_var("INCLUDEPY") + "/Python.h"))
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(RECENT)' 2>/dev/null && \
	/usr/bin/python3 -c '$(COMPLETE)' 2>/dev/null && echo /usr/bin/python3 && exit; \
	for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c '$(RECENT)' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

# Tests and benchmarks start Python hundreds of times, which need not compile the same modules anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo web screenshots test test-benchmarks types style check check-numpy test-numpy test-browser test-opensearch opensearch sanitize nightly soak versions nox format bench bench-peers bench-scale bench-sync bench-export bench-facets bench-order bench-copies bench-similar bench-alerts bench-opensearch bench-lists bench-relevance bench-report clean

demo: .venv/installed  ## Index the sample archive and search it.
	$(BIN)/searchlib demo

web: .venv/installed  ## Serve the sample archive as web pages, and open them.
	$(BIN)/searchlib serve --demo --open

screenshots: .venv/installed  ## Take the pictures of the docs; chromium is needed.
	$(BIN)/python -m tests.browser.screenshots

# What has a target of its own, as it needs a browser, servers in Java, or checkers of types, or as it
# tests no part of the library.
ELSEWHERE := --ignore=tests/browser --ignore=tests/opensearch --ignore=tests/typing \
	--ignore-glob='tests/test_benchmark*'

# Each worker gets one half of the tests and then takes from the other's: so the tests of a module,
# which share what takes long to make, are seldom divided. numpy's BLAS starts no threads, which each
# process that a test starts would wait for.
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -n auto --dist worksteal $(ELSEWHERE)

test: .venv/installed  ## All tests but those of types, of benchmarks, in a browser and on OpenSearch.
	$(PYTEST)

test-benchmarks: .venv/installed  ## Do the benchmarks run, and measure nothing that is wrong?
	$(BIN)/pytest -n auto tests/test_benchmark*.py

types: .venv/installed  ## Types, and what type checkers make of a user's programs.
	$(BIN)/mypy
	$(BIN)/pytest tests/typing

style: .venv/installed  ## The project's style.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: style types test test-benchmarks  ## Style, types and tests: what each change must pass.

check-numpy: .venv/installed  ## The tests, without the compiled kernels.
	SEARCHLIB_KERNELS=numpy $(PYTEST)

# Kernels are called where an index is searched, highlighted, written, merged or read while damaged,
# and where documents become plain values. These tests of the callers run over numpy, too. Not so the
# tests of postings, which give both kernels the same and run over both always; nor those of what is
# above an index and has what kernels find from a search: one module each of commands, pages, exports
# and syncs shows that they get it. Files and queries are read without a kernel.
OVER_NUMPY := fingerprints highlight search segment test_concordance test_copies test_damaged_index \
	test_facade test_filters test_generations test_highlight test_highlight_hits \
	test_highlight_news test_highlight_words test_index test_inversion test_label_spellings \
	test_lists test_mixed_languages test_mixed_values test_model_neighbours test_model_types \
	test_nested_fields test_order test_pages test_results_values \
	test_round_trips test_schema test_shared_by_threads test_similar test_synonyms test_threads \
	test_words \
	postings/test_choice whoosh_compat/test_queries whoosh_compat/test_results \
	whoosh_compat/test_to_whoosh \
	export/test_all_hits server/test_pages sync/test_sync test_cli

test-numpy: .venv/installed  ## The tests of what calls the kernels, without the compiled ones.
	SEARCHLIB_KERNELS=numpy $(PYTEST) $(wildcard $(OVER_NUMPY:%=tests/%.py) $(OVER_NUMPY:%=tests/%))

test-browser: .venv/installed  ## The pages in a browser; chromium is needed.
	$(BIN)/pytest tests/browser

test-opensearch: .venv/installed  ## The library on servers of OpenSearch; Java and Maven are needed.
	$(BIN)/pytest tests/opensearch

opensearch: .venv/installed  ## Run OpenSearch on this machine; OPTIONS="--nodes 3" is a cluster.
	$(BIN)/python -m tests.opensearch $(OPTIONS)

# The kernels with bounds checked by the compiler, in a copy that nothing else uses. numpy and
# Python are not checked, so leaks of theirs are no concern.
SANITIZED := build/sanitized
ASAN = $(shell $(CC) -print-file-name=libasan.so)

sanitize: .venv/installed  ## Damage and fuzz on kernels under AddressSanitizer; gcc is needed.
	rm -rf $(SANITIZED) && mkdir -p $(SANITIZED) && cp -R src/searchlib $(SANITIZED)/
	rm -f $(SANITIZED)/searchlib/*/*.so
	for module in postings/compiled postings/compiled_counts fingerprints/compiled schema/compiled highlight/compiled storage/compiled; do \
		$(BIN)/python -m cython -3 src/searchlib/$$module.pyx \
			-o $(SANITIZED)/searchlib/$$module.c && \
		$(CC) -shared -fPIC -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
			-I$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("include"))') \
			$(SANITIZED)/searchlib/$$module.c \
			-o $(SANITIZED)/searchlib/$$module.so || exit 1; \
	done
	LD_PRELOAD="$(ASAN)" ASAN_OPTIONS=detect_leaks=0 SEARCHLIB_KERNELS=compiled \
		PYTHONPATH=$(SANITIZED) PYTHONMALLOC=malloc $(BIN)/python -m pytest -p no:cacheprovider \
		tests/postings tests/fingerprints tests/highlight tests/search tests/segment tests/test_damaged_index.py \
		tests/test_plain_values.py

NIGHTLY := tests/test_crashes.py tests/test_write_errors.py tests/test_damaged_index.py \
	tests/test_readers_and_a_writer.py tests/test_highlight_news.py \
	tests/server/test_fuzz.py tests/server/test_description.py

nightly: .venv/installed  ## Ten times as many: kills, full disks, damage, snippets, requests; more examples.
	SEARCHLIB_NIGHTLY=1 $(BIN)/pytest $(NIGHTLY)
	SEARCHLIB_NIGHTLY=1 $(PYTEST) $(NIGHTLY:%=--ignore=%)
	SEARCHLIB_NIGHTLY=1 $(BIN)/pytest tests/opensearch/test_nodes_killed.py

soak: .venv/installed  ## A shop of two workers and a writer under 16 threads for two minutes.
	$(BIN)/python -m benchmarks.soak $(OPTIONS)

# To install without a compiler is the same on every Python, so only the oldest does it.
VERSIONS := "bare-3.11(kernels='numpy')" "bare-3.11(kernels='compiled')" \
	"bare-3.12(kernels='compiled')" "bare-3.13(kernels='compiled')" selection

versions: .venv/installed  ## Wheel and sdist on every supported Python, and a selection of tests.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/nox -s $(VERSIONS)

nox: .venv/installed  ## That, and all tests on every Python and on the lowest versions declared.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/nox

format: .venv/installed  ## Put the code into the project's style.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

BENCH := $(BIN)/pytest benchmarks/hot_paths --benchmark-max-time=0.5 --benchmark-sort=name \
	--benchmark-columns=min,median,iqr,rounds

bench: .venv/benchmarks  ## Time the hot paths; SAVE=name keeps a baseline, COMPARE=name sets it beside.
	@test -z "$(COMPARE)" || ls .benchmarks/*/*_$(COMPARE)*.json >/dev/null 2>&1 || \
		{ echo "expected a baseline, got none: make bench SAVE=$(COMPARE)"; exit 1; }
	$(BENCH) $(if $(SAVE),--benchmark-save=$(SAVE)) \
		$(if $(COMPARE),--benchmark-compare='*_$(COMPARE)') $(OPTIONS)

bench-peers: .venv/benchmarks  ## Compare with other engines; OPTIONS="--dataset synthetic:20000" ...
	$(BIN)/python -m benchmarks.peers $(OPTIONS)

bench-scale: .venv/benchmarks  ## Grow an archive to a million articles; goes on where it was stopped.
	$(BIN)/python -m benchmarks.scale $(OPTIONS)

bench-sync: .venv/benchmarks  ## Time a second and a third sync of a folder with a file for each article.
	$(BIN)/python -m benchmarks.sync $(OPTIONS)

bench-export: .venv/benchmarks  ## Export all of a million articles in each format.
	$(BIN)/python -m benchmarks.export $(OPTIONS)

bench-opensearch: .venv/benchmarks  ## Copy articles to OpenSearch, beside opensearch-py's helper.
	$(BIN)/python -m benchmarks.opensearch $(OPTIONS)

bench-facets: .venv/benchmarks  ## Count all hits by label and month, beside tantivy and SQLite.
	$(BIN)/python -m benchmarks.facets $(OPTIONS)

bench-order: .venv/benchmarks  ## Time hits in an order and page after page, beside tantivy.
	$(BIN)/python -m benchmarks.order $(OPTIONS)

bench-relevance: .venv/benchmarks  ## Rank a judged collection; OPTIONS="--collection FOLDER" is yours.
	$(BIN)/python -m benchmarks.relevance $(OPTIONS)

bench-similar: .venv/benchmarks  ## Are similar articles about one topic, and what does it cost?
	$(BIN)/python -m benchmarks.similar $(OPTIONS)

bench-copies: .venv/benchmarks  ## Are copies found, and what does it cost?
	$(BIN)/python -m benchmarks.copies $(OPTIONS)

bench-alerts: .venv/benchmarks  ## Match new articles with 10,000 saved queries.
	$(BIN)/python -m benchmarks.alerts $(OPTIONS)

bench-lists: .venv/benchmarks  ## Run a list of 10,000 names, one by one and together; OPTIONS=INDEX is yours.
	$(BIN)/python -m benchmarks.lists $(OPTIONS)

bench-report: .venv/benchmarks  ## Put what was measured into the docs and the README.
	$(BIN)/python -m benchmarks.report --update

clean:  ## Remove everything that was made here.
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .nox build/opensearch

.venv/installed: pyproject.toml $(wildcard src/searchlib/*/*.pyx)
	@test -n "$(PYTHON)" || { echo "searchlib needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing into .venv (one or two minutes) ..."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' && \
		$(BIN)/searchlib --version
	@touch $@

.venv/benchmarks: .venv/installed
	@echo "Installing what the benchmarks need ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@
