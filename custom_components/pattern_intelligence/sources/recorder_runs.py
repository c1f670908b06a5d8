"""When Home Assistant was recording, and which days it recorded whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import Connection, select

from ..engine.civil import DAY_MS, HOUR_MS, MINUTE_MS, CivilTime, days_between
from .recorder_schema import RECORDER_RUNS, STATES

type Interval = tuple[int, int]

BEGINNING: Final = 978_307_200_000
"""2001-01-01: what is dated earlier, a clock that was not set yet has dated."""

_EDGE_MS: Final = HOUR_MS
"""How far from a day's edge the first or last row may lie if the day is whole."""

_SLACK_MS: Final = 5 * MINUTE_MS
"""Rows so near a run are its own, written as it started or stopped."""

SILENT_DAYS: Final = 7
"""So many local days in a row without any row are no part of the home's past."""

_PROBED_MS: Final = 3 * DAY_MS
"""Less than half of them: wherever they begin, a probed stretch lies within."""

_updated = STATES.c.last_updated_ts


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded at all.

    Attributes:
        first: the instant of the first row, UTC milliseconds.
        last: the instant of the last row that is believed, UTC milliseconds.
        runs: the runs of Home Assistant, ``[start, end)`` in UTC milliseconds,
            ascending and disjoint.
    """

    first: int
    last: int
    runs: tuple[Interval, ...]

    def complete_days(self, civil: CivilTime, now: int) -> tuple[date, date] | None:
        """Return the first and the last local day that is recorded whole, if any.

        The first day with rows is whole when one lies in its first hour, or a run
        starts there: a run that began earlier says nothing, since its rows may have
        been purged. The last one is, when a row lies in its last hour or a run
        covers it to its end.

        Args:
            civil: the home's civil time.
            now: UTC milliseconds; its day is not over.
        """
        first = civil.day_of(self.first)
        start = civil.start_of(first)
        begun = any(start <= run < start + _EDGE_MS for run, _ in self.runs)
        if self.first >= start + _EDGE_MS and not begun:
            first += timedelta(days=1)
        last = civil.day_of(self.last)
        end = civil.bounds(last)[1]
        covered = any(begin < end <= stop for begin, stop in self.runs)
        if self.last < end - _EDGE_MS and not covered:
            last -= timedelta(days=1)
        last = min(last, civil.day_of(now) - timedelta(days=1))
        return (first, last) if first <= last else None


def read_recording(
    connection: Connection, *, now: int, running: bool
) -> Recording | None:
    """Return what is recorded; None where there are no rows.

    Args:
        connection: to the recorder's database.
        now: UTC milliseconds; rows dated later are those of a clock that jumped.
        running: the run without an end is under way. Else it ends with its last row.
    """
    edges = _edge_rows(connection, BEGINNING, now)
    if edges is None:
        return None
    first, last = edges
    runs = list(_runs(connection, now=now, last=now if running else last + 1))
    return Recording(first, last, tuple(runs))


def silent_days(
    connection: Connection, recording: Recording, civil: CivilTime
) -> frozenset[date]:
    """Return the local days of long stretches without a row of any entity.

    A running home writes rows all the time. Where there are none for a week, its clock
    jumped ahead, or it was off.

    Args:
        connection: to the recorder's database.
        recording: what is recorded at all.
        civil: the home's civil time.
    """
    found: set[date] = set()
    at = recording.first
    while at < recording.last:
        following = at + _PROBED_MS
        if _edge_rows(connection, at, following) is None:
            if stretch := _silence_around(connection, recording, civil, at):
                found |= set(days_between(*stretch))
            later = _edge_rows(connection, following, recording.last)
            following = later[0] if later else recording.last
        at = following
    return frozenset(found)


def _silence_around(
    connection: Connection, recording: Recording, civil: CivilTime, instant: int
) -> tuple[date, date] | None:
    """Return the first and last of the whole days without a row, if they are many."""
    before = _edge_rows(connection, recording.first, instant - 1)
    after = _edge_rows(connection, instant, recording.last)
    if before is None or after is None:
        return None
    first = civil.day_of(before[1]) + timedelta(days=1)
    last = civil.day_of(after[0]) - timedelta(days=1)
    return (first, last) if (last - first).days + 1 >= SILENT_DAYS else None


def days_with_rows(
    connection: Connection, civil: CivilTime, days: Collection[date]
) -> frozenset[date]:
    """Return those of some local days of which there is any row.

    Args:
        connection: to the recorder's database.
        civil: the home's civil time.
        days: local dates.
    """
    bounds = {day: civil.bounds(day) for day in days}
    return frozenset(
        day
        for day, (start, end) in bounds.items()
        if _edge_rows(connection, start, end - 1) is not None
    )


def milliseconds(seconds: float) -> int:
    """Return an instant of the recorder in UTC milliseconds."""
    return round(float(seconds) * 1000)


def _edge_rows(connection: Connection, low: int, high: int) -> Interval | None:
    """Return the instants of the first and the last row from low to high."""
    # Two questions, since only one edge at a time is answered from an index alone.
    inside = select(_updated).where(_updated >= low / 1000, _updated <= high / 1000)
    first = connection.execute(inside.order_by(_updated).limit(1)).scalar()
    last = connection.execute(inside.order_by(_updated.desc()).limit(1)).scalar()
    if first is None or last is None:
        return None
    return milliseconds(first), milliseconds(last)


def _runs(connection: Connection, *, now: int, last: int) -> Iterator[Interval]:
    """Yield the runs, each cut where the next one begins."""
    columns = RECORDER_RUNS.c
    rows = connection.execute(
        select(columns["start"], columns["end"], columns["closed_incorrect"]).order_by(
            columns["start"], columns["run_id"]
        )
    ).all()
    known = [
        (begun, now if end is None else _instant(end), end is None, bool(incorrect))
        for start, end, incorrect in rows
        if (begun := _instant(start)) < now
    ]
    starts = [begun for begun, *_ in known] + [now]
    for (start, end, is_open, incorrect), following in zip(
        known, starts[1:], strict=True
    ):
        stop = min(following, end)
        newest = is_open and following == now
        if newest:
            stop = min(stop, last)
        elif incorrect or is_open:
            stop = _last_row_before(connection, stop)
        if start < stop:
            yield start, stop


def _instant(moment: str | datetime) -> int:
    """Return a time that is UTC, as SQLite's text or a driver's object has it."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return milliseconds(moment.timestamp())


