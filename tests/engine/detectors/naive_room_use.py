"""Uses of rooms the slow way: one day, one visit, one turn of the clock at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor

from .naive_rooms import DAY, HOUR, MINUTE, NaiveRooms, Visit

type Clock = Callable[[float], float]
"""How much of a rhythm has passed at a minute after midnight; a turn adds 1."""


def free(naive: NaiveRooms, day: int) -> bool:
    """Tell whether a day number is of a weekend or a public holiday."""
    return (day + 3) % 7 >= 5 or day in naive.window.calendar.holidays


def rhythm(cdf: Sequence[float]) -> Clock:
    """Return a rhythm from its distribution at the edges of bins of 5 minutes."""

    def passed(minute: float) -> float:
        turn, rest = divmod(minute, 1440)
        place = floor(rest / 5)
        part = rest / 5 - place
        return turn + cdf[place] + part * (cdf[place + 1] - cdf[place])

    return passed


def of_others(naive: NaiveRooms, room: str, *, on_free_days: bool) -> Clock:
    """Return what all other rooms do on workdays or on free days, over half an hour."""
    counts = [0] * 288
    for other in naive.rooms:
        for visit in naive.visits(other) if other != room else ():
            if free(naive, visit.wall // DAY) == on_free_days and (
                naive.waking(visit.wall) in naive.counted
            ):
                counts[visit.wall % DAY // (5 * MINUTE)] += 1
    smooth = [
        sum(counts[(b + shift) % 288] for shift in range(-3, 4)) for b in range(288)
    ]
    total = sum(smooth)
    cdf = [0.0]
    for count in smooth:
        cdf.append(cdf[-1] + (count / total if total else 1 / 288))
    return rhythm(cdf)


def on_habit_day(
    visits: Sequence[Visit], day: int, low: float, high: float
) -> tuple[list[Visit], list[Visit]]:
    """Return the visits of the 24 hours around a span, and those that began in it."""
    center = (low + high) / 2
    own = [
        visit
        for visit in visits
        if -720 <= (visit.wall - day * DAY) / MINUTE - center < 720
    ]
    return own, [
        visit for visit in own if low <= (visit.wall - day * DAY) / MINUTE < high
    ]


def chance(
    visits: Sequence[Visit], passed: Clock, day: int, low: float, high: float
) -> float:
    """Return the share of turns of a day's visits for which one begins in a span.

    Measured by a rhythm, each visit begins in the span for as long an arc of turns as
    the span is; what arcs have in common counts once.
    """
    own, _ = on_habit_day(visits, day, low, high)
    begin = passed((low + high) / 2 - 720)
    places = sorted(
        min(max(passed((visit.wall - day * DAY) / MINUTE) - begin, 0), 1)
        for visit in own
    )
    length = passed(high) - passed(low)
    gaps = (
        [
            later - earlier
            for earlier, later in zip(places, [*places[1:], 1 + places[0]], strict=True)
        ]
        if places
        else []
    )
    return sum(min(gap, length) for gap in gaps)


def in_use(visits: Sequence[Visit], day: int, low: float, high: float) -> bool:
    """Tell whether a room was in use at any moment of a span of a habit-day."""
    return any(
        visit.wall <= day * DAY + high * MINUTE
        and visit.wall + visit.end - visit.begin >= day * DAY + low * MINUTE
        for visit in visits
    )


def known(naive: NaiveRooms, day: int, low: float, high: float) -> bool:
    """Tell whether a habit-day is known, its hours recorded, and somebody was home.

    It reaches into the day before when it is centered before noon, else into the one
    after.
    """
    neighbor = day - 1 if low + high < 1440 else day + 1
    hours = range(floor(low / 60), -floor(-high / 60))
    recorded = sum(naive.recorded(day * DAY + hour * HOUR) for hour in hours)
    return (
        neighbor in naive.days and day in naive.counted and recorded >= 0.8 * len(hours)
    )
