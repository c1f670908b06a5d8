"""Things that fall silent within a day, while the rest of the home goes on.

How much use was still to come after a thing's last, until the last thing anybody did
that day: were uses independent, the chance of none is that of a gamma-mixed Poisson
process given the uses before. It is put to the same test on past days, so that what
comes in spells is expected to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..civil import HOUR_MS, MINUTE_MS
from ..evidence import Floats
from ..tables import Numbers
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
    whole = _upto(running, end)
    before = np.minimum(_upto(running, np.maximum(last, 0)), whole)
    usual = expected / np.maximum(uses.possible.sum(axis=2), 1e-9)
    size = 1 / np.maximum(overdispersion, 1e-6)[:, None]
    missing = usual * (whole - before)
    known = size + usual * before
    chance = (known / (known + missing)) ** (size + uses.counts)
    chance[(last < 0) | (last >= end)] = 1.0
    today = usual[:, -1] * whole[:, -1]
    least = (size[:, 0] / (size[:, 0] + today)) ** size[:, 0]
    return Silences(chance, least, last / MINUTE_MS, missing)


def _upto(running: Floats, clock: Numbers) -> Floats:
    """Return the share of a day's uses that comes before a time of day.

    Args:
        running: shape (things, days, 25), by full hours.
        clock: shape (things, days), milliseconds since midnight.
    """
    hour = np.minimum(clock // HOUR_MS, 23)
    low = np.take_along_axis(running, hour[:, :, None], axis=2)[:, :, 0]
    high = np.take_along_axis(running, hour[:, :, None] + 1, axis=2)[:, :, 0]
    found: Floats = low + (high - low) * (clock % HOUR_MS) / HOUR_MS
    return found
