# Everything runs from a fresh clone: each target makes .venv first if it has to.
ASSESS = .venv/bin/assess
RUN = .venv/bin/python -m

.PHONY: demo test bench soak
demo: .venv/ready
	$(ASSESS) demo
test: .venv/ready
	scripts/test
bench: .venv/ready
	$(RUN) benchmarks
soak: .venv/ready
	ASSESS_SOAK=50000 $(RUN) pytest -n 0 tests/engine/test_differential.py

.venv/ready: pyproject.toml uv.lock scripts/set-up
	scripts/set-up
