"""Counting sixty-four things at a time gives what counting each by itself gives."""

import numpy as np
import pytest

from custom_components.pattern_intelligence.engine.co_occurrence import sweep
from custom_components.pattern_intelligence.engine.co_occurrence.sweep import Asked
from custom_components.pattern_intelligence.engine.tables import Numbers

SPAN = 400


def holding(rng: np.random.Generator, things: int) -> Numbers:
    """Return when things hold: thing, begin and end, exclusive; rows by thing."""
    rows = [
        (thing, *cut)
        for thing in range(things)
        for cut in np.sort(rng.integers(0, SPAN, 2 * rng.integers(6))).reshape(-1, 2)
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def plainly(
    instants: Numbers, owner: Numbers, held: Numbers, shape: tuple[int, int]
) -> Numbers:
    """Return at how many of each owner's occasions each thing holds."""
    counts = np.zeros(shape, np.int64)
    for thing, begin, end in held.tolist():
        for at, own in zip(instants.tolist(), owner.tolist(), strict=True):
            counts[own, thing] += begin <= at < end
    return counts


def swept(
    asked: Asked, held: Numbers, narrower: Numbers, least: Numbers, things: int
) -> Numbers:
    """Return what is yielded, 0 where nothing is, by sense, owner and thing."""
    counts = np.zeros((2, least.size, things), np.int64)
    begins = [asked.places(held[:, 1]), asked.places(narrower[:, 1])]
    end = asked.places(held[:, 2])
    for sense, owner, thing, count in asked.often(begins, end, held[:, 0], least):
        assert not counts[sense, owner, thing].any(), "each pair once"
        counts[sense, owner, thing] = count
    return counts


@pytest.mark.parametrize("at_once", [1, 32, sweep.AT_ONCE])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_yielded_is_what_a_plain_count_finds_often_enough(
    seed: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the wide sense and in the narrow one, however owners are put together."""
    monkeypatch.setattr(sweep, "AT_ONCE", at_once)
    rng = np.random.default_rng(seed)
    owners, things = int(rng.integers(1, 9)), int(rng.integers(1, 140))
    owner = np.sort(rng.integers(0, owners, rng.integers(80)))
    instants = rng.integers(0, SPAN, owner.size)
    held = holding(rng, things)
    narrower = held.copy()
    narrower[:, 1] = np.minimum(held[:, 1] + 20, held[:, 2])
    least = rng.integers(1, 12, owners)
    found = swept(Asked.of(instants, owner, owners), held, narrower, least, things)
    for own, rows in zip(found, (held, narrower), strict=True):
        plain = plainly(instants, owner, rows, (owners, things))
        assert own.tolist() == np.where(plain < least[:, None], 0, plain).tolist()


def test_a_count_may_need_every_digit() -> None:
    """Four of four, and nothing where more are wanted than there are."""
    asked = Asked.of(np.arange(8), np.repeat([0, 1], 4), 2)
    held = np.array([[0, 0, 8]])
    assert swept(asked, held, held, np.array([4, 9]), 1)[0].tolist() == [[4], [0]]
