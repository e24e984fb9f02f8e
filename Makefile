# Two commands: `make run` starts the app, `make test` proves it. Both do all the set-up on a fresh machine.
PYTHON ?= python3
BIN := .venv/bin
# More options for pip, such as --index-url with the address of torch's CPU builds. Packages from elsewhere have other
# digests than requirements.lock.txt: its versions then bind as they are, without the digests.
PIP_OPTIONS ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test browser faults bench load hosting-check cluster s3 mlflow lint samples lock clean
.DEFAULT_GOAL := run

run: .venv/app
	$(BIN)/streamlit run streamlit_app.py

# The workers and the processes they start share the cores: a thread each, or they wait for each other. Three workers
# keep two cores busy, since browser tests mostly wait; in the files' own order, or the slowest would come last.
test: .venv/dev
	@sh tests/find_browser.sh --install $(BIN)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy engine pages streamlit_app.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Every control of every page in a real browser, each on a fresh page, what they reveal, and random sequences:
# the better part of an hour on two cores, which three tabs keep busy. LOSS_LAB_BROWSER_SEED=7 draws other sequences.
browser: .venv/dev
	@sh tests/find_browser.sh --install $(BIN)
	LOSS_LAB_BROWSER=all OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/browser_controls

# 200 processes killed at random moments, disks that refuse, damaged files, two servers: about half an hour on two cores.
# The counts go into docs/security.md. FAULTS="--kills 20 --only kills,two" does less, and leaves the document alone.
faults: .venv/dev
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.faults $(FAULTS)

bench: .venv/dev
	@sh tests/find_browser.sh --install $(BIN)
	$(BIN)/python -m benchmarks

# Thirty visitors for MINUTES minutes, five of whom train: docs/hosting.md says what is measured.
MINUTES ?= 10
load: .venv/dev
	$(BIN)/python -m benchmarks.load --minutes $(MINUTES)

# The Dockerfile's steps without Docker: a clean environment, a read-only source, and (as root) an unprivileged user.
hosting-check:
	PIP_OPTIONS="$(PIP_OPTIONS)" $(PYTHON) -m tests.hosting.check

# Runs sent to a local MLflow server, which dies in between. Client and server have an environment each: the server's
# package wants other versions of pandas and pyarrow.
mlflow: .venv/dev .venv/mlflow-client .venv/mlflow-server
	LOSS_LAB_MLFLOW_SERVER=.venv/mlflow-server/bin/mlflow OMP_NUM_THREADS=1 .venv/mlflow-client/bin/python -m pytest -m mlflow tests/training/mlflow_tracking

.venv/mlflow-client: requirements-mlflow.txt
	$(PYTHON) -m venv $@
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' > $$(echo $@/lib/python*/site-packages)/loss-lab.pth
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r $< $(PIP_OPTIONS)
	@touch $@

.venv/mlflow-server: requirements-mlflow.txt
	$(PYTHON) -m venv $@
	sed 's/mlflow-skinny/mlflow/' $< | $@/bin/python -m pip install --quiet --disable-pip-version-check -r /dev/stdin $(PIP_OPTIONS)
	@touch $@

# Jobs on a Ray cluster of this machine alone, in an environment with Ray: docs/scale.md says what is measured.
cluster: .venv/dev .venv/ray
	OMP_NUM_THREADS=1 .venv/ray/bin/python -m pytest -m ray tests

.venv/ray: requirements-ray.txt requirements-s3-tests.txt
	$(PYTHON) -m venv $@
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' > $$(echo $@/lib/python*/site-packages)/loss-lab.pth
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r $< -r requirements-s3-tests.txt $(PIP_OPTIONS)
	@touch $@

# Runs and images in object storage, against a server of this machine that dies in between.
s3: .venv/dev .venv/s3
	OMP_NUM_THREADS=1 .venv/s3/bin/python -m pytest -m s3 tests/object_storage

.venv/s3: requirements-s3.txt requirements-s3-tests.txt
	$(PYTHON) -m venv $@
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' > $$(echo $@/lib/python*/site-packages)/loss-lab.pth
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-s3-tests.txt $(PIP_OPTIONS)
	@touch $@

# The bundled pictures again, byte for byte.
samples: .venv/app
	$(BIN)/python -m engine.synthetic sample_data

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Loss Lab needs Python 3.11 or newer: call make with PYTHON=python3.12, for example."; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/app: .venv/python requirements.txt requirements.lock.txt
ifeq ($(strip $(PIP_OPTIONS)),)
	$(PIP) -r requirements.lock.txt
else
	sed -e '/^ *#/d' -e '/^ *--hash/d' -e 's/ *\\$$//' requirements.lock.txt > .venv/constraints.txt
	$(PIP) -r requirements.txt -c .venv/constraints.txt $(PIP_OPTIONS)
endif
	@touch $@

# requirements.lock.txt again, after a change of requirements.txt.
lock: .venv/dev
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements.txt --output-file requirements.lock.txt

.venv/dev: .venv/app requirements-dev.txt
	$(PIP) -r requirements-dev.txt $(PIP_OPTIONS)
	@touch $@

clean:
	rm -rf .venv .pytest_cache .ruff_cache
