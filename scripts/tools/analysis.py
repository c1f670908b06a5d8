"""Prints the patterns in the history of a Home Assistant configuration directory."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
import json
from pathlib import Path
import shutil
import sys
from time import time
from zoneinfo import ZoneInfo

from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.pattern import Json
from custom_components.pattern_intelligence.published import empty_report
from custom_components.pattern_intelligence.report import Report
from custom_components.pattern_intelligence.sources.base import SourceError
from custom_components.pattern_intelligence.sources.config_dir import zone_named
from custom_components.pattern_intelligence.sources.recording import open_recording
from custom_components.pattern_intelligence.stores.base import StoreError

from .command_line import Parser, iso_date
from .cost import Cost
from .failure import UnusableError, run
from .learning import Range, Session
from .output import written
from .progress import Progress
from .store_place import place_of
from .table import render

NAME = "analyze"
_NO_DAY = "No complete day has been learned yet."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: those of the command line, unless others are given.
    """
    options = _parser().parse_args(arguments)
    return run(NAME, lambda: _analyze(options), (SourceError, StoreError))


def _analyze(options: argparse.Namespace) -> int:
    wanted = Range(options.first, options.last)
    if wanted.first and wanted.last and wanted.first > wanted.last:
        raise UnusableError(
            f"--first {wanted.first} is after --last {wanted.last}: swap them"
        )
    zone = zone_named(options.time_zone) if options.time_zone is not None else None
    detectors = _chosen(options.detectors)
    output = written(options.json) if options.json else nullcontext()
    with output as file, place_of(options.store) as place:
        cost = Cost()
        source = open_recording(
            options.directory,
            now=int(time() * 1000),
            zone=zone,
            db_url=options.db_url,
        )
        progress = Progress(quiet=options.quiet)
        session = Session(source, source.home, detectors, cost.phases, progress)
        found = session.report(place, wanted)
        report = as_json(found, source.home.zone, detectors, cost.as_json())
        if file:
            json.dump(report, file, ensure_ascii=False, indent=2)
            file.write("\n")
        if file is not sys.stdout and not options.quiet:
            print(render(report, shutil.get_terminal_size().columns))
    return 0


def as_json(
    report: Report | None, zone: ZoneInfo, detectors: Detectors, cost: Json
) -> Json:
    """Return the contract's object.

    Args:
        report: what is known; None where there was no complete day.
        zone: the home's time zone.
        detectors: those that looked for patterns.
        cost: what the run cost.
    """
    if report is None:
        known = empty_report(zone.key, {kind.value: _NO_DAY for kind in detectors})
    else:
        known = report.as_json()
    known["run"] = cost
    return {name: known[name] for name in ("schema", "home", "run")} | known


def _chosen(names: str | None) -> Detectors:
    """Return the detectors of a list of types, all without one."""
    known = registry()
    if names is None:
        return known
    chosen = {name.strip() for name in names.split(",")}
    types = {kind.value for kind in known}
    if unknown := sorted(chosen - types):
        raise UnusableError(
            f"--detectors: there is no detector {unknown[0]!r}; "
            f"choose from {', '.join(sorted(types))}"
        )
    return {kind: found for kind, found in known.items() if kind.value in chosen}


def _parser() -> Parser:
    parser = Parser(NAME, __doc__)
    parser.add_argument(
        "directory",
        type=Path,
        metavar="CONFIG_DIR",
        help="a configuration directory, or the recorder's .db file; only read",
    )
    parser.add_argument(
        "--db-url",
        metavar="URL",
        help="where the recorder's database is, as its own db_url says, if it is not in "
        "CONFIG_DIR; only read",
    )
    parser.add_argument(
        "--first",
        type=iso_date,
        metavar="DATE",
        help="first day to learn (default: the first complete one recorded)",
    )
    parser.add_argument(
        "--last",
        type=iso_date,
        metavar="DATE",
        help="say what is known at the end of this day (default: the last complete one)",
    )
    parser.add_argument(
        "--time-zone",
        metavar="ZONE",
        help="such as Europe/Berlin (default: the home's)",
    )
    parser.add_argument(
        "--detectors",
        metavar="TYPES",
        help="look only for these types, separated by commas",
    )
    parser.add_argument(
        "--store",
        metavar="URL",
        help="sqlite:PATH to keep what is learned, or the http(s) URL of an InfluxDB, with "
        "INFLUXDB_V2_ORG, …_TOKEN and …_BUCKET (the prefix) in the environment "
        "(default: a temporary file)",
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the JSON to a file; - for standard output instead of the table",
    )
    parser.add_argument(
        "--quiet", action="store_true", help="print neither table nor progress"
    )
    return parser
