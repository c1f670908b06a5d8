"""Findings keep who they were: as many as can be, and the nearest."""

from itertools import permutations

from hypothesis import given, strategies as st

from custom_components.pattern_intelligence.engine.civil import circular_minutes
from custom_components.pattern_intelligence.engine.matching import match
from custom_components.pattern_intelligence.engine.pattern import Spread, When


def _at(minutes: float, width: float = 20) -> When:
    return When(
        minutes % 1440, (minutes - width / 2) % 1440, (minutes + width / 2) % 1440
    )


def test_a_habit_that_moved_a_little_is_the_same() -> None:
    """Up to 45 minutes, or its own width."""
    assert match([_at(400)], [_at(445)]) == [(0, 0)]
    assert match([_at(400)], [_at(446)]) == []
    assert match([_at(400)], [_at(500, width=100)]) == [(0, 0)]


def test_midnight_is_no_edge() -> None:
    """23:50 and 00:10 are twenty minutes apart."""
    assert match([_at(1430)], [_at(10)]) == [(0, 0)]


def test_more_pairs_come_before_nearer_ones() -> None:
    """The nearest pair alone would leave the other two without."""
    assert match([_at(400), _at(440)], [_at(435), _at(475)]) == [(0, 0), (1, 1)]


def test_what_keeps_no_time_is_itself() -> None:
    """A link is matched by its key alone, and never to something with a time."""
    assert match([None], [None]) == [(0, 0)]
    assert match([None], [_at(400)]) == []


def test_durations_are_told_apart_by_their_ratio() -> None:
    """A program may get half as long again; another one it does not become."""
    short, long = Spread(2400, 2300, 2500), Spread(7200, 7000, 7400)
    assert match([short, long], [Spread(6600, 6500, 6700)]) == [(1, 0)]
    assert match([short], [Spread(3590, 3500, 3700)]) == [(0, 0)]
    assert match([short], [Spread(3610, 3500, 3700)]) == []
    assert match([Spread(2400, 1500, 3000)], [Spread(4700, 4600, 4800)]) == [(0, 0)]
    assert match([short], [None]) == []


TIMES = st.lists(st.integers(0, 143), max_size=4)


@given(TIMES, TIMES)
def test_the_way_is_the_best_of_all(before: list[int], now: list[int]) -> None:
    """Against every assignment there is."""
    old, new = [_at(10 * t) for t in before], [_at(10 * t) for t in now]
    best = (0, 0.0)
    longer, shorter = (old, new) if len(old) >= len(new) else (new, old)
    for chosen in permutations(range(len(longer)), len(shorter)):
        distances = [
            abs(circular_minutes(longer[at].time - other.time))
            for at, other in zip(chosen, shorter, strict=True)
        ]
        possible = [distance for distance in distances if distance <= 45]
        best = min(best, (-len(possible), sum(possible)))
    pairs = match(old, new)
    total = sum(abs(circular_minutes(old[a].time - new[b].time)) for a, b in pairs)
    assert (-len(pairs), total) == best
    assert len({a for a, _ in pairs}) == len({b for _, b in pairs}) == len(pairs)


def test_a_key_with_many_patterns_is_matched_at_once() -> None:
    """Forty patterns ten minutes apart, each a minute later: all ways are too many."""
    before = [_at(10 * t) for t in range(40)]
    now = [_at(10 * t + 1) for t in range(40)]
    assert match(before, now) == [(t, t) for t in range(40)]
