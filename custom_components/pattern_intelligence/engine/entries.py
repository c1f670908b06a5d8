"""What entities entered, and who let them, by the instant it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .civil import Instants
from .keys import Key
from .tables import Numbers


@dataclass(frozen=True, eq=False)
class Entries:
    """Who let entities enter their states, and when.

    Attributes:
        keys: sorted.
        key: shape (n,), index into ``keys``.
        instant: shape (n,), UTC milliseconds.
        cause: shape (n,), codes of :mod:`.provenance`.
    """

    keys: tuple[Key, ...]
    key: NDArray[np.int32]
    instant: Instants
    cause: NDArray[np.int16]

    @cached_property
    def of_key(self) -> NDArray[np.int64]:
        """Return a number for the entity of each key, shape (keys,)."""
        return np.array([self._number[key.entity_id] for key in self.keys], np.int64)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Return the rows sorted by entity, then instant, shape (n,)."""
        # Nearly in order as they are: a stable sort of one number is soon done.
        return np.argsort(
            self._places(self.of_key[self.key], self.instant), None, "stable"
        )

    @cached_property
    def _number(self) -> dict[str, int]:
        return {key.entity_id: number for number, key in enumerate(self.keys)}

    @cached_property
    def _since(self) -> int:
        return int(self.instant.min()) if self.instant.size else 0

    @cached_property
    def _span(self) -> int:
        return int(self.instant.max(initial=self._since)) - self._since + 1

    def _places(self, entity: NDArray[np.int64], instant: Instants) -> Numbers:
        """Return one number for an entity and an instant, in their order."""
        places = entity * self._span
        places += instant
        places -= self._since
        return places

    @cached_property
    def _known(self) -> Numbers:
        """Return where entities did something, ascending, shape (n,)."""
        order = self.order
        return self._places(self.of_key[self.key[order]], self.instant[order])

    def causes(
        self, keys: Sequence[Key], key: NDArray[np.int32], instant: Instants
    ) -> NDArray[np.int16]:
        """Return who caused what entities did at some instants, else 0.

        Args:
            keys: whose entities are asked about.
            key: shape (n,), index into them.
            instant: shape (n,), UTC milliseconds.
        """
        found = np.zeros(key.size, np.int16)
        if not self.key.size or not key.size:
            return found
        asked = np.array([self._number.get(k.entity_id, -1) for k in keys], np.int64)
        since, span = self._since, self._span
        rows = np.flatnonzero((instant >= since) & (instant < since + span))
        wanted = self._places(asked[key[rows]], instant[rows])
        at = np.searchsorted(self._known, wanted).clip(max=self.key.size - 1)
        there = self._known[at] == wanted
        found[rows[there]] = self.cause[self.order[at[there]]]
        return found
