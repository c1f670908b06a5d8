"""What may be out of the ordinary about a day, each with the chance it had."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..civil import DAY_MINUTES, MINUTE_MS, SECOND_MS, circular_minutes
from ..evidence import Floats
from ..keys import Key
from ..pattern import Spread
from ..tables import Numbers
from ..window import Window
from .budget import NEWS_DAYS, TAIL, Stretch, Watch
from .day_counts import Counts, CountTails
from .odd_hours import NEAR_MINUTES, OddHours, bins_around, minutes_of
from .overlong import lasting
from .silence import silences
from .uses import Uses

_NO_COUNT: Final = 1 << 40
"""More than anything is ever used."""


class OddKind(StrEnum):
    """In what ways a day may be out of the ordinary."""

    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    ODD_HOUR = "odd_hour"
    LEFT_ON = "left_on"
    MISSED = "missed"
    SILENT = "silent"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that may be out of the ordinary.

    Attributes:
        kind: in what way.
        key: what it is about; a state of "" means the entity as a whole.
        chance: of it on a usual day, as the model has it.
        expected: what was expected, in the unit of ``seen``.
        seen: what was seen: uses, or seconds of what is left on.
        span: earliest, usual or telling, and latest minute after midnight.
        days: shape (n,), numbers of the past days it is judged by.
        duration: how long it usually lasts, if it is about that.
        before: the chance of what there was of it when the day began.
        more: further facts.
    """

    kind: OddKind
    key: Key
    chance: float
    expected: float
    seen: float
    span: tuple[float, float, float]
    days: Numbers
    duration: Spread | None = None
    before: float = 1.0
    more: dict[str, Any] = field(default_factory=dict)


type Watched = tuple[Watch, list[Suspect]]


def watch_counts(tails: CountTails, least: float) -> Watched:
    """Look for things that were used too often, or too rarely.

    Args:
        tails: the side that is looked at.
        least: chances below this are what is to be told.
    """
    counts = tails.counts
    uses = counts.uses
    watch = Watch(tails.sizes, tails.stretch(least))
    news = _news(tails)
    found = []
    for thing in np.flatnonzero(news & (tails.today < TAIL)).tolist():
        rows = np.flatnonzero((uses.thing == thing) & (uses.day == uses.last_day))
        found.append(
            Suspect(
                OddKind.TOO_FEW if tails.few else OddKind.TOO_MANY,
                Key(uses.entities[thing], ""),
                float(tails.today[thing]),
                float(tails.expected[thing]),
                float(uses.counts[thing, -1]),
                whole_day(uses, thing) if tails.few else _span(minutes_of(uses, rows)),
                uses.window.days[counts.known[thing]],
            )
        )
    return watch, found


def _news(tails: CountTails) -> NDArray[np.bool_]:
    """Tell which of today's counts the last week has not seen the like of.

    Days of which much less, or more, was to be expected than of today do not count.
    """
    counts = tails.counts.uses.counts
    today, usual = counts[:, -1], tails.expected[:, None]
    week = slice(-1 - NEWS_DAYS, -1)
    if tails.few:
        alike = tails.usual[:, week] * 2 >= usual
        found = today < np.where(alike, counts[:, week], _NO_COUNT).min(axis=1)
    else:
        alike = tails.usual[:, week] <= usual * 2
        found = today > np.where(alike, counts[:, week], -1).max(axis=1)
    news: NDArray[np.bool_] = found
    return news


def _span(minutes: Floats) -> tuple[float, float, float]:
    return float(minutes.min()), float(np.median(minutes)), float(minutes.max())


def whole_day(uses: Uses, thing: int) -> tuple[float, float, float]:
    """Return a day's first and last minute, and the usual middle of a thing's uses."""
    profile = uses.by_hour[int(uses.free[-1]), thing]
    middle = int(np.searchsorted(np.cumsum(profile), 0.5))
    return 0.0, 60.0 * min(middle, 23) + 30.0, 1439.0


