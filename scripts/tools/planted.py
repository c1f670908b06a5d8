"""What was planted in a simulated home beside what was learned of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.scoring import Found, Json, score_pairs, score_times
from benchmarks.simulator import Home, PlantedHabit
from custom_components.pattern_intelligence.engine.civil import clock
from custom_components.pattern_intelligence.engine.home import (
    EntityInfo,
    Home as KnownHome,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .table import span

_PLAIN_DAYS: Final = 14
"""On fewer days, as of Saturdays only, even an exact time may be luck."""

_ANSWER: Final = 30
"""Columns that what was learned of a habit takes."""

_SHOWN: Final = 10
"""How many patterns of a kind that nobody asked for are listed."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Planted habits and learned patterns, brought together.

    Attributes:
        wanted: the habits that could be learned, with the patterns that say them.
        implied: patterns that were not planted, but are true of the household.
        untrue: patterns that are not.
    """

    wanted: Sequence[Found]
    implied: Sequence[Json]
    untrue: Sequence[Json]

    @property
    def clear_missed(self) -> list[PlantedHabit]:
        """Return the habits that are plain to see, and were not found."""
        return [
            one.habit
            for one in self.wanted
            if one.habit.clear
            and len(one.habit.kept) >= _PLAIN_DAYS
            and not one.patterns
        ]


def compare(home: Home, patterns: Sequence[Json]) -> Comparison:
    """Bring planted habits and learned patterns together.

    Args:
        home: the simulated home, all of whose days were learned.
        patterns: as the contract has them, surest first.
    """
    scores = [score(patterns, home, home.days) for score in (score_times, score_pairs)]
    wanted = [one for score in scores for one in score.wanted]
    untrue = [one for score in scores for one in score.false]
    said = [pattern for one in wanted for pattern in one.patterns]
    implied = [one for one in patterns if one not in said and one not in untrue]
    return Comparison(wanted, implied, untrue)


def told(home: Home, comparison: Comparison, columns: int) -> Iterator[str]:
    """Yield lines that show a person what was planted, and what was learned.

    Args:
        home: the simulated home, whose names are used.
        comparison: what to show.
        columns: how wide the lines may be.
    """
    known = {
        entity.entity_id: EntityInfo(entity.entity_id, entity.name, entity.device_class)
        for entity in home.entities
    }
    wording = Wording(KnownHome(home.clock.zone, entities=known))
    rows = [(_planted(one.habit, wording), one) for one in comparison.wanted]
    rows.sort(key=lambda row: not row[1].patterns)
    width = max((len(text) for text, _ in rows), default=0)
    wide = width + _ANSWER <= columns
    found = sum(bool(one.patterns) for _, one in rows)
    yield f"  Planted: {len(rows)}. Learned of it: {found}."
    for text, one in rows:
        if not one.patterns:
            yield f"✗ {text}"
        elif wide:
            yield f"✓ {text:<{width}}  {_learned(one.patterns[0])}"
        else:
            yield f"✓ {text}"
            yield f"    {_learned(one.patterns[0])}"
    for heading, patterns in (
        ("Not planted, but true of this household", comparison.implied),
        ("Neither planted nor true of this household", comparison.untrue),
    ):
        if patterns:
            yield ""
            yield f"  {heading} ({len(patterns)})"
            shown = patterns[:_SHOWN]
            yield from (f"+ {p['title']}, {p['confidence']:.0%}" for p in shown)
            if more := len(patterns) - len(shown):
                yield f"  … and {more} more"


def _planted(habit: PlantedHabit, wording: Wording) -> str:
    steps = [wording.entered(Key(s.entity_id, s.state)) for s in habit.steps]
    share = f"{habit.adherence:.0%}"
    if habit.minute is None or habit.sd is None:
        lag = f" after {span(habit.lag)}" if habit.lag is not None else ""
        return f"{steps[0]}, then {steps[-1]}{lag} ({share})"
    which = "" if habit.anchor == "each" else f"{habit.anchor.capitalize()}: "
    when = f"{clock(habit.minute)} ± {habit.sd:.0f} min"
    return f"{which}{steps[0]} {when} {wording.days(habit.weekdays)} ({share})"


def _learned(pattern: Json) -> str:
    when, lag = pattern["when"], pattern["lag_s"]
    timing = (
        f"{when['time']} ({when['earliest']}–{when['latest']})"
        if when
        else f"after {span(lag['median'])}"
    )
    return f"{timing}, {pattern['confidence']:.0%}"
