# make run   sets up and plans the sample scenario
# make test  sets up, checks the sources and passes all the tests
SAMPLE := resources/samples/first-plan/first-plan.scenario.toml
OUT    := out/first-plan
BIN    := .venv/bin

export PYTHONDONTWRITEBYTECODE := 1

.PHONY: setup run test check bench

setup:
	@packaging/bootstrap.sh

run: setup
	@$(BIN)/euroqci-planner plan $(SAMPLE) --out $(OUT)

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports --no-cache
	packaging/check_lock.sh

test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: setup
	$(BIN)/python -m pytest tests/benchmarks --benchmark-columns=min,median,rounds -o addopts="--strict-markers --import-mode=importlib" -s
