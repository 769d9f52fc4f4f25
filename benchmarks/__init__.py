"""What claims about speed and memory rest on; every figure is a ratio or a time within one run."""
