"""When Home Assistant was writing: told by what writes a point every few minutes.

An InfluxDB does not say when Home Assistant ran. Sensors that measure write all day and
night, so where they do, an hour without any point is one in which nobody wrote. Where
no sensors are written, silence says nothing and counts as recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...engine.civil import MINUTE_MS, CivilTime
from .rows import NS, one_of
from .server import Rows, Server

_BIN_MS: Final = 5 * MINUTE_MS
_LEAST_BINS: Final = 12
"""Less than an hour of silence is told from no other pause."""
_DAYS_BEFORE: Final = 7
_USUALLY: Final = 0.9
"""The share of the same minutes of other days that have a point where silence is odd."""
_MEASURED: Final = ("sensor", "sun")

type Interval = tuple[int, int]
type _Beats = NDArray[np.bool_]


class Pulse:
    """Tells when states were written.

    Args:
        server: asked.
        civil: the home's civil time.
    """

    def __init__(self, server: Server, civil: CivilTime) -> None:
        """Begin with nothing asked."""
        self._server = server
        self._civil = civil
        self._known: dict[date, _Beats] = {}

    def recorded(
        self, day: date, instants: NDArray[np.int64], edges: Interval
    ) -> tuple[Interval, ...]:
        """Return when states were written on a day. Blocks.

        Args:
            day: the local date.
            instants: shape (points,), of the points that are read, UTC milliseconds.
            edges: the first instant there is at all, and the one after the last.

        Returns:
            Intervals ``[start, end)``, ascending and disjoint, UTC milliseconds.

        Raises:
            InfluxSourceError: the server is away, or says no.
        """
        start, end = self._civil.bounds(day)
        start, end = max(start, edges[0]), min(end, edges[1])
        if start >= end:
            return ()
        begin = self._civil.bounds(day)[0]
        beats = self._beats(day).copy()
        beats[(instants[(instants >= start) & (instants < end)] - begin) // _BIN_MS] = (
            True
        )
        spans, at = [], start
        for first, stop in _silences(beats):
            if self._is_odd(day, first, stop):
                low, high = begin + first * _BIN_MS, begin + stop * _BIN_MS
                if at < low:
                    spans.append((at, min(low, end)))
                at = max(high, at)
        if at < end:
            spans.append((at, end))
        return tuple(span for span in spans if span[0] < span[1])

    def _is_odd(self, day: date, first: int, stop: int) -> bool:
        """Tell whether points usually come at that time of day."""
        others = [
            beats[first:stop]
            for n in range(1, _DAYS_BEFORE + 1)
            if (beats := self._beats(day - timedelta(days=n))).any()
        ]
        if not others:
            return False
        return float(np.concatenate(others).mean()) >= _USUALLY

    def _beats(self, day: date) -> _Beats:
        """Return in which five minutes of a day something was measured."""
        if (known := self._known.get(day)) is not None:
            return known
        start, end = self._civil.bounds(day)
        beats = np.zeros(-((start - end) // _BIN_MS), bool)

        def take(rows: Rows) -> list[int]:
            return [int(row[2]) // NS for row in rows]

        for at in self._server.ask(
            take,
            'SELECT count("value"::float) FROM /.*/ WHERE time >= $start '
            'AND time < $end AND "domain" =~ $domains GROUP BY time(5m) fill(none)',
            {"start": start * NS, "end": end * NS, "domains": one_of(_MEASURED)},
        ):
            beats[(max(at, start) - start) // _BIN_MS] = True
        oldest = day - timedelta(days=_DAYS_BEFORE)
        self._known = {d: b for d, b in self._known.items() if d >= oldest}
        self._known[day] = beats
        return beats


def _silences(beats: _Beats) -> Iterator[tuple[int, int]]:
    """Yield the long stretches without a beat: first, and the one after the last."""
    at = 0
    for beating, group in groupby(beats.tolist()):
        size = len(list(group))
        if not beating and size >= _LEAST_BINS:
            yield at, at + size
        at += size
