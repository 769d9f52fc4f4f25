# Everything runs from a fresh clone: each target makes .venv first if it has to.
ASSESS = .venv/bin/assess
RUN = .venv/bin/python -m
unexport PYTHONDONTWRITEBYTECODE # else every process compiles every module anew

.PHONY: demo test bench soak
demo: .venv/ready
	$(ASSESS) demo
test: .venv/ready
	scripts/test
bench: .venv/ready
	$(RUN) benchmarks
soak: .venv/ready
	ASSESS_SOAK=50000 ASSESS_CHAOS=5000 ASSESS_FAULTS=200 ASSESS_TORN=2000 $(RUN) pytest -n 2 --dist load \
	  tests/engine/test_differential.py tests/workflow/test_chaos.py tests/faults

.venv/ready: pyproject.toml uv.lock scripts/set-up
	scripts/set-up
