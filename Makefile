# make run   sets up, plans the sample scenario, and opens the desktop program where there is a display
# make test  sets up, checks the sources and passes all the tests
# make bench measures, beside peers in the same run; tables go to out/bench. YEAR=1 adds the year of a constellation
# make scoreboard measures all of tests/benchmarks/scoreboard.md anew, in some minutes. COVERAGE=1 counts lines over the whole suite
SAMPLE := resources/samples/first-plan/first-plan.scenario.toml
OUT    := out/first-plan
BIN    := .venv/bin

export PYTHONDONTWRITEBYTECODE := 1

.PHONY: setup run test check bench scoreboard

setup:
	@packaging/bootstrap.sh

run: setup
	@$(BIN)/euroqci-planner plan $(SAMPLE) --out $(OUT)
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	  echo "opening the desktop program: close its window to end"; $(BIN)/euroqci-planner gui || true; fi

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

scoreboard: setup
	$(BIN)/python tests/benchmarks/scoreboard.py $(if $(COVERAGE),--coverage)
