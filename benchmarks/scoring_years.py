"""Scores trends and yearly swings against what moves and swings in a home over years."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    CivilTime,
    date_of,
    day_number,
    month_end,
    month_of,
)
from custom_components.pattern_intelligence.engine.pattern import Finding

from .apart import told_from_sun
from .occasions import Occasions
from .simulator.clock import DAY_MINUTES, Bools, Floats
from .simulator.year_homes import SUNNY
from .simulator.years import WEEK, Measure, Moves, Thing, Years

#: Days of which a trend is told, and of which a swing is.
TREND_DAYS = 90
SWING_DAYS = 730
#: A meter's trend takes a year, or it may be the season.
METER_DAYS = 365
#: Days that a trend is looked for on.
TREND_SPAN = 364
#: Days before and after that stand for a month.
MONTH = 28


@dataclass(slots=True)
class YearScore:
    """How trends and swings were told in one home, or in many.

    `wanted` and `found` count clear ones by what they are. `apart` tells, of each wanted
    trend that can be told from the sun's course, whether it was found.
    """

    reported: int = 0
    false: list[str] = field(default_factory=list)
    wanted: dict[tuple[Moves, Measure], int] = field(default_factory=dict)
    found: dict[tuple[Moves, Measure], int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    apart: list[bool] = field(default_factory=list)
    occasions: Occasions = field(default_factory=Occasions)

    def join(self, other: YearScore) -> None:
        """Add another home."""
        self.reported += other.reported
        self.false += other.false
        self.missed += other.missed
        self.apart += other.apart
        self.occasions.join(other.occasions)
        for kind, count in other.wanted.items():
            self.wanted[kind] = self.wanted.get(kind, 0) + count
        for kind, count in other.found.items():
            self.found[kind] = self.found.get(kind, 0) + count


def score_years(findings: Sequence[Finding], home: Years, learned: int) -> YearScore:
    """Score what was found after so many days, and check it on those after.

    Args:
        findings: of the type `seasonal`.
        home: the home.
        learned: how many of its days were learned.
    """
    things = {thing.entity_id: thing for thing in home.things}
    score = YearScore(reported=len(findings))
    said: set[str] = set()
    for found in findings:
        thing = things[found.entities[0].entity_id]
        assert found.context is not None
        if _true(found, thing):
            said.add(thing.entity_id)
        else:
            score.false.append(
                f"home {home.seed}: {thing.entity_id} ({thing.kind}): "
                f"{dict(found.context)}"
            )
        moved = month_moved(found, home, thing, learned)
        if moved is not None:
            score.occasions.add(found.confidence, 1, int(moved))
    for thing in home.things:
        if not thing.clear or not _tellable(thing, learned):
            continue
        kind = thing.moves, thing.measure
        if thing.moves == "trend" and told_apart(home, thing, learned):
            score.apart.append(thing.entity_id in said)
        score.wanted[kind] = score.wanted.get(kind, 0) + 1
        if thing.entity_id in said:
            score.found[kind] = score.found.get(kind, 0) + 1
        else:
            score.missed.append(
                f"home {home.seed}, from {home.first_day}: {thing.entity_id} "
                f"{thing.moves} {thing.size:.2f}, {thing.plain:.0f} times chance"
            )
    return score


def _true(found: Finding, thing: Thing) -> bool:
    """Tell whether a thing does what is said: also by the sun, which swings."""
    assert found.context is not None
    kind, measure = found.context["kind"], found.context["of"]
    if thing.kind in SUNNY:
        return bool(kind == "season")
    return bool(thing.moves == kind and thing.measure == measure)


def _tellable(thing: Thing, learned: int) -> bool:
    if thing.moves == "season":
        return learned >= SWING_DAYS
    return learned >= (METER_DAYS if thing.amount is not None else TREND_DAYS)


def told_apart(home: Years, thing: Thing, learned: int) -> bool:
    """Tell whether what is planted is far enough from all that the sun might do.

    Args:
        home: The home.
        thing: What has a trend in it.
        learned: How many days were learned.
    """
    span = min(learned, TREND_SPAN)
    since: Floats = np.arange(WEEK / 2, span, WEEK, np.float64)
    return told_from_sun(
        thing.plain * since / span,
        day_number(home.first_day) + learned - span + since,
        CivilTime(ZoneInfo(home.zone)),
        home.position,
        of_time=thing.measure == "time",
    )


def month_moved(found: Finding, home: Years, thing: Thing, learned: int) -> bool | None:
    """Return whether the month after what was learned moved as stated.

    None where too little happened to tell.
    """
    assert found.context is not None
    first = day_number(home.first_day)
    if found.context["kind"] == "season":
        end = _months_over(first + learned)
        swing = found.details["swing"]
        before = date.fromisoformat(f"{swing['than']}-01")
        spans = [
            (day_number(month) - first, day_number(month_end(month)) + 1 - first)
            for month in (before, end)
        ]
        rises = swing["next"] == "above"
    else:
        now = found.eligible[-1] - first + (found.eligible[-1] - found.eligible[-2])
        spans = [(now - MONTH, now), (now, now + MONTH)]
        if thing.amount is not None:
            spans[0] = (now - 364, now - 364 + MONTH)
        change = found.context.get(
            "minutes_per_week", found.context.get("percent_per_week")
        )
        rises = change > 0
    anchor = found.when.anchor if found.when else None
    levels = [_level(home, thing, found.context["of"], anchor, *span) for span in spans]
    if not np.isfinite(levels).all():
        return None
    return bool((levels[1] > levels[0]) == rises)


def _months_over(day: int) -> date:
    """Return the first month that was not over when a day began."""
    return month_of(date_of(day))


def _level(
    home: Years, thing: Thing, measure: Measure, anchor: str | None, low: int, high: int
) -> float:
    """Return what is usual on some of a home's days."""
    if low < 0 or high > home.days:
        return np.nan
    lived = home.recorded[low:high]
    if thing.amount is None:
        # How often a day: while they are away a household does nothing.
        lived = lived & _lived(home)[low:high]
    watched = int(lived.sum())
    if watched < MONTH / 2:
        return np.nan
    if thing.amount is not None:
        return float(thing.amount[low:high].sum()) / watched
    own = (thing.day >= low) & (thing.day < high)
    if np.unique(thing.day[own]).size < MONTH / 4:
        return np.nan
    match measure:
        case "count":
            return float(own.sum()) / watched
        case "duration":
            return float(np.log(thing.seconds[own]).mean())
    return float(np.median(_times(thing.day[own], thing.minute[own], anchor)))


def _lived(home: Years) -> Bools:
    """Tell of each day whether anything was done at all, meters aside."""
    found = np.zeros(home.days, np.bool_)
    for thing in home.things:
        found[thing.day] = True
    return found


def _times(day: np.ndarray, minute: Floats, anchor: str | None) -> Floats:
    order = np.lexsort((minute, day))
    day, minute = day[order], minute[order] % DAY_MINUTES
    if anchor == "last":
        day, minute = day[::-1], minute[::-1]
    if anchor == "each":
        return minute
    chosen: Floats = minute[np.unique(day, return_index=True)[1]]
    return chosen
