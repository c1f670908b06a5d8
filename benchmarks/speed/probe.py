"""One measurement in a process of its own: the process behind `measured`.

    python -m benchmarks.speed.probe '{"probe": "night", ...}'

Everything is imported before the measurement begins: that is idle.
"""

from scripts.tools.offline import without_home_assistant

if __name__ == "__main__":
    without_home_assistant()

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
import json
from pathlib import Path
import shutil
import sqlite3
import sys
import tempfile
from time import process_time, time
from typing import Any, Final

from custom_components.pattern_intelligence.engine.analysis import analyze, detect
from custom_components.pattern_intelligence.engine.civil import day_number, days_between
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors import (
    Detector,
    Judge,
    LongDetector,
    registry,
    tallies_of,
)
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.life import Life
from custom_components.pattern_intelligence.engine.pattern import (
    WEEKLY,
    Finding,
    PatternType,
)
from custom_components.pattern_intelligence.engine.sentence import Sentence
from custom_components.pattern_intelligence.engine.summarize import summarize
from custom_components.pattern_intelligence.engine.tables import (
    CONTEXT,
    DAY_TABLES,
    EXPOSURE,
    HAPPENINGS,
    RUNS,
    dated,
)
from custom_components.pattern_intelligence.engine.window import Window, build_window
from custom_components.pattern_intelligence.phases import Phase
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.sources.recorder_file import RecorderFile
from custom_components.pattern_intelligence.sources.recording import open_recording
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .meter import Meter
from .repeated import Repeated

_SUNDAY: Final = 7

type Order = dict[str, Any]
type Result = dict[str, Any]


def opened(recording: Path) -> RecorderFile:
    """Return the source of a recording."""
    source = open_recording(recording, now=int(time() * 1000))
    assert isinstance(source, RecorderFile)
    return source


class _Timed:
    """A detector, and the processor's time it takes to detect."""

    def __init__(self, detector: Detector, spent: dict[str, float]) -> None:
        self.type = detector.type
        self._detector = detector
        self._spent = spent

    @contextmanager
    def _counted(self) -> Iterator[None]:
        began = process_time()
        yield
        took = process_time() - began
        self._spent[self.type.value] = self._spent.get(self.type.value, 0.0) + took

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        with self._counted():
            return self._detector.detect(window, home)

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        return self._detector.tally(claim, window, home, since)

    def tallies(
        self,
        claims: Sequence[Claim | Finding],
        window: Window,
        home: Home,
        since: int,
    ) -> Sequence[Tally]:
        return tallies_of(self._detector, claims, window, home, since)

    def waits_for(self, window: Window, home: Home) -> Sentence:
        return self._detector.waits_for(window, home)


class _TimedJudge(_Timed):
    """The one that judges days."""

    _detector: Judge

    def judge(
        self, window: Window, habits: Sequence[Claim], home: Home
    ) -> Sequence[Finding]:
        with self._counted():
            return self._detector.judge(window, habits, home)


class _TimedLong(_Timed):
    """One that looks at weeks and months."""

    _detector: LongDetector

    def detect_long(
        self, window: Window, history: History, home: Home
    ) -> Sequence[Finding]:
        with self._counted():
            return self._detector.detect_long(window, history, home)


def _timed() -> tuple[Mapping[PatternType, Detector], dict[str, float]]:
    found = registry()
    spent = dict.fromkeys((kind.value for kind in found), 0.0)
    return {kind: _timing(own)(own, spent) for kind, own in found.items()}, spent


def _timing(detector: Detector) -> type[_Timed]:
    if isinstance(detector, Judge):
        return _TimedJudge
    return _TimedLong if isinstance(detector, LongDetector) else _Timed


def _day_of(source: RecorderFile, number: int) -> date:
    extent = source.extent()
    assert extent
    return extent[0] + timedelta(days=number)


def _sqlite(order: Order) -> Result:
    """Take in a day's rows, all of them, by nothing but Python's own module."""
    source = opened(Path(order["recording"]))
    start, end = source.home.civil.bounds(_day_of(source, order["day"]))
    meter = Meter()
    with closing(sqlite3.connect(f"file:{source.path}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT state_id, metadata_id, state, last_changed_ts, last_updated_ts,"
            " context_user_id_bin, context_parent_id_bin FROM states"
            " WHERE last_updated_ts >= ? AND last_updated_ts < ?"
            " ORDER BY last_updated_ts",
            (start / 1000, end / 1000),
        ).fetchall()
    return meter.result(rows=len(rows))


def _night(order: Order) -> Result:
    """Learn a day, and report, with a store of the days before it."""
    source = opened(Path(order["recording"]))
    day = _day_of(source, order["day"])
    detectors, spent = _timed()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(order["store"], folder))
        with closing(SqliteStore(path)) as store:
            meter = Meter()
            runner = Runner(store, source.home, detectors, Retention(), meter)
            with meter.of(Phase.READ):
                raw = source.read(day)
            runner.learn(raw)
            report = runner.report(day)
            assert report
            result = meter.result(detectors=spent)
            table = store.read_days(HAPPENINGS, day, day).table
    return result | {
        "known": len(source.home.entities),
        "tracked_rows": raw.rows,
        "entities": len(raw.entities),
        "happenings": int(table.numbers("count").sum()),
        "patterns": len(report.analysis.patterns),
    }


