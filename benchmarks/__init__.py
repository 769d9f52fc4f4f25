"""What claims about speed and memory rest on; every figure is a ratio or a time within one run."""

import sys
from pathlib import Path

# The databases, surveys and forms of the tests serve here too.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
