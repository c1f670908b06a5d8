"""What may be a step of a sequence: what somebody does, once for each device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .happenings import BOUT_GAP_MS
from .home import Home
from .stream import RESTING, Stream

WITNESSES: Final = frozenset({"motion", "moving"})
"""Device classes that see whoever does anything, and do nothing themselves."""

PLACES: Final = frozenset({"occupancy", "presence", "vibration"})
"""Device classes of the same, but also of beds and sofas, which somebody chooses."""

PLACE_PER_DAY: Final = 24
"""A bed or a sofa is taken less often than this: once an hour."""

ECHOES: Final = 0.7
"""Share of ends that come within minutes of their beginning, and so say nothing."""


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
        units = [
            self.home.entity(key.entity_id).device_id or key.entity_id
            for key in self.stream.window.keys
        ]
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
        size = int(self.unit.max(initial=-1)) + 1
        leads = np.bincount(self.unit[self.leads], minlength=size)
        follows = np.bincount(self.unit[self.follows], minlength=size)
        return int(leads.sum() * follows.sum() - leads @ follows)

    def others(self, keys: tuple[int, ...]) -> int:
        """Return how many keys could follow a chain: all on devices not yet in it."""
        units = self.unit[list(keys)]
        return int(np.count_nonzero(self.follows & ~np.isin(self.unit, units)))

    @cached_property
    def _tells(self) -> NDArray[np.bool_]:
        """Return which keys tell what somebody does, shape (keys,)."""
        window = self.stream.window
        per_day = np.diff(window.key_edges) / window.days.size
        classes = [self.home.entity(key.entity_id).device_class for key in window.keys]
        sees = np.array([kind in WITNESSES for kind in classes], bool)
        place = np.array([kind in PLACES for kind in classes], bool)
        told: NDArray[np.bool_] = ~sees & ~(place & (per_day > PLACE_PER_DAY))
        return told & ~self._echoes

    @cached_property
    def _echoes(self) -> NDArray[np.bool_]:
        """Return which keys only end, within minutes, what begun, shape (keys,)."""
        window = self.stream.window
        found = np.zeros(len(window.keys), bool)
        begins: dict[str, list[int]] = {}
        for index, key in enumerate(window.keys):
            if key.state not in RESTING:
                begins.setdefault(key.entity_id, []).append(index)
        for index, key in enumerate(window.keys):
            if key.state not in RESTING or key.entity_id not in begins:
                continue
            starts = np.sort(
                np.concatenate(
                    [window.instant[window.of_key(b)] for b in begins[key.entity_id]]
                )
            )
            ends = window.instant[window.of_key(index)]
            at = np.searchsorted(starts, ends, "right") - 1
            short = (at >= 0) & (ends - starts[np.maximum(at, 0)] < BOUT_GAP_MS)
            found[index] = short.mean() >= ECHOES
        return found
