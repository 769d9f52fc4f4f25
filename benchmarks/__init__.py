"""What claims about speed rest on: ratios measured within one run."""
