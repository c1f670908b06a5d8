"""When Home Assistant was writing: told by what writes a point every few minutes.

An InfluxDB does not say when Home Assistant ran. Sensors that measure write all day and
night, so where they do, an hour without any point is one in which nobody wrote. Where
no sensors are written, silence says nothing and counts as recorded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...engine.civil import DAY_MS, MINUTE_MS, CivilTime, days_between
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

_NONE: Final = np.zeros(0, bool)


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
        self, day: date, instants: NDArray[np.int64], edges: Interval, until: date
    ) -> tuple[Interval, ...]:
        """Return when states were written on a day. Blocks.

        Args:
            day: the local date.
            instants: shape (points,), of the points that are read, UTC milliseconds.
            edges: the first instant there is at all, and the one after the last.
            until: the last day of those that will be asked about next.

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
        if day not in self._known:
            self._ask(day, max(day, until))
        beats = self._known[day].copy()
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
        """Tell whether points usually come at that time of day, by the clock."""
        silent = self._clock(day)[first:stop]
        before = [day - timedelta(days=n) for n in range(1, _DAYS_BEFORE + 1)]
        others = np.concatenate(
            [
                beats[np.isin(self._clock(other), silent)]
                for other in before
                if (beats := self._beats(other)).any()
            ]
            or [_NONE]
        )
        return bool(others.size) and float(others.mean()) >= _USUALLY

    def _clock(self, day: date) -> NDArray[np.int64]:
        """Return when the five minutes of a day begin, counted by the local clock."""
        start, end = self._civil.bounds(day)
        begun = np.arange(start, end, _BIN_MS, dtype=np.int64)
        return self._civil.wall(begun) % DAY_MS // _BIN_MS

    def _beats(self, day: date) -> _Beats:
        """Return in which five minutes of a day something was measured."""
        if day not in self._known:
            self._ask(day, day)
        return self._known[day]

    def _ask(self, first: date, last: date) -> None:
        """Ask about days, and forget those long before them."""
        starts = [self._civil.start_of(day) for day in days_between(first, last)]
        end = self._civil.bounds(last)[1]
        asked = [
            np.zeros(-((low - high) // _BIN_MS), bool)
            for low, high in pairwise([*starts, end])
        ]

        def take(rows: Rows) -> list[int]:
            return [int(row[2]) // NS for row in rows]

        for at in self._server.ask(
            take,
            'SELECT count("value"::float) FROM /.*/ WHERE time >= $start '
            'AND time < $end AND "domain" =~ $domains GROUP BY time(5m) fill(none)',
            {"start": starts[0] * NS, "end": end * NS, "domains": one_of(_MEASURED)},
        ):
            day = max(0, bisect_right(starts, at) - 1)
            asked[day][(max(at, starts[day]) - starts[day]) // _BIN_MS] = True
        oldest = first - timedelta(days=_DAYS_BEFORE)
        self._known = {d: b for d, b in self._known.items() if d >= oldest}
        self._known |= zip(days_between(first, last), asked, strict=True)


def _silences(beats: _Beats) -> Iterator[tuple[int, int]]:
    """Yield the long stretches without a beat: first, and the one after the last."""
    at = 0
    for beating, group in groupby(beats.tolist()):
        size = len(list(group))
        if not beating and size >= _LEAST_BINS:
            yield at, at + size
        at += size
