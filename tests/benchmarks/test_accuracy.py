"""The accuracy report counts what it says."""

from dataclasses import replace

import pytest

from benchmarks.accuracy import Tally, Task, lines_of, null_lines, seeds_of
from benchmarks.learned import context_of, raw_days
from benchmarks.occasions import Occasions
from benchmarks.scoring import Found
from benchmarks.simulator import Home

TASK = Task(28, "normal", ("time_of_day", "co_occurrence"), quick=True)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("3", [3]), ("3-5", [3, 4, 5]), ("1,4-5", [1, 4, 5])],
)
def test_seeds(text: str, seeds: list[int]) -> None:
    """Ranges and lists name seeds."""
    assert seeds_of(text) == seeds


def test_lines_of_a_tally(homes: list[Home]) -> None:
    """Precision, recall and the median error are those of the counts."""
    clear = next(h for home in homes for h in home.truth.habits if h.clear)
    wide = replace(clear, sd=40.0)
    found = [
        Found(clear, ({},), 2.0, mask=True),
        Found(clear, ({},), 6.0, mask=False),
        Found(wide, ()),
    ]
    tally = Tally(
        reported=8,
        planted=3,
        false=2,
        wanted=found,
        occasions=Occasions([0.8], [10], [8]),
    )
    text = "\n".join(lines_of("time_of_day", tally))
    assert "precision 0.750 (6 of 8 true, 3 say what was planted)" in text
    assert (
        "recall clear  1.000 (2 of 2), median error 4.0 min, weekdays exact 0.500"
        in text
    )
    assert "recall each   0.667 (2 of 3)" in text
    assert "10 occasions  stated 0.80 happened 0.80" in text


def test_null_lines_are_per_home_and_month() -> None:
    """Four patterns in two homes of 61 days are one per home and month."""
    nulls = [("turned", 1), ("turned", 2), ("permuted", 1), ("permuted", 2)]
    counts = [
        {"time_of_day": 1, "co_occurrence": 0},
        {"time_of_day": 3, "co_occurrence": 0},
    ]
    lines = list(null_lines(replace(TASK, days=61), nulls, counts * 2, 2))
    assert "  turned   time_of_day 1.00, co_occurrence 0.00" in lines
    # The times of single entities survive a permutation of their days.
    assert "  permuted co_occurrence 0.00" in lines


def test_a_home_is_measured() -> None:
    """What is true and what is false adds up to what was reported."""
    tallies = TASK.measure(1)
    assert set(tallies) == {"time_of_day", "co_occurrence"}
    for tally in tallies.values():
        assert tally.false + tally.planted <= tally.reported
        assert tally.wanted
    assert sum(tally.reported for tally in tallies.values()) > 0


def test_raw_days_hold_the_tracked_rows(home: Home) -> None:
    """Each tracked row is in the day it belongs to, and carried into the next."""
    context = context_of(home)
    tracked_rows = 0
    last: dict[str, str] = {}
    for raw in raw_days(home):
        assert (raw.start, raw.end) == context.civil.bounds(raw.day)
        assert ((raw.instant >= raw.start) & (raw.instant < raw.end)).all()
        carried = {
            entity: raw.states[state]
            for entity, state in zip(raw.entities, raw.carried.tolist(), strict=True)
            if state >= 0
        }
        assert carried == last
        for entity, state in zip(raw.entity.tolist(), raw.state.tolist(), strict=True):
            last[raw.entities[entity]] = raw.states[state]
        tracked_rows += raw.rows
    names = set(raw.entities)
    mine = [n for n, e in enumerate(home.entities) if e.entity_id in names]
    expected = sum(int((home.stream.entity == number).sum()) for number in mine)
    assert tracked_rows == expected
