"""Runs the benchmark suites and writes a table and JSON.

    python benchmarks/run.py                  # all suites
    python benchmarks/run.py pipeline --rounds 7

Peers run interleaved in one go and are compared within a round: absolute times on a shared machine
mislead, ratios less so. Results go to build/bench/<suite>.json.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SUITES = ("pipeline", "metadata", "tracker", "events", "messages", "cuframes")


def main() -> None:
    """Parses the arguments, runs the suites, prints and saves their results."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("suites", nargs="*", choices=[*SUITES, []], metavar="suite")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()

    sys.path.insert(0, str(REPOSITORY))
    results = REPOSITORY / "build/bench"
    results.mkdir(parents=True, exist_ok=True)
    for suite in args.suites or SUITES:
        outcome = importlib.import_module(f"benchmarks.{suite}.suite").run(args.rounds)
        outcome["machine"] = {
            "cpu": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
        }
        (results / f"{suite}.json").write_text(json.dumps(outcome, indent=2) + "\n")
        print(f"## {suite} ({args.rounds} rounds)")
        print_tree(outcome, "")


def print_tree(values: dict[str, object], indent: str) -> None:
    """Prints nested results, one value a line."""
    for key, value in values.items():
        if isinstance(value, dict):
            print(f"{indent}{key}")
            print_tree(value, indent + "  ")
        else:
            shown = f"{value:.3f}" if isinstance(value, float) else value
            print(f"{indent}{key:<42} {shown}")


if __name__ == "__main__":
    main()
