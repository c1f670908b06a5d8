"""Which clock explains a habit: the one on the wall, or the sun's.

What a key does is a mixture of its rhythm and of a habit that scatters normally around
a line: a time of the wall, one that drifts or once moved, or a distance from the sun's
event. Lines are fitted by expectation and maximization (A. P. Dempster, N. M. Laird,
D. B. Rubin, JRSS B 39, 1977). All explain the same happenings, so that their
likelihoods tell how much better the sun does: were the other line true, a ratio of k is
seen with a probability of at most 1/k.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from ..evidence import Floats
from ..tables import Numbers

LEAST_SPREAD: Final = 3.0
"""Minutes: nobody is more punctual, and few happenings may look so."""

MOST_SPREAD: Final = 75.0
"""Minutes above which a bump is as wide as a rhythm."""

MOST_DRIFT: Final = 1.0
"""Minutes a day: what moves by an hour in two months keeps no time of the clock."""

RARELY: Final = float(np.log(10.0))
"""Log of how much rarer habits are that drift, or once moved, than those that do not."""

CHANGES: Final = 6
"""Days at which a habit may have moved, evenly over the time looked at."""

_ROUNDS: Final = 20
_TINY: Final = 1e-12
_SHARE: Final = 0.3
"""Of what is done that belongs to the habit, to begin with."""


@dataclass(frozen=True, eq=False)
class Around:
    """The happenings around n habits.

    Attributes:
        owner: shape (m,), whose each is, ascending from 0.
        wall: shape (m,), minutes after midnight of the day by the sun.
        event: shape (m,), minutes at which the sun's event was that day.
        day: shape (m,), the day's place.
        weight: shape (m,), what each counts.
        density: shape (m,), of the rhythm at each, a minute.
        total: shape (n,), the weight of all happenings of the key, those further off
            too.
    """

    owner: Numbers
    wall: Floats
    event: Floats
    day: Numbers
    weight: Floats
    density: Floats
    total: Floats

    @cached_property
    def inside(self) -> Floats:
        """Return the weight of what is around each, shape (n,)."""
        return self.sums(self.weight)

    def sums(self, values: Floats) -> Floats:
        """Return the sum of values, shape (m,), by whose they are."""
        sums = np.bincount(self.owner, values, minlength=self.total.size)
        return sums.astype(float)

    def take(self, which: NDArray[np.intp]) -> Self:
        """Return what is around some of the habits, in ascending order."""
        place = np.full(self.total.size, -1)
        place[which] = np.arange(which.size)
        own = place[self.owner] >= 0
        return type(self)(
            place[self.owner[own]],
            self.wall[own],
            self.event[own],
            self.day[own],
            self.weight[own],
            self.density[own],
            self.total[which],
        )


@dataclass(frozen=True, eq=False)
class Fit:
    """Habits fitted to happenings.

    Attributes:
        gain: shape (n,), log likelihood gained over the rhythm alone.
        center: shape (n,), minutes about which the line is.
        spread: shape (n,), standard deviation in minutes.
    """

    gain: Floats
    center: Floats
    spread: Floats

    def take(self, which: NDArray[np.intp]) -> Fit:
        """Return those of some of the habits."""
        return Fit(self.gain[which], self.center[which], self.spread[which])

    @classmethod
    def best(cls, tries: list[Fit]) -> Fit:
        """Return of each habit the fit that gains most."""
        which = np.argmax([own.gain for own in tries], axis=0)
        return cls(
            *(
                np.choose(which, [getattr(own, name) for own in tries])
                for name in ("gain", "center", "spread")
            )
        )


def fit(
    around: Around,
    minutes: Floats,
    center: Floats,
    spread: Floats,
    slope_by: Floats | None = None,
    steepest: float = np.inf,
) -> Fit:
    """Fit normal bumps on rhythms, each around a line.

    Args:
        around: what happened around n habits.
        minutes: shape (m,), the same happenings on the clock of the line.
        center: shape (n,), where to begin looking for the bump.
        spread: shape (n,), how wide to begin with.
        slope_by: shape (m,), by what the line rises, if it is not level.
        steepest: by how many minutes it may rise or fall at most.
    """
    owner, sums = around.owner, around.sums
    total = np.maximum(around.total, _TINY)
    share = np.full(center.size, _SHARE)
    spread = spread.clip(LEAST_SPREAD, MOST_SPREAD)
    apart = minutes - center[owner]
    for left in reversed(range(_ROUNDS)):
        width, own = spread[owner], share[owner]
        bump = np.exp(-0.5 * (apart / width) ** 2) / (width * np.sqrt(2 * np.pi))
        ratio = own * bump / around.density
        over = 1 - own + ratio
        if not left:
            # What was gained is asked for once, at the end.
            rest = (total - around.inside).clip(0.0)
            gain = sums(around.weight * np.log(over)) + rest * np.log1p(-share)
        owned = around.weight * ratio / over
        mass = sums(owned) + _TINY
        share = (mass / total).clip(0.0, 1 - 1e-6)
        center = sums(owned * minutes) / mass
        line = center[owner]
        if slope_by is not None:
            since = slope_by - (sums(owned * slope_by) / mass)[owner]
            slope = sums(owned * since * minutes) / (sums(owned * since**2) + _TINY)
            line = line + slope.clip(-steepest, steepest)[owner] * since
        apart = minutes - line
        spread = np.sqrt(sums(owned * apart**2) / mass)
        spread = spread.clip(LEAST_SPREAD, MOST_SPREAD)
    return Fit(gain, center, spread)


def by_the_sun(around: Around, middle: Floats, half: Floats) -> Fit:
    """Return the habits as distances from the sun's event.

    Args:
        around: what happened around n habits.
        middle: shape (n,), minutes after the event about which they are.
        half: shape (n,), within how many minutes of it about.
    """
    return fit(around, around.wall - around.event, middle, half / 2)


def by_the_wall(around: Around, middle: Floats, half: Floats) -> Fit:
    """Return the habits as times of the wall, from where the sun's are met by them.

    Args:
        around: what happened around n habits.
        middle: shape (n,), minutes after the event about which they are.
        half: shape (n,), within how many minutes of it about.
    """
    near = np.abs(around.wall - around.event - middle[around.owner])
    own = np.flatnonzero(near <= half[around.owner])
    order = own[np.lexsort((around.wall[own], around.owner[own]))]
    edges = np.searchsorted(around.owner[order], np.arange(middle.size + 1))
    first, many = edges[:-1], np.diff(edges)
    there = many > 0
    tries = []
    for share, divided in ((0.5, 1.0), (0.5, 2.0), (0.2, 2.0), (0.8, 2.0)):
        place = first[there] + ((many[there] - 1) * share).astype(np.int64)
        start = middle.copy()
        start[there] = around.wall[order[place]]
        tries.append(fit(around, around.wall, start, half / divided))
    return Fit.best(tries)


def by_a_changing_wall(around: Around, level: Fit) -> Floats:
    """Return the gain of the best time of the wall that drifts, or once moved.

    Each further figure pays what it gains by chance (G. Schwarz, Estimating the
    dimension of a model, Ann. Stat. 6, 1978), and that such habits are rare.

    Args:
        around: what happened around n habits.
        level: the habits as times of the wall that do not change.

    Returns:
        Shape (n,).
    """
    pays = np.log(np.maximum(around.inside, 2)) / 2
    start, spread = level.center, level.spread
    day = around.day.astype(float)
    best = fit(around, around.wall, start, spread, day, MOST_DRIFT).gain - pays
    last = int(around.day.max(initial=0))
    for change in np.linspace(0, last, CHANGES + 2)[1:-1].tolist():
        later = (day >= change).astype(float)
        moved = fit(around, around.wall, start, spread, later).gain
        best = np.maximum(best, moved - 2 * pays)
    found: Floats = best - RARELY
    return found
