"""Prints every figure of this project, measured in this run: `make bench`."""

from __future__ import annotations

from benchmarks import crowd, engine, inviting, measuring, pages, reports
from benchmarks.diagnosing import CASE, certified_over_bare, cold_start, memory_growth


def main() -> None:
    """Measure and print, one line a figure."""
    print(f"{'figure':<62}{'measured':>10}{'aim':>10}", flush=True)
    line("diagnosis with certificate and trace ÷ bare engine run", certified_over_bare(), "≤ 1.30")
    for name, (measured, aim) in engine.ratios().items():
        line(name, measured, "" if aim is None else f"≤ {aim:.2f}")
    for figures in (measuring.figures, pages.figures, inviting.figures, crowd.figures, reports.figures):
        for name, measured, aim_text in figures():
            line(name, measured, aim_text)
    line("assess --help, cold, seconds", cold_start("--help"), "≤ 0.30")
    line("assess diagnose of one file, cold, seconds", cold_start("diagnose", str(CASE)), "≤ 1.50")
    line("growth over the last 9,000 of 10,000 diagnoses, MiB", memory_growth(), "flat")


def line(name: str, measured: float, aim: str) -> None:
    """Print one figure."""
    print(f"{name:<62}{measured:>10,.2f}{aim:>10}", flush=True)


if __name__ == "__main__":
    main()
