"""Homes without habits keep what they must keep, and nothing else."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from benchmarks.simulator import Home, null_of, random_home
from benchmarks.simulator.clock import LocalClock
from benchmarks.simulator.nulls import BURST_SECONDS, permuted, redrawn, turned

CLOCK = LocalClock.of("Europe/Berlin", date(2025, 10, 20), 14)


def _some(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return entities and instants; the span has a day of 25 hours."""
    rng = np.random.default_rng(seed)
    entity = rng.integers(0, 5, 600)
    day, minute = rng.integers(0, 14, 600), rng.normal(600, 60, 600)
    return entity, CLOCK.utc(day, minute)


def _per_day(entity: np.ndarray, start: np.ndarray) -> Counter[tuple[int, int]]:
    day, _ = CLOCK.local(start)
    return Counter(zip(entity.tolist(), day.tolist(), strict=True))


def test_permuted_keeps_minutes_and_whole_days() -> None:
    """Each entity keeps its times of day, and which of them share a day."""
    entity, start = _some()
    moved = permuted(entity, start, CLOCK, np.random.default_rng(2))
    old_day, old_minute = CLOCK.local(start)
    new_day, new_minute = CLOCK.local(moved)
    assert np.allclose(old_minute, new_minute)
    pairs = {
        (who, old, new)
        for who, old, new in zip(
            entity.tolist(), old_day.tolist(), new_day.tolist(), strict=True
        )
    }
    assert len(pairs) == len({(who, old) for who, old, _ in pairs})
    assert len(pairs) == len({(who, new) for who, _, new in pairs})


def test_permuted_moves_entities_apart() -> None:
    """Entities that always fire together no longer do."""
    days = np.arange(14, dtype=np.int64)
    start = np.tile(CLOCK.utc(days, np.linspace(600.0, 730.0, 14)), 2)
    entity = np.repeat([0, 1], 14)
    moved = permuted(entity, start, CLOCK, np.random.default_rng(3))
    assert (moved[:14] == moved[14:]).mean() < 0.5


def test_turned_keeps_the_count_of_each_day() -> None:
    """No happening leaves its day, and times of day are spread evenly."""
    entity, start = _some()
    moved = turned(entity, start, CLOCK, np.random.default_rng(2))
    assert _per_day(entity, start) == _per_day(entity, moved)
    _, minute = CLOCK.local(moved)
    counts = np.histogram(minute, bins=4, range=(0, 1440))[0]
    # 70 entity-days fall into quarters: 17.5 each, in clusters.
    assert counts.min() > 0.1 * len(start)


def test_redrawn_keeps_bursts_days_and_the_smoothed_profile() -> None:
    """Bursts stay whole and on their day; the times' spread grows by two hours."""
    entity, start = _some()
    moved = redrawn(entity, start, CLOCK, np.random.default_rng(2))
    order = np.lexsort((start, entity))
    gap = np.diff(start[order])
    within = (np.diff(entity[order]) == 0) & (gap <= BURST_SECONDS)
    assert within.sum() > 50
    assert np.allclose(np.diff(moved[order])[within], gap[within])
    _, minute = CLOCK.local(moved)
    assert minute.mean() == pytest.approx(600, abs=20)
    assert np.std(minute) == pytest.approx(np.hypot(60, 120), abs=15)


@pytest.mark.parametrize("kind", ["permuted", "turned", "redrawn"])
def test_nulls_of_a_home_have_no_truth(home: Home, kind: str) -> None:
    """A null home forgets its habits, and keeps its entities and most of its events."""
    null = null_of(home, kind, rows_per_day=0)  # type: ignore[arg-type]
    assert not null.truth.habits
    assert not null.truth.links
    assert null.entities == home.entities
    assert 0.95 < len(null.runs) / len(home.runs) <= 1.0
    own = [n for n, e in enumerate(home.entities) if e.domain == "light"]
    before, after = (np.isin(one.runs.entity, own).sum() for one in (home, null))
    assert 0.95 < after / before <= 1.0


def test_poisson_is_even_and_rhythm_is_not() -> None:
    """By day and by night the first has the same rate; the second sleeps."""
    shares = []
    for kind in ("poisson", "rhythm"):
        home = random_home(4, 40, kind=kind, rows_per_day=0)
        used = home.runs.take(home.runs.people)
        _, minute = home.clock.local(used.start)
        shares.append(float((minute < 300).mean()))
        assert not home.truth.habits
    assert shares[0] == pytest.approx(300 / 1440, abs=0.02)
    assert shares[1] < 0.1
