"""How many rows of an answer may be held."""

from __future__ import annotations

from .server import Rows


class CrowdedError(Exception):
    """There are more points than may be held of several days at once."""


class Budget:
    """Counts rows while they come in, up to a limit.

    Args:
        rows: how many there may be; None for any number.
    """

    def __init__(self, rows: int | None) -> None:
        """Begin with none."""
        self._left = rows

    def count(self, rows: Rows) -> Rows:
        """Yield rows.

        Raises:
            CrowdedError: they are too many.
        """
        if self._left is None:
            yield from rows
            return
        for row in rows:
            self._left -= 1
            if self._left < 0:
                raise CrowdedError
            yield row
