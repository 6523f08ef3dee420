"""`python -m tests.benchmarks [NAME …]`: all of them, or those named, one after the other."""

from __future__ import annotations

import argparse
from importlib import import_module

BENCHMARKS = ("intake", "tallies", "columns", "papers", "phone", "protocols")


def main() -> None:
    """Run the benchmarks; each prints its table and the goal it is held against."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=(*BENCHMARKS, []), metavar="|".join(BENCHMARKS))
    for place, name in enumerate(parser.parse_args().names or BENCHMARKS):
        print(f"\n== {name}" if place else f"== {name}", flush=True)
        module = import_module(f"tests.benchmarks.{name}")
        start = module.main if hasattr(module, "main") else module.run
        start()


if __name__ == "__main__":
    main()
