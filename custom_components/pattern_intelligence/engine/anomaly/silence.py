"""Things that fall silent within a day, while the rest of the home goes on.

How much use was still to come after a thing's last, until the last thing anybody did
that day: were uses independent, the chance of none is that of a gamma-mixed Poisson
process given the uses before. What comes in spells rests between them. So the rests of
past days are measured on the same clock, which runs as fast as uses are to be expected
(D. R. Cox, Renewal theory, 1962: a moment chosen without regard to the uses falls into
long rests more often than into short ones), and the more cautious of both counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..civil import HOUR_MS, MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
from .budget import TAIL
from .tails import resting_tail
from .uses import Uses


@dataclass(frozen=True, eq=False)
class Silences:
    """The silence at each day's end, of each thing.

    Attributes:
        chance: shape (things, days), of so long a silence; 1 on days without use.
        least: shape (things,), of a whole day's silence today.
        since: shape (things, days), minutes after midnight of the last use.
        missing: shape (things, days), uses that were to be expected meanwhile.
    """

    chance: Floats
    least: Floats
    since: Floats
    missing: Floats


def silences(
    uses: Uses, expected: Floats, overdispersion: Floats, doings: Uses
) -> Silences:
    """Return how each thing's days ended.

    Args:
        uses: of all things, whoever caused them.
        expected: shape (things, days), how many uses each day should have.
        overdispersion: shape (things,), variance beyond the mean, by its square.
        doings: what people did: as long as they do, somebody is about.
    """
    last = np.full(uses.counts.shape, -1, np.int64)
    # Within a day uses ascend, so the last assignment is the last use.
    last[uses.thing, uses.day] = uses.clock
    until = np.zeros(uses.free.size, np.int64)
    np.maximum.at(until, doings.day, doings.clock)
    hours = uses.possible * uses.inhabited
    running = np.concatenate(
        [np.zeros((*hours.shape[:2], 1)), np.cumsum(hours, axis=2)], axis=2
    )
    end = np.broadcast_to(until, last.shape)
    every, day = np.indices(last.shape)
    whole = _upto(running, every, day, end)
    before = np.minimum(_upto(running, every, day, np.maximum(last, 0)), whole)
    usual = expected / np.maximum(uses.possible.sum(axis=2), 1e-9)
    size = 1 / np.maximum(overdispersion, 1e-6)[:, None]
    missing = usual * (whole - before)
    known = size + usual * before
    chance = (known / (known + missing)) ** (size + uses.counts)
    chance[(last < 0) | (last >= end)] = 1.0
    chance = np.maximum(chance, _Rests.of(uses, running, usual).chance(chance, missing))
    today = usual[:, -1] * whole[:, -1]
    least = (size[:, 0] / (size[:, 0] + today)) ** size[:, 0]
    return Silences(chance, least, last / MINUTE_MS, missing)


@dataclass(frozen=True, eq=False)
class _Rests:
    """How long things rest between their uses, in uses to be expected meanwhile.

    Attributes:
        longest: shape (n,), rests by thing, each thing's descending.
        edges: shape (things + 1,), where each thing's are.
        last: shape (things, days), the rest that began with the day's last use; 0
            where it has no end yet.
    """

    longest: Floats
    edges: NDArray[np.intp]
    last: Floats

    @classmethod
    def of(cls, uses: Uses, running: Floats, usual: Floats) -> _Rests:
        """Return the rests between uses; that of the last one has no end yet.

        Args:
            uses: the uses.
            running: shape (things, days, 25), shares of a day's uses by full hours.
            usual: shape (things, days), uses that a whole day should have.
        """
        whole = usual * running[:, :, -1]
        at = (np.cumsum(whole, axis=1) - whole)[uses.thing, uses.day]
        at += usual[uses.thing, uses.day] * _upto(
            running, uses.thing, uses.day, uses.clock
        )
        same = uses.thing[1:] == uses.thing[:-1]
        own, day = uses.thing[:-1][same], uses.day[:-1][same]
        rest = np.diff(at)[same]
        last = np.zeros(usual.shape)
        ends = uses.day[1:][same] != day
        last[own[ends], day[ends]] = rest[ends]
        order = np.lexsort((-rest, own))
        edges = np.searchsorted(own, np.arange(len(usual) + 1))
        return cls(rest[order], edges, last)

    def chance(self, model: Floats, missing: Floats) -> Floats:
        """Return the chance that a day ends within a rest that is so long already.

        Args:
            model: shape (things, days), the chance by the model: where it already says
                that it is usual, nothing is looked up.
            missing: shape (things, days), uses that were to be expected meanwhile.
        """
        found = np.zeros(model.shape)
        for thing, day in zip(*np.nonzero(model < TAIL), strict=True):
            own = self.longest[self.edges[thing] : self.edges[thing + 1]]
            if self.last[thing, day] > 0:
                # Judged by the others.
                place = np.searchsorted(-own, -self.last[thing, day])
                own = np.delete(own, place)
            found[thing, day] = resting_tail(own, float(missing[thing, day]))
        return found


def _upto(running: Floats, thing: Numbers, day: Numbers, clock: Numbers) -> Floats:
    """Return the share of a day's uses that comes before a time of day.

    Args:
        running: shape (things, days, 25), by full hours.
        thing: whose, in the shape of the result.
        day: of which day.
        clock: milliseconds since midnight.
    """
    hour = np.minimum(clock // HOUR_MS, 23)
    low, high = running[thing, day, hour], running[thing, day, hour + 1]
    found: Floats = low + (high - low) * (clock % HOUR_MS) / HOUR_MS
    return found
