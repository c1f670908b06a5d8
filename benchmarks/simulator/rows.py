"""Rows on their way to becoming a stream, and the numbering of their states."""

from dataclasses import dataclass

import numpy as np

from .clock import Bools, Floats, Ints
from .model import Codes


class Labels:
    """Numbers state strings in the order in which they are first met."""

    def __init__(self) -> None:
        """Begin without any."""
        self._codes: dict[str, int] = {}

    def code(self, label: str) -> int:
        """Return the number of a state."""
        return self._codes.setdefault(label, len(self._codes))

    def all(self) -> tuple[str, ...]:
        """Return all states, by number."""
        return tuple(self._codes)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows before they are a stream, in columns as in `Stream`."""

    entity: Codes
    state: Codes
    instant: Floats
    changed: Bools
    user: np.ndarray
    fire: Ints

    @staticmethod
    def of(
        entity: np.ndarray | int,
        state: np.ndarray | int,
        instant: Floats,
        *,
        changed: Bools | bool = True,
        user: np.ndarray | int = -1,
        fire: np.ndarray | int = -1,
    ) -> Rows:
        """Make rows, spreading what is given once over all of them."""
        size = (len(instant),)
        return Rows(
            np.broadcast_to(np.asarray(entity, np.int32), size),
            np.broadcast_to(np.asarray(state, np.int32), size),
            np.asarray(instant, np.float64),
            np.broadcast_to(np.asarray(changed, np.bool_), size),
            np.broadcast_to(np.asarray(user, np.int8), size),
            np.broadcast_to(np.asarray(fire, np.int64), size),
        )

    @staticmethod
    def join(parts: list[Rows]) -> Rows:
        """Return all rows, ordered by entity, then by time."""
        rows = Rows(
            *(np.concatenate([getattr(p, n) for p in parts]) for n in Rows.__slots__)
        )
        return rows.take(np.lexsort((rows.instant, rows.entity)))

    def take(self, which: np.ndarray) -> Rows:
        """Return the rows selected by a mask or by positions."""
        return Rows(*(getattr(self, name)[which] for name in self.__slots__))