def _last_row_before(connection: Connection, instant: int) -> int:
    """Return when the run broke off that the next start found without an end."""
    earlier = select(_updated).where(_updated < instant / 1000)
    last = connection.execute(earlier.order_by(_updated.desc()).limit(1)).scalar()
    return 0 if last is None else milliseconds(last) + 1


def recorded_intervals(
    connection: Connection, recording: Recording, civil: CivilTime, day: date
) -> tuple[Interval, ...]:
    """Return when Home Assistant was recording on a local day.

    Rows that no run covers are of a file that was made or imported, not recorded:
    between the first and the last of them everything counts as recorded. On a day
    of :func:`silent_days` nothing was.

    Args:
        connection: to the recorder's database.
        recording: what is recorded at all.
        civil: the home's civil time.
        day: the local date.

    Returns:
        Intervals ``[start, end)``, ascending and disjoint.
    """
    start, end = civil.bounds(day)
    stretch = _silence_around(connection, recording, civil, start)
    if stretch and stretch[0] <= day <= stretch[1]:
        return ()
    known = [*recording.runs, *_uncovered(connection, recording, start, end)]
    return tuple(
        (max(begin, start), min(stop, end))
        for begin, stop in sorted(known)
        if begin < end and stop > start
    )


def _uncovered(
    connection: Connection, recording: Recording, start: int, end: int
) -> Iterator[Interval]:
    for low, high in _gaps(recording):
        if low < end and high > start and low < high:
            edges = _edge_rows(connection, low, high - 1)
            if edges is not None:
                yield edges[0], edges[1] + 1


def _gaps(recording: Recording) -> Sequence[Interval]:
    """Return where no run is, a little less than that beside a run."""
    runs = recording.runs
    if not runs:
        return [(recording.first, recording.last + 1)]
    return [
        (recording.first, runs[0][0] - _SLACK_MS),
        *(
            (before[1] + _SLACK_MS, after[0] - _SLACK_MS)
            for before, after in pairwise(runs)
        ),
        (runs[-1][1] + _SLACK_MS, recording.last + 1),
    ]
