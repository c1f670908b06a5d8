"""What was told is kept, and told again it is the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from custom_components.pattern_intelligence.chronicle import Chronicle
from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.evidence import Tally
from custom_components.pattern_intelligence.engine.history import History
from custom_components.pattern_intelligence.engine.home import Home
from custom_components.pattern_intelligence.engine.pattern import Finding, PatternType
from custom_components.pattern_intelligence.engine.rawday import RawDay
from custom_components.pattern_intelligence.engine.scope import Scope
from custom_components.pattern_intelligence.engine.sentence import Sentence
from custom_components.pattern_intelligence.engine.sums import HAPPENINGS_SUM
from custom_components.pattern_intelligence.engine.window import Key, Window
from custom_components.pattern_intelligence.lookback import Lookback
from custom_components.pattern_intelligence.phases import Phases
from custom_components.pattern_intelligence.runner import Runner
from custom_components.pattern_intelligence.stores.base import Retention
from custom_components.pattern_intelligence.stores.sqlite import SqliteStore

from .engine.builders import BERLIN, Row, raw_days
from .engine.test_life import finding

HOME = Home(BERLIN.zone)
FIRST = date(2026, 2, 25)
"""A Wednesday: its week is a part of one."""

DAYS = 110
LAST = FIRST + timedelta(days=DAYS - 1)
"""A Sunday, 14 June."""


def _told(
    kind: PatternType, window: Window, weeks: int = 0, months: int = 0
) -> Finding:
    """Return a finding that says what was looked at."""
    found = finding(0)
    return replace(
        found,
        type=kind,
        entities=(Key("light.lamp", "on"),),
        when=None,
        times=np.zeros(0),
        eligible=window.days,
        matched=window.days,
        details={
            "as_of": f"{window.last_day}",
            "days": window.days.size,
            "weeks": weeks,
            "months": months,
        },
    )


class _Weekly:
    """Says when it looked."""

    type = PatternType.SESSION

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        return [_told(self.type, window)]

    def tally(
        self, claim: Claim | Finding, window: Window, home: Home, since: int
    ) -> Tally:
        return Tally(0, 0)

    def waits_for(self, window: Window, home: Home) -> Sentence:
        return Sentence.of("waits.explained")


class _Monthly(_Weekly):
    """Says when it looked, and how far back."""

    type = PatternType.SEASONAL

    def detect_long(
        self, window: Window, history: History, home: Home
    ) -> Sequence[Finding]:
        weeks, months = (
            len(set(sums[HAPPENINGS_SUM.name].day.tolist())) if sums else 0
            for sums in (history.weeks, history.months)
        )
        return [_told(self.type, window, weeks, months)]


class _Judging(_Weekly):
    """Says of each day by how many it was judged, and what was claimed."""

    type = PatternType.ANOMALY

    def judge(
        self, window: Window, habits: Sequence[Claim], home: Home
    ) -> Sequence[Finding]:
        told = _told(self.type, window)
        claims = [claim.type.value for claim in habits]
        return [replace(told, details={**told.details, "claims": claims})]

    def detect(self, window: Window, home: Home) -> Sequence[Finding]:
        return ()


DETECTORS: Detectors = {each.type: each for each in (_Weekly(), _Monthly(), _Judging())}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return a store of a lamp that goes on every day at noon."""
    opened = SqliteStore(tmp_path / "store.db")
    yield opened
    opened.close()


def _lamp(count: int) -> Sequence[RawDay]:
    """Return days on which a lamp is on at noon."""
    rows = [
        Row(f"{FIRST + timedelta(days=number)}T12:{minute}:00", "light.lamp", state)
        for number in range(count)
        for minute, state in (("00", "on"), ("30", "off"))
    ]
    return raw_days(FIRST, FIRST + timedelta(days=count - 1), rows)


def _learn(store: SqliteStore, first: date, last: date) -> None:
    runner = Runner(store, HOME, DETECTORS, Retention())
    for raw in _lamp(DAYS):
        if first <= raw.day <= last:
            runner.learn(raw)


def _chronicle(store: SqliteStore) -> Chronicle:
    past = Lookback(store, HOME, DETECTORS, Scope(), Phases())
    return Chronicle(store, past, DETECTORS, Phases())


def _found(store: SqliteStore, last: date) -> dict[str, Finding]:
    chronicle = _chronicle(store)
    life = chronicle.tell(FIRST, last)
    return {found.type.value: found for found in chronicle.found(last, life)}


def test_weekly_detectors_stand_at_the_last_sunday(store: SqliteStore) -> None:
    """On a Wednesday they say what they said on Sunday; on a Sunday, of that day."""
    _learn(store, FIRST, date(2026, 4, 12))
    for day, as_of in (
        (date(2026, 4, 8), "2026-04-05"),
        (date(2026, 4, 11), "2026-04-05"),
        (date(2026, 4, 12), "2026-04-12"),
    ):
        assert _found(store, day)["session"].details["as_of"] == as_of


def test_nothing_weekly_before_the_first_sunday(store: SqliteStore) -> None:
    """The first period may be a part of one, but has to be over."""
    _learn(store, FIRST, date(2026, 2, 28))
    assert _found(store, date(2026, 2, 28)) == {}
    _learn(store, date(2026, 3, 1), date(2026, 3, 1))
    found = _found(store, date(2026, 3, 1))
    assert found["session"].details["days"] == 5
    assert found["seasonal"].details["days"] == 5


