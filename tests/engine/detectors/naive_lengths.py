"""Usual lengths the plain way: run by run, day by day, with Python's own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import comb, erf, exp, inf, log, sqrt
from statistics import median

NEAR = 0.6745 * 0.25
CLUSTER = 3 * NEAR
BLUR = 0.5


@dataclass(frozen=True)
class NaiveRun:
    """A run, its length as a logarithm of seconds."""

    day: int
    log: float
    seen: bool


@dataclass(frozen=True)
class NaiveMode:
    """What is to be found out about a mode."""

    middle: float
    above: float
    below: float
    eligible: tuple[int, ...]
    matched: tuple[int, ...]
    looked_for: int
    sure: bool


def modes_of(runs: Sequence[NaiveRun]) -> list[NaiveMode]:
    """Return the modes of a state's completed runs, ascending."""
    done = sorted((run for run in runs if run.seen), key=lambda run: run.log)
    middles, looked_for = _middles(done)
    if not middles:
        return []
    edges = [-inf, *((a + b) / 2 for a, b in pairwise(middles)), inf]
    found = []
    for middle, (above, below) in zip(middles, pairwise(edges), strict=True):
        mode = _mode(done, middle, above, below, looked_for)
        if not mode.sure:
            low, high = middle - CLUSTER - NEAR, middle + CLUSTER + NEAR
            shorter = {run.day for run in done if run.log < low}
            longer = {run.day for run in done if run.log >= high}
            before = (above, below)
            if len(shorter) >= 8 and _fewer(_near(done, low), _near(done, middle)):
                above = max(above, low)
            if len(longer) >= 8 and _fewer(_near(done, high), _near(done, middle)):
                below = min(below, high)
            if (above, below) != before:
                mode = _mode(done, middle, above, below, looked_for + 1)
        found.append(mode)
    return found


def _middles(done: Sequence[NaiveRun]) -> tuple[list[float], int]:
    of_day = {run.day: sum(other.day == run.day for other in done) for run in done}
    rest = list(done)
    accepted: list[float] = []
    for tried in range(4):
        if len(rest) < 8:
            return accepted, tried
        densest = max(
            rest,
            key=lambda run: round(
                sum(
                    1 / of_day[other.day]
                    for other in rest
                    if run.log - NEAR <= other.log <= run.log + NEAR
                ),
                9,
            ),
        ).log
        around = [r for r in rest if densest - CLUSTER <= r.log < densest + CLUSTER]
        middle = median(run.log for run in around)
        if _near(done, middle) < 8:
            return accepted, max(tried, 1)
        rest = [run for run in rest if run not in around]
        neighbors = [max((a for a in accepted if a < middle), default=None)]
        neighbors.append(min((a for a in accepted if a > middle), default=None))
        if all(
            other is None
            or _fewer(
                _near(done, (middle + other) / 2),
                min(_near(done, middle), _near(done, other)),
            )
            for other in neighbors
        ):
            accepted = sorted([*accepted, middle])
    return accepted, 4


def _near(done: Sequence[NaiveRun], middle: float) -> int:
    return len({run.day for run in done if middle - NEAR <= run.log < middle + NEAR})


def _fewer(between: int, of_mode: int) -> bool:
    coins = between + of_mode
    heads = sum(comb(coins, n) for n in range(of_mode, coins + 1))
    return bool(heads / 2**coins <= 0.01)


def _mode(
    done: Sequence[NaiveRun],
    middle: float,
    above: float,
    below: float,
    looked_for: int,
) -> NaiveMode:
    own = [run for run in done if above <= run.log < below]
    days = sorted({run.day for run in own})
    matched = [
        day
        for day in days
        if 2 * sum(abs(r.log - middle) <= NEAR for r in own if r.day == day)
        > sum(r.day == day for r in own)
    ]
    counts = [sum(run.day == day for run in own) for day in days]
    p = tail([more_than_half(n, 0.5) for n in counts], len(matched)) * looked_for
    return NaiveMode(
        middle, above, below, tuple(days), tuple(matched), looked_for, p <= 0.05
    )


def more_than_half(trials: int, chance: float) -> float:
    """Return the probability that most trials succeed, outcome by outcome."""
    if trials > 10:
        return sum(
            comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
            for k in range(trials + 1)
            if 2 * k > trials
        )
    return sum(
        chance ** sum(way) * (1 - chance) ** (trials - sum(way))
        for way in product((0, 1), repeat=trials)
        if 2 * sum(way) > trials
    )


def tail(chances: Sequence[float], matched: int) -> float:
    """Return the probability of so many successes, one trial after the other."""
    mass = [1.0]
    for chance in chances:
        mass = [
            (mass[k] if k < len(mass) else 0.0) * (1 - chance)
            + (mass[k - 1] if k else 0.0) * chance
            for k in range(len(mass) + 1)
        ]
    return sum(reversed(mass[matched:]))


def near_by_chance(runs: Sequence[NaiveRun], mode: NaiveMode) -> float:
    """Return the share of blurred lengths near a middle, of those of its reach."""

    def below(edge: float, center: float) -> float:
        return (1 + erf((edge - center) / (BLUR * sqrt(2)))) / 2

    own = [r.log for r in runs if r.seen and mode.above <= r.log < mode.below]
    near = [below(mode.middle + NEAR, x) - below(mode.middle - NEAR, x) for x in own]
    within = [below(mode.below, x) - below(mode.above, x) for x in own]
    return sum(near) / sum(within)


def quantiles(runs: Sequence[NaiveRun], mode: NaiveMode) -> list[float]:
    """Return the 10th, 50th and 90th percentile of the next length, in seconds.

    Step by step: of those still going on, each end takes its share of what is left.
    """
    own = sorted(
        (
            run
            for run in runs
            if abs(run.log - mode.middle) <= CLUSTER
            and mode.above <= run.log < mode.below
        ),
        key=lambda run: (run.log, not run.seen),
    )
    left, points = 1.0, []
    for number, run in enumerate(own):
        if run.seen:
            left *= 1 - 1 / (len(own) - number)
            points.append(((1 - left) * len(own) / (len(own) + 1), run.log))
    return [exp(_at(points, share)) for share in (0.1, 0.5, 0.9)]


def _at(points: Sequence[tuple[float, float]], share: float) -> float:
    if share <= points[0][0]:
        return points[0][1]
    for (a, low), (b, high) in pairwise(points):
        if a <= share <= b:
            return low + (high - low) * (share - a) / (b - a)
    return points[-1][1]


def logarithm(milliseconds: int) -> float:
    """Return the natural logarithm of seconds."""
    return log(max(milliseconds, 1) / 1000)
