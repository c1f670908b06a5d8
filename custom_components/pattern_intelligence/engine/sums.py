"""The tables of weeks and months: what they hold of their days, and nothing else.

Every column but the keys can be added, so that a period's row is the sum of the rows
that its days would have alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from .tables import TableSpec

HAPPENINGS_SUM: Final = TableSpec(
    "happenings_sum",
    keys=("entity_id", "state"),
    numbers=("days", "count", "user", "automation"),
    vectors=("by_hour", "first_by_hour", "last_by_hour"),
)
"""How often a state was entered: days on which it was, happenings, and by whom.

The vectors have 24 counts, one for each hour on the clock: of all happenings, of
each day's first and of each day's last.
"""

EXPOSURE_SUM: Final = TableSpec(
    "exposure_sum",
    keys=("entity_id",),
    numbers=("days", "seconds", "home_seconds"),
)
"""How long an entity was watched: days tracked, seconds available, seconds at home."""


class Clock(StrEnum):
    """What a time of day is measured from."""

    WALL = "wall"
    SUNRISE = "sunrise"
    SUNSET = "sunset"


TIME_BINS: Final = 144
"""Bins of :data:`TIMES_SUM`: ten minutes each."""

TIMES_SUM: Final = TableSpec(
    "times_sum",
    keys=("entity_id", "state", "clock"),
    bins=("each", "first", "last"),
)
"""When a state was entered, by whoever is no automation, on each :class:`Clock`.

Counts of ten minutes: by the wall clock from midnight on, by the sun from twelve hours
before that day's event on. ``each`` counts all happenings, ``first`` the day's first
at 04:00 or later by the wall clock, ``last`` the day's last.
"""

LENGTHS_PER_OCTAVE: Final = 4
LENGTH_BINS: Final = 80
"""Bins of :data:`RUNS_SUM`: of :data:`LENGTHS_PER_OCTAVE` for each doubling."""

RUNS_SUM: Final = TableSpec(
    "runs_sum",
    keys=("entity_id", "state"),
    numbers=("days", "count", "seconds"),
    bins=("by_length",),
)
"""How long a state lasted that began and ended, as was seen, on the same day.

``days`` on which one did, how many, and for how many whole seconds in all. The run of
s seconds is counted in bin ``floor(4 * log2(s + 1))``.
"""

CONSUMPTION_SUM: Final = TableSpec(
    "consumption_sum",
    keys=("entity_id", "unit"),
    numbers=("days", "hours", "amount"),
    vectors=("by_hour", "returned_by_hour"),
)
"""What a meter counted: days and hours there are statistics of, and how much.

``amount`` is in thousandths of the ``unit``. The vectors have 24 numbers, one for each
hour on the clock: what was counted up, and what was counted down, if anything was.
"""

SUM_TABLES: Final = (
    HAPPENINGS_SUM,
    EXPOSURE_SUM,
    TIMES_SUM,
    RUNS_SUM,
    CONSUMPTION_SUM,
)
