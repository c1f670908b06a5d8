"""The accuracy report counts what it says."""

from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.accuracy import Task, seeds_of
from benchmarks.accuracy_table import Tally, lines_of, null_lines, odd_lines
from benchmarks.learned import context_of, raw_days
from benchmarks.occasions import Occasions
from benchmarks.odd_days import OddScore
from benchmarks.scoring import Found
from benchmarks.simulator import Home
from benchmarks.simulator.model import RecorderRun

TASK = Task(28, "normal", ("time_of_day", "co_occurrence"), quick=True, rich=False)


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
    text = "\n".join(lines_of({clear.kind: tally}))
    assert "precision 0.750 (6 of 8, 3 planted)" in text
    assert "recall 0.667 (2 of 3), clear 1.000 (2 of 2)" in text
    assert "median error 4.0" in text
    assert "10 occasions  stated 0.80 happened 0.80" in text


def test_null_lines_are_per_home_and_month() -> None:
    """Four patterns in two homes of 61 days are one per home and month."""
    counts = {"turned": [{"time_of_day": 1}, {"time_of_day": 2, "sequence": 1}]}
    (line,) = null_lines(["time_of_day", "co_occurrence", "sequence"], counts, 61)
    assert line == "false a month, turned    1.00  time_of_day 0.75, sequence 0.25"


def test_odd_lines() -> None:
    """Recall over all kinds, and alarms in months of days without any."""
    score = OddScore(Counter(many=2, none=1), Counter(many=2), 3, 61)
    (line,) = odd_lines(score)
    assert "recall 0.667 (2 of 3: many 2 of 2, none 0 of 1)" in line
    assert "false alarms per home and month 1.50 (3 in 61 days)" in line
    score.beyond = Counter(many=2, missed=1), Counter(many=1)
    _, line = odd_lines(score)
    assert line.endswith("who knows the law: 3 more (many 2, missed 1), 1 of them told")
    score.by_days = Counter(many=2), Counter(many=1)
    _, line, _ = odd_lines(score)
    assert line.endswith("of those that 63 days can tell: recall 0.500 (1 of 2)")
    # Where days can tell all of them, that is what was said.
    score.by_days = Counter(many=2, none=1), Counter(many=2)
    assert len(list(odd_lines(score))) == 2


def test_a_home_is_measured() -> None:
    """What is true and what is false adds up to what was reported."""
    tallies, odd = TASK.measure(1)
    assert set(tallies) == {"time_of_day", "co_occurrence"}
    for tally in tallies.values():
        assert tally.false + tally.planted <= tally.reported
        assert tally.wanted
    assert sum(tally.reported for tally in tallies.values()) > 0
    # Nine weeks have to be behind a day that is judged.
    assert odd.days == 0


def test_what_survives_a_null_is_not_false() -> None:
    """Whole days that change places keep their times."""
    task = replace(TASK, days=35)
    kept, taken = (task.count_false((kind, 1)) for kind in ("permuted", "redrawn"))
    assert "time_of_day" not in kept
    assert set(taken) <= {"time_of_day", "co_occurrence"}


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


def test_after_a_crash_nothing_was_recorded(home: Home) -> None:
    """The run is closed when the next one starts, six hours after the last row."""
    start, end = context_of(home).civil.bounds(home.first_day)
    noon, six = start / 1000 + 12 * 3600, start / 1000 + 18 * 3600
    instant = home.stream.instant
    rows = home.stream.take((instant < noon) | (instant > six))
    last = float(rows.instant[rows.instant < noon].max())
    runs = (
        RecorderRun(start / 1000, six, closed_incorrectly=True),
        RecorderRun(six, end / 1000),
    )
    crashed = replace(home, stream=rows, recorder_runs=runs)
    (raw,) = raw_days(crashed, 1)
    assert raw.recorded == (
        (start, round(last * 1000) + 1),
        (start + 18 * 3_600_000, end),
    )
