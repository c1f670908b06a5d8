"""Measures speed and memory on stated data and prints tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
import os
from pathlib import Path
import platform
import subprocess
import sys

from benchmarks import influx_speed
from benchmarks.speed import report
from benchmarks.speed.data import Data
from benchmarks.speed.measures import TRACKING, USUAL, Bench

from .command_line import Parser, at_least
from .failure import UnusableError, run

NAME = "bench"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: those of the command line, unless others are given.
    """
    options = _parser().parse_args(arguments)
    data = Data(options.cache, _say)
    bench = Bench(data, options.repeat, _say)
    return run(NAME, lambda: _measure(bench, data, full=options.full))


def _measure(bench: Bench, data: Data, *, full: bool) -> int:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    print(f"CPython {platform.python_version()}, {platform.machine()}, {cores} cores")
    try:
        nights = list(bench.nights())
        others = [*bench.batch(), *bench.million(), *bench.first(), bench.reading()]
        _print("Cost (medians)", report.costs([*nights, *others]))
        _print("Those nights", report.facts(nights))
        _print("Their detectors", report.detectors([*nights, *others[:1]]))
        _print("Beside plain sqlite3", [report.share(bench.plain(), nights[0])])
        _print("Size of the store", report.year(bench.sizes(USUAL)))
        _print("Of a home twice as large", report.year(bench.sizes(TRACKING)))
        influx = influx_speed.tables(data.store(TRACKING, influx_speed.DAYS), _say)
        _print("That twice as large home on InfluxDB", influx)
        if full:
            _print("A year at once", report.costs(bench.year()))
            grown = list(bench.scaling())
            _print("How it grows (medians)", report.costs(grown))
            _print("Those nights", report.facts(grown))
            _print("Their detectors", report.detectors(grown))
    except subprocess.CalledProcessError as err:
        raise UnusableError(
            f"what was being measured failed with exit status {err.returncode}; "
            "see above"
        ) from err
    return 0


def _print(title: str, lines: Iterable[str]) -> None:
    print("", f"## {title}", "", *lines, sep="\n", flush=True)


def _say(text: str) -> None:
    print(f"{NAME}: {text}", file=sys.stderr, flush=True)


def _parser() -> Parser:
    parser = Parser(NAME, __doc__)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument(
        "--repeat",
        type=at_least(1),
        default=3,
        metavar="N",
        help="how often each thing is measured, each time in a fresh process, after "
        "once to warm up (default: 3)",
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="also a year learned at once, and how the cost grows with rows and "
        "entities; takes half an hour the first time",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=cache / "pattern_intelligence" / "bench",
        metavar="DIR",
        help="where the homes are kept that are measured on, 2 GB, 4 with --full "
        "(default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
