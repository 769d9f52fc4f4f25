"""Runs the command line as `python -m assess`."""

from assess.cli import main

main()