def watch_silences(counts: Counts, doings: Uses, least: float) -> Watched:
    """Look for things that fell silent within the day.

    Args:
        counts: of all uses.
        doings: what people did.
        least: chances below this are what is to be told.
    """
    uses = counts.uses
    found = silences(uses, counts.expected, counts.overdispersion, doings)
    shown = counts.known & counts.judged[:, None]
    past = found.chance[shown]
    # A thing of few uses never falls silent so surprisingly.
    reaches = counts.judged & (found.least < TAIL)
    foretold = TAIL * shown[reaches].sum()
    watch = Watch(
        lambda chance: chance * float((counts.judged & (found.least < chance)).sum()),
        Stretch.fitted(past[past < TAIL], float(foretold), least),
    )
    today = np.where(counts.judged, found.chance[:, -1], 1.0)
    longer = found.missing[:, -1] > found.missing[:, -1 - NEWS_DAYS : -1].max(axis=1)
    suspects = [
        Suspect(
            OddKind.SILENT,
            Key(uses.entities[thing], ""),
            float(today[thing]),
            float(found.missing[thing, -1]),
            0.0,
            (float(found.since[thing, -1]), float(found.since[thing, -1]), 1439.0),
            uses.window.days[counts.known[thing]],
        )
        for thing in np.flatnonzero(longer & (today < TAIL)).tolist()
    ]
    return watch, suspects


def watch_hours(counts: Counts, least: float) -> Watched:
    """Look for uses at hours at which a thing is never used.

    Args:
        counts: of what people did.
        least: chances below this are what is to be told.
    """
    uses = counts.uses
    hours = OddHours(uses, counts.expected)
    shown = counts.known & counts.judged[:, None]
    # The first days have no week before them.
    shown[:, :NEWS_DAYS] = False
    past = [
        float(hours.chances[thing, day])
        for thing, day in zip(*np.nonzero(shown & (hours.chances < TAIL)), strict=True)
        if hours.is_news(hours.oddest(thing, day))
    ]
    watch = Watch(
        lambda chance: chance * float((counts.judged & (hours.rarest <= chance)).sum()),
        Stretch.fitted(
            np.array(past),
            TAIL * float(shown[hours.rarest <= TAIL].sum()),
            least,
        ),
    )
    today = np.where(counts.judged, hours.chances[:, -1], 1.0)
    suspects = []
    for thing in np.flatnonzero(today < TAIL).tolist():
        oddest = hours.oddest(thing, uses.last_day)
        if not hours.is_news(oddest):
            continue
        minute = float(uses.clock[oddest] / MINUTE_MS)
        minutes = minutes_of(uses, hours.today[uses.thing[hours.today] == thing])
        usual = hours.density[thing, bins_around(minute)].sum()
        near = minutes[np.abs(circular_minutes(minutes - minute)) <= NEAR_MINUTES]
        suspects.append(
            Suspect(
                OddKind.ODD_HOUR,
                Key(uses.entities[thing], ""),
                float(today[thing]),
                float(counts.expected[thing, -1] * usual),
                float(near.size),
                _span(near),
                uses.window.days[counts.known[thing]],
            )
        )
    return watch, suspects


def watch_lasting(window: Window, least: float) -> Watched:
    """Look for states that last far too long.

    Args:
        window: the days.
        least: chances below this are what is to be told.
    """
    start, end = window.civil.bounds(window.last_day)
    runs = window.runs
    found = lasting(runs, window.civil, start, end, window.days.size - 1)
    days = window.days[:-1]
    watch = Watch(
        lambda chance: chance * found.key.size,
        Stretch.fitted(
            found.past[found.past < TAIL],
            TAIL * found.key.size * days.size,
            least,
        ),
    )
    place = {int(key): at for at, key in enumerate(found.key.tolist())}
    suspects = []
    for at in np.flatnonzero(found.today < TAIL).tolist():
        row = int(found.rows[at])
        key = int(runs.key[row])
        p10, median, p90 = found.usual(place[key])
        wall = window.civil.wall(runs.begin[row : row + 1])
        begin = float(wall[0] / MINUTE_MS % DAY_MINUTES)
        lasted = float(min(runs.end[row], end) - runs.begin[row]) / SECOND_MS
        suspects.append(
            Suspect(
                OddKind.LEFT_ON,
                runs.keys[key],
                float(found.today[at]),
                median,
                lasted,
                (begin, begin, (begin + lasted / 60) % DAY_MINUTES),
                days,
                Spread(median, p10, p90),
                float(found.before[at]),
                {"goes_on": bool(runs.end[row] >= end and not runs.ended[row])},
            )
        )
    return watch, suspects