def test_monthly_detectors_look_weekly_in_a_young_home(store: SqliteStore) -> None:
    """From 92 days on, 27 May, they stand at the last end of a month.

    Between there is what they said last, on Sunday 24 May.
    """
    _learn(store, FIRST, LAST)
    for day, as_of in (
        (date(2026, 5, 23), "2026-05-17"),
        (date(2026, 5, 26), "2026-05-24"),
        (date(2026, 5, 29), "2026-05-24"),
        (date(2026, 5, 31), "2026-05-31"),
        (date(2026, 6, 10), "2026-05-31"),
        (LAST, "2026-05-31"),
    ):
        assert _found(store, day)["seasonal"].details["as_of"] == as_of, day


def test_a_month_that_ends_within_a_week(store: SqliteStore) -> None:
    """30 June 2026 is a Tuesday: it is looked at before the Sunday keeps it."""
    runner = Runner(store, HOME, DETECTORS, Retention())
    days = _lamp(131)
    for raw in days[:-4]:
        runner.learn(raw)
    early = _found(store, date(2026, 7, 1))["seasonal"].details
    for raw in days[-4:]:
        runner.learn(raw)
    assert early == _found(store, date(2026, 7, 5))["seasonal"].details
    # Eight weeks of days; the week to 1 March and 17 to 28 June; February to June.
    assert early == {"as_of": "2026-06-30", "days": 56, "weeks": 18, "months": 5}


def test_each_day_is_judged_once_by_those_before(store: SqliteStore) -> None:
    """By itself and 63 more; by what was claimed on the last Sunday before it."""
    _learn(store, FIRST, LAST)
    told = {
        found.details["as_of"]: found.details
        for found in _chronicle(store).verdicts(LAST)
    }
    assert len(told) == 63
    assert min(told) == f"{LAST - timedelta(days=62)}"
    assert told[f"{LAST}"]["days"] == 64
    assert sorted(told[f"{LAST}"]["claims"]) == ["seasonal", "session"]
    early = store.read_verdicts(FIRST, FIRST + timedelta(days=4))
    assert early == {}, "as old as the days that are no longer kept"


def test_days_that_will_be_forgotten_are_not_judged(
    store: SqliteStore, tmp_path: Path
) -> None:
    """In the end all is as it would be had they been."""
    _learn(store, FIRST, LAST)
    other = SqliteStore(tmp_path / "other.db")
    runner = Runner(other, HOME, DETECTORS, Retention())
    counted = []
    for raw in _lamp(DAYS):
        runner.to_follow = (LAST - raw.day).days
        runner.learn(raw)
        counted.append(len(other.read_verdicts(FIRST, LAST)))
    # Of 110 days the last 90 are kept: the 21st is judged, and those not judged before.
    assert counted[:21] == [0] * 20 + [21]
    every = (FIRST, LAST)
    assert other.read_verdicts(*every) == store.read_verdicts(*every)
    assert other.read_life(LAST) == store.read_life(LAST)
    other.close()


@pytest.mark.parametrize("before", ["write_verdicts", "write_life"])
def test_killed_before_it_is_kept(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """Once the day is learned, of which nothing is told yet, or only the verdicts."""
    last = FIRST + timedelta(days=39)
    _learn(store, FIRST, last)
    other = SqliteStore(tmp_path / "other.db")
    write = getattr(SqliteStore, before)
    calls = []

    def killed(*args: object) -> None:
        calls.append(args)
        if len(calls) % 2 == 1:
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(SqliteStore, before, killed)
    runner = Runner(other, HOME, DETECTORS, Retention())
    for raw in _lamp(40):
        while raw.day in runner.due(raw.day, raw.day):
            try:
                runner.learn(raw)
            except KeyboardInterrupt:
                runner = Runner(other, HOME, DETECTORS, Retention())
    monkeypatch.undo()
    assert len(calls) > 6
    every = (FIRST, last)
    _chronicle(other).tell(*every)
    assert other.read_verdicts(*every) == store.read_verdicts(*every)
    assert other.read_life(last) == store.read_life(last)
    other.close()


def test_a_day_again_is_judged_again_and_those_after_it(store: SqliteStore) -> None:
    """What was judged before stays as it was written."""
    _learn(store, FIRST, LAST)
    again = LAST - timedelta(days=5)
    before = dict(store.read_verdicts(FIRST, LAST))
    store.write_verdicts(again - timedelta(days=1), "[]")
    _learn(store, again, again)
    kept = store.read_verdicts(FIRST, LAST)
    assert max(kept) == again - timedelta(days=1)
    _chronicle(store).tell(FIRST, LAST)
    after = dict(store.read_verdicts(FIRST, LAST))
    assert after.pop(again - timedelta(days=1)) == "[]"
    del before[again - timedelta(days=1)]
    assert after == before


@pytest.mark.parametrize("away", [0, 4])
def test_a_day_again_is_judged_before_newer_ones_are_learned(
    store: SqliteStore, away: int
) -> None:
    """The oldest day that may be learned again, and then, some days on, a new one."""
    newest = FIRST + timedelta(days=79)
    again = newest - timedelta(days=26)
    _learn(store, FIRST, newest)
    before = dict(store.read_verdicts(again, newest))
    runner = Runner(store, HOME, DETECTORS, Retention())
    days = {raw.day: raw for raw in _lamp(DAYS)}
    runner.learn(days[again])
    runner.learn(days[newest + timedelta(days=1 + away)])
    assert dict(store.read_verdicts(again, newest)) == before
