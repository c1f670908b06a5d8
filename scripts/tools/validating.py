"""Holds what was learned against a batch run over the days that are still recorded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
import json
from pathlib import Path
import sqlite3
import sys
import tempfile
from time import time
from typing import Any, Final

from custom_components.pattern_intelligence.const import DATABASE, DOMAIN
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.happenings import RULES
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.base import SourceError
from custom_components.pattern_intelligence.sources.config_dir import zone_named
from custom_components.pattern_intelligence.sources.recording import open_recording
from custom_components.pattern_intelligence.stores.base import StoreError
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore
from custom_components.pattern_intelligence.validation import Validation

from .command_line import Parser
from .failure import UnusableError, run
from .output import written
from .progress import Progress

NAME: Final = "validate"
DIFFERS: Final = 1
"""Exit status where something differs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: those of the command line, unless others are given.
    """
    options = _parser().parse_args(arguments)
    return run(NAME, lambda: _validate(options), (SourceError, StoreError))


def _validate(options: argparse.Namespace) -> int:
    directory: Path = options.directory
    zone = zone_named(options.time_zone) if options.time_zone is not None else None
    store = options.store or directory / DATABASE
    output = written(options.json) if options.json else nullcontext()
    with output as file, _copies(store) as (learned, batch):
        source = open_recording(
            directory, now=int(time() * 1000), scope=_scope(directory), zone=zone
        )
        progress = Progress(quiet=options.quiet)
        home, detectors = source.home, registry()
        runner = Runner(learned, home, detectors)
        validation = Validation(learned, batch, home, detectors, _scope(directory))
        if (extent := source.extent()) is not None:
            days = validation.days(extent, source.silent())
            with progress.task(f"Reading {len(days)} days again", len(days)) as task:
                for day in days:
                    raw = source.read(day, runner.carried_into(day))
                    validation.compare(raw)
                    task.advance(day.isoformat())
        report = validation.report()
        if file:
            json.dump(report, file, ensure_ascii=False, indent=2)
            file.write("\n")
        if file is not sys.stdout and not options.quiet:
            print(_said(report))
    return 0 if report["equal"] else DIFFERS


@contextmanager
def _copies(path: Path) -> Iterator[tuple[SqliteStore, SqliteStore]]:
    """Give a copy of the store, which is only read, and an empty one beside it."""
    if not path.is_file():
        raise UnusableError(
            f"{path} is not there: name the store's file with --store; what lies on a "
            f"server is compared by the action {DOMAIN}.validate"
        )
    with tempfile.TemporaryDirectory(
        prefix="pattern_intelligence.", ignore_cleanup_errors=True
    ) as folder:
        copy = Path(folder) / "learned.db"
        try:
            with (
                closing(
                    sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
                ) as old,
                closing(sqlite3.connect(copy)) as new,
            ):
                old.backup(new)
        except sqlite3.Error as err:
            raise UnusableError(
                f"{path} cannot be copied to {folder} to be read: {err}"
            ) from err
        with (
            closing(SqliteStore(copy)) as learned,
            closing(SqliteStore(Path(folder) / "batch.db")) as batch,
        ):
            yield learned, batch


def _scope(directory: Path) -> Scope:
    """Return what the person left out, as the config entry has it."""
    path = directory / ".storage" / "core.config_entries"
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["data"]["entries"]
        (entry,) = [entry for entry in entries if entry["domain"] == DOMAIN]
        chosen: dict[str, Any] = entry["options"].get("scope", {})
    except OSError, ValueError, LookupError, TypeError:
        return Scope()
    domains = frozenset(chosen.get("excluded_domains", ()))
    return Scope(
        domains=frozenset(RULES) - domains if domains else None,
        excluded_entities=frozenset(chosen.get("excluded_entities", ())),
        excluded_areas=frozenset(chosen.get("excluded_areas", ())),
        excluded_labels=frozenset(chosen.get("excluded_labels", ())),
    )


def _said(report: dict[str, Any]) -> str:
    """Return the report for a person."""
    if not report["days"]:
        return "Nothing can be compared: no day that was learned is still recorded."
    head = (
        f"{report['days']} days, {report['first_day']} to {report['last_day']}, "
        f"{report['rows']} rows of the recorder, {report['patterns']} patterns: "
    )
    if report["equal"]:
        return f"{head}equal."
    lines = [f"{head}not equal."]
    lines += [
        f"  {day}: recorded, but not learned" for day in report["days_not_learned"]
    ]
    lines += [
        f"  {each['day']} {each['what']} {' '.join(each['key'])}: "
        f"learned {each['learned']}, batch {each['batch']}"
        for each in report["differences"]
    ]
    if (more := report["rows_that_differ"] - len(report["differences"])) > 0:
        lines.append(f"  and {more} more rows")
    lines += [f"  only learned: {title}" for title in report["patterns_only_learned"]]
    lines += [f"  only batch: {title}" for title in report["patterns_only_batch"]]
    return "\n".join(lines)


def _parser() -> Parser:
    parser = Parser(NAME, __doc__)
    parser.add_argument(
        "directory",
        type=Path,
        metavar="CONFIG_DIR",
        help="a configuration directory; only read",
    )
    parser.add_argument(
        "--store",
        type=Path,
        metavar="FILE",
        help=f"what was learned (default: {DATABASE} in CONFIG_DIR); only read",
    )
    parser.add_argument(
        "--time-zone",
        metavar="ZONE",
        help="such as Europe/Berlin (default: the home's)",
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="write the report to a file; - for standard output",
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing")
    return parser