def _batch(order: Order) -> Result:
    """Read the raw events of all days anew, and find everything in those.

    Nothing is remembered: what is looked for on Sundays is, on a Sunday, and of the
    days only the last is judged.
    """
    source = opened(Path(order["recording"]))
    home = source.home
    last = _day_of(source, order["day"])
    days = list(days_between(last - timedelta(days=order["days"] - 1), last))
    detectors, spent = _timed()
    judge = detectors.get(PatternType.ANOMALY)
    meter = Meter()
    with meter.of(Phase.READ):
        raws = [source.read(day) for day in days]
    with meter.of(Phase.AGGREGATE):
        tables = [(day_number(raw.day), summarize(raw)) for raw in raws]
    with meter.of(Phase.DETECT):
        happenings, exposure, runs, context = (
            dated(spec, [(day, found[spec.name]) for day, found in tables])
            for spec in (HAPPENINGS, EXPOSURE, RUNS, CONTEXT)
        )
        window = build_window(
            home.civil,
            days,
            happenings,
            exposure,
            home.resolve,
            runs,
            home.calendar,
            context,
        )
        standing = [
            finding
            for kind, detector in detectors.items()
            if kind in WEEKLY and last.isoweekday() == _SUNDAY
            for finding in detector.detect(window, home)
        ]
        findings = detect(window, home, detectors, standing)
        verdicts = (
            judge.judge(window, [Claim.of(f, f.confidence) for f in findings], home)
            if isinstance(judge, Judge)
            else ()
        )
        analysis = analyze(window, home, detectors, Life(), [*findings, *verdicts])
    return meter.result(detectors=spent, patterns=len(analysis.patterns))


def _first(order: Order) -> Result:
    """Learn many days into an empty store, and report.

    More than are recorded, if the last ones are to be lived through again.
    """
    source = opened(Path(order["recording"]))
    lived: int = order.get("lived") or order["days"]
    first = _day_of(source, order["day"]) - timedelta(days=lived - 1)
    last = first + timedelta(days=order["days"] - 1)
    days = Repeated(source, first, lived)
    detectors, spent = _timed()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(SqliteStore(Path(folder) / "store.db")) as store,
    ):
        meter = Meter()
        runner = Runner(store, source.home, detectors, Retention(), meter)
        for day in days_between(first, last):
            with meter.of(Phase.READ):
                raw = days.read(day)
            runner.learn(raw)
        report = runner.report(last)
        assert report
        return meter.result(detectors=spent, patterns=len(report.analysis.patterns))


def _read(order: Order) -> Result:
    """Read the base tables of many days from a store."""
    with closing(SqliteStore(Path(order["store"]))) as store:
        last = store.kept_days()[-1]
        first = last - timedelta(days=order["days"] - 1)
        meter = Meter()
        rows = [len(store.read_days(spec, first, last).table) for spec in DAY_TABLES]
        return meter.result(rows=sum(rows))


def _size(order: Order) -> Result:
    """Tell the bytes of a store's file by table, and of how many periods each is."""
    with closing(sqlite3.connect(order["store"])) as database:
        held = dict(
            database.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")
        )
        periods = {
            name: database.execute(question).fetchone()[0]
            for name, question in (
                ("daily", "SELECT count(*) FROM learned WHERE kept"),
                ("weekly", "SELECT count(*) FROM periods WHERE layer = 'weekly'"),
                ("monthly", "SELECT count(*) FROM periods WHERE layer = 'monthly'"),
                # Of Sundays that were told without detectors there is next to nothing.
                ("life", "SELECT count(*) FROM life WHERE length(packed) > 200"),
                ("verdicts", "SELECT count(*) FROM verdicts"),
            )
        }
    return {"bytes": held, "periods": periods}


_PROBES: dict[str, Callable[[Order], Result]] = {
    "sqlite": _sqlite,
    "night": _night,
    "batch": _batch,
    "first": _first,
    "read": _read,
    "size": _size,
}

if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    json.dump(_PROBES[given["probe"]](given), sys.stdout)
