"""What may be a step of a sequence: what somebody does, once for each device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..arrays import by_owner
from ..co_occurrence.manners import LAGS_MS
from ..co_occurrence.stream import RESTING, Stream
from ..home import Home

WITNESSES: Final = frozenset({"motion", "moving"})
"""Device classes that see whoever does anything, and do nothing themselves."""

PLACES: Final = frozenset({"occupancy", "presence", "vibration"})
"""Device classes of the same, but also of beds and sofas, which somebody chooses."""

PLACE_PER_DAY: Final = 24
"""A bed or a sofa is taken less often than this: once an hour."""

ENDS: Final = 0.7
"""Share of a key's happenings that only end something, from which all of it does."""


MOST_STEPS: Final = 6
"""Nobody keeps more in mind; what goes on after that is told by another chain."""

LONGEST_MS: Final = (MOST_STEPS - 1) * LAGS_MS[-1]
"""What a chain may take, from its first step to its last."""


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The keys that sequences are made of.

    Attributes:
        stream: the happenings.
        home: tells devices and what sensors see.
    """

    stream: Stream
    home: Home

    @cached_property
    def unit(self) -> NDArray[np.intp]:
        """Return the number of each key's device or lone entity, shape (keys,).

        The siblings on a device are one and the same step.
        """
        units = [self.home.unit(key.entity_id) for key in self.stream.window.keys]
        found: NDArray[np.intp] = np.unique(units, return_inverse=True)[1]
        return found

    @cached_property
    def leads(self) -> NDArray[np.bool_]:
        """Return which keys may be a first step, shape (keys,)."""
        return self.stream.causes & ~self.stream.too_often & self._tells

    @cached_property
    def follows(self) -> NDArray[np.bool_]:
        """Return which keys may be a later step, shape (keys,)."""
        return self.stream.effects & self._tells

    @cached_property
    def pairs(self) -> int:
        """Return how many first two steps there could be: all on two devices."""
        leads = np.bincount(self.unit[self.leads], minlength=self._following.size)
        return int(leads.sum() * self._following.sum() - leads @ self._following)

    def others(self, keys: Sequence[int]) -> int:
        """Return how many keys could follow a chain: all on devices not yet in it.

        Args:
            keys: the chain's, each of another device.
        """
        return int(self._following.sum() - self._following[self.unit[list(keys)]].sum())

    @cached_property
    def _following(self) -> NDArray[np.intp]:
        """Return how many later steps each device has."""
        devices = int(self.unit.max(initial=-1)) + 1
        return np.bincount(self.unit[self.follows], minlength=devices)

    @cached_property
    def ended(self) -> NDArray[np.bool_]:
        """Return after which happenings any chain would be over, shape (n,).

        And somebody was home.
        """
        window = self.stream.window
        end = window.civil.bounds(window.last_day)[1]
        ended: NDArray[np.bool_] = window.instant + LONGEST_MS <= end
        return ended & (self.stream.day >= 0)

    @cached_property
    def _tells(self) -> NDArray[np.bool_]:
        """Return which keys tell what somebody does, shape (keys,)."""
        return self._does & ~self._only_ends

    @cached_property
    def _does(self) -> NDArray[np.bool_]:
        """Return which keys are more than witnesses, shape (keys,)."""
        window = self.stream.window
        per_day = np.diff(window.key_edges) / window.days.size
        classes = [self.home.entity(key.entity_id).device_class for key in window.keys]
        sees = np.array([kind in WITNESSES for kind in classes], bool)
        place = np.array([kind in PLACES for kind in classes], bool)
        found: NDArray[np.bool_] = ~sees & ~(place & (per_day > PLACE_PER_DAY))
        return found

    @cached_property
    def ends(self) -> NDArray[np.bool_]:
        """Return which happenings end what began just before, shape (n,).

        What went on and off within the time in which one step follows another was one
        thing done, and its end is no step of its own.
        """
        window = self.stream.window
        resting = np.array([key.state in RESTING for key in window.keys], bool)
        ending = np.zeros(int(self.stream.entity.max(initial=-1)) + 1, bool)
        ending[self.stream.entity[resting & self._does]] = True
        # Others never rest, or are no steps anyway.
        order = np.flatnonzero(ending[self.stream.entity][window.key])
        entity = self.stream.entity[window.key[order]]
        order = order[by_owner(entity, window.instant[order])]
        begun = np.where(resting[window.key[order]], -1, np.arange(order.size))
        begun = np.maximum.accumulate(begun)
        since = order[np.maximum(begun, 0)]
        entity = self.stream.entity[window.key]
        short = (begun >= 0) & (entity[since] == entity[order])
        short &= window.instant[order] - window.instant[since] < LAGS_MS[-1]
        found = np.zeros(window.key.size, bool)
        found[order] = short & resting[window.key[order]]
        return found

    @cached_property
    def _only_ends(self) -> NDArray[np.bool_]:
        """Return which keys do hardly more than that, shape (keys,)."""
        window = self.stream.window
        ends = np.bincount(window.key, self.ends, len(window.keys))
        found: NDArray[np.bool_] = ends >= ENDS * np.diff(window.key_edges)
        return found
