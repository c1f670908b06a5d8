"""What speed is measured on is what is said of it, and tables tell what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recorder_file import write_home
from benchmarks.simulator.clock import LocalClock
from benchmarks.simulator.model import Recorded
from benchmarks.speed import report
from benchmarks.speed.big_home import FIRST_DAY, Size, big_home
from benchmarks.speed.measures import Measured
from benchmarks.speed.probe import opened
from benchmarks.speed.repeated import Repeated
from custom_components.pattern_intelligence.engine.rawday import RawDay

ROWS = 15_000


def _on_last_day(home: Recorded, days: int) -> np.ndarray:
    clock = LocalClock.of(home.time_zone, FIRST_DAY, days)
    return home.stream.instant >= clock.utc(days - 1, 0.0)


@pytest.fixture(name="plain", scope="module")
def plain_home() -> Recorded:
    """Two households for three days, with nothing filled in."""
    return big_home(Size(2, 3, 0, 1))


def test_households_share_nothing_but_the_roof(plain: Recorded) -> None:
    """Each has its own ids, and its own entities, devices and automations by them."""
    alone = big_home(Size(1, 3, 0, 1))
    ids = [entity.entity_id for entity in plain.entities]
    assert len(set(ids)) == len(ids) > len(alone.entities)
    assert ids[: len(alone.entities)] == [e.entity_id for e in alone.entities]
    one, other = (
        {place for entity in some for place in (entity.area_id, entity.device_id)}
        for some in (
            plain.entities[: len(alone.entities)],
            plain.entities[len(alone.entities) :],
        )
    )
    assert one & other == {None}
    areas = {area.area_id for area in plain.areas}
    assert {entity.area_id for entity in plain.entities} <= {*areas, None}
    assert {entity.mirrors for entity in plain.entities} <= {*ids, None}
    contexts = [fire.context for fire in plain.fires]
    assert len(set(contexts)) == len(contexts) > 0
    assert (np.diff(plain.stream.instant) >= 0).all()


@pytest.mark.parametrize("watched", [False, True])
def test_the_last_days_are_as_full_as_said(plain: Recorded, *, watched: bool) -> None:
    """Two of a hundred rows may be missing; days before stay as they are."""
    home = big_home(Size(2, 3, ROWS, 1, watched=watched))
    full = _on_last_day(home, 3)
    assert full.sum() == pytest.approx(ROWS, rel=0.02)
    assert (~full).sum() == (~_on_last_day(plain, 3)).sum()


def test_what_is_filled_in_changes_nothing() -> None:
    """Attributes change while the state is what it was."""
    home = big_home(Size(1, 3, ROWS, 1, watched=True))
    last: dict[int, int] = {}
    stream = home.stream
    for entity, state, changed in zip(
        stream.entity.tolist(),
        stream.state.tolist(),
        stream.changed.tolist(),
        strict=True,
    ):
        assert changed or last[entity] == state
        last[entity] = state


def test_a_table_tells_seconds_memory_and_budgets() -> None:
    """A row of each; what was not measured stays empty."""
    measured = Measured(
        "a night",
        {
            "seconds": {"read": 0.125, "total": 1234.5},
            "peak_mb": {"total": 59.6},
            "cpu": {"total": 1.0},
        },
        seconds=2.0,
        memory=60.0,
    )
    head, _, seconds, cpu, memory = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in report.costs([measured])
    )
    names = ["read", "summarize", "store", "detect", "total"]
    assert head == ["", "", *names, "budget"]
    assert seconds == ["a night", "s", "0.12", "", "", "", "1 234.50", "2.0"]
    assert cpu == ["", "s of CPU", "", "", "", "", "1.00", ""]
    assert memory == ["", "MB", "", "", "", "", "60", "60"]


def _cells(lines: Iterable[str]) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_year_is_told_from_what_a_period_takes() -> None:
    """90 days, 52 weeks and 52 Sundays are kept then; the rest is no aggregate."""
    sizes = {
        "bytes": {
            "daily_runs": 900_000,
            "life": 20_000,
            "verdicts": 14_000,
            "weekly_sums": 60_000,
            "monthly_sums": 4_096,
            "texts": 4_096,
        },
        "periods": {"daily": 90, "weekly": 12, "monthly": 0, "life": 2, "verdicts": 14},
    }
    _, _, *rows = _cells(report.year(sizes))
    assert rows == [
        ["daily_runs", "day", "10.0", "90", "0.90"],
        ["life", "Sunday", "10.0", "52", "0.52"],
        ["verdicts", "day", "1.0", "90", "0.09"],
        ["weekly_sums", "week", "5.0", "52", "0.26"],
        ["together", "", "", "", "1.8"],
    ]


def test_detectors_are_told_of_all_nights_that_they_were_on() -> None:
    """What is not looked for on a night is left empty."""
    nights = [
        Measured("Saturday", {"detectors": {"sequence": 0.5}}),
        Measured("Sunday", {"detectors": {"sequence": 0.25, "session": 1.0}}),
    ]
    assert _cells(report.detectors(nights))[0::2] == [
        ["s of CPU", "sequence", "session"],
        ["Saturday", "0.50", ""],
    ]
    assert _cells(report.detectors(nights))[3] == ["Sunday", "0.25", "1.00"]


def test_a_week_lived_again(tmp_path: Path) -> None:
    """At the same times by the clock, also when clocks were changed in between."""
    write_home(big_home(Size(1, 10, 0, 1)), tmp_path)
    source = opened(tmp_path)
    first = FIRST_DAY + timedelta(days=2)
    again = Repeated(source, first, 7)

    def lived(raw: RawDay) -> list[tuple[str, str, int]]:
        entities = [raw.entities[number] for number in raw.entity.tolist()]
        states = [raw.states[number] for number in raw.state.tolist()]
        return [*zip(entities, states, (raw.instant - raw.start).tolist(), strict=True)]

    # The 11th of October and the 18th; four weeks after it is winter.
    for weeks in (0, 1, 4):
        later = again.read(first + timedelta(weeks=weeks))
        assert lived(later) == lived(source.read(first)) != []
        assert later.recorded == ((later.start, later.end),)
    # A Sunday of 23 hours.
    spring = date(2026, 3, 29)
    hours = 23 * 3_600_000
    expected = [
        row for row in lived(source.read(first + timedelta(1))) if row[2] < hours
    ]
    assert lived(again.read(spring)) == expected
    assert again.read(spring).recorded == (source.home.civil.bounds(spring),)
