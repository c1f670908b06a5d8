"""What was planted in a simulated home beside what was learned of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.simulator import Home, PlantedHabit, Step
from custom_components.pattern_intelligence.engine.civil import circular_minutes, clock
from custom_components.pattern_intelligence.engine.home import (
    EntityInfo,
    Home as KnownHome,
)
from custom_components.pattern_intelligence.engine.window import Key
from custom_components.pattern_intelligence.engine.wording import Wording

from .table import span

type Json = Mapping[str, Any]

_SAME_TIME_MIN: Final = 30
"""A time this near is the planted one, unless the habit itself is less exact."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Planted habits and learned patterns, brought together.

    Attributes:
        found: habits with the pattern that states each.
        missed: habits that no pattern states.
        implied: patterns that were not planted, but follow from what was.
        extra: all other patterns.
    """

    found: Sequence[tuple[PlantedHabit, Json]]
    missed: Sequence[PlantedHabit]
    implied: Sequence[Json]
    extra: Sequence[Json]

    @property
    def clear_missed(self) -> list[PlantedHabit]:
        """Return the missed habits that are plain to see."""
        return [habit for habit in self.missed if habit.clear]


def compare(home: Home, patterns: Iterable[Json], kinds: Iterable[str]) -> Comparison:
    """Bring planted habits and learned patterns together.

    Habits that somebody gave up, and what automations do, are not expected; nor are
    habits of a kind that no detector looks for.

    Args:
        home: the simulated home.
        patterns: as the contract has them, surest first.
        kinds: the types of the detectors that ran.
    """
    looked_for = frozenset(kinds)
    habits = [
        habit
        for habit in home.truth.habits
        if habit.kind in looked_for and not habit.stopped and not habit.automation
    ]
    found: list[tuple[PlantedHabit, Json]] = []
    missed: list[PlantedHabit] = []
    left = list(patterns)
    for habit in habits:
        stating = [pattern for pattern in patterns if states(pattern, habit)]
        if stating:
            found.append((habit, min(stating, key=lambda one: _distance(one, habit))))
        else:
            missed.append(habit)
        left = [pattern for pattern in left if pattern not in stating]
    implied = [pattern for pattern in left if _is_implied(pattern, home)]
    extra = [pattern for pattern in left if pattern not in implied]
    return Comparison(found, missed, implied, extra)


def states(pattern: Json, habit: PlantedHabit) -> bool:
    """Tell whether a pattern says what was planted."""
    return (
        pattern["type"] == habit.kind
        and _steps(pattern) == habit.steps
        and _distance(pattern, habit) <= max(_SAME_TIME_MIN, habit.sd or 0.0)
    )


def _distance(pattern: Json, habit: PlantedHabit) -> float:
    """Return by how many minutes the time differs; 0 where none is kept."""
    if habit.minute is None:
        return 0.0
    hours, minutes = pattern["when"]["time"].split(":")
    return abs(circular_minutes(60 * int(hours) + int(minutes) - habit.minute))


def _steps(pattern: Json) -> tuple[Step, ...]:
    return tuple(Step(one["entity_id"], one["state"]) for one in pattern["entities"])


def _is_implied(pattern: Json, home: Home) -> bool:
    steps = _steps(pattern)
    automated = {steps for steps, _ in home.truth.automated}
    return steps in home.truth.links or steps in automated


class Told:
    """Puts a comparison into lines for a person.

    Args:
        home: the simulated home, whose names are used.
    """

    def __init__(self, home: Home) -> None:
        """Take the names."""
        known = {
            entity.entity_id: EntityInfo(
                entity.entity_id, entity.name, entity.device_class
            )
            for entity in home.entities
        }
        self._wording = Wording(KnownHome(home.clock.zone, entities=known))

    def lines(self, comparison: Comparison) -> Iterator[str]:
        """Yield what was planted, what was learned of it, and what else."""
        rows = [
            ("✓", self.habit(habit), learned(pattern))
            for habit, pattern in comparison.found
        ]
        rows += [("✗", self.habit(habit), "") for habit in comparison.missed]
        width = max((len(planted) for _, planted, _ in rows), default=0)
        yield f"  {'Planted':<{width}}    Learned"
        for mark, planted, answer in rows:
            yield f"{mark} {planted:<{width}}    {answer}".rstrip()
        for heading, patterns in (
            ("Not planted, but following from it", comparison.implied),
            ("Not planted", comparison.extra),
        ):
            if patterns:
                yield ""
                yield f"{heading} ({len(patterns)})"
                for pattern in patterns:
                    yield f"+ {pattern['title']}    {pattern['confidence']:.0%}"

    def habit(self, habit: PlantedHabit) -> str:
        """Return a planted habit in words."""
        steps = [self._wording.entered(Key(s.entity_id, s.state)) for s in habit.steps]
        if habit.minute is None:
            lag = f" ({span(habit.lag)})" if habit.lag is not None else ""
            return f"{steps[0]}, then {', then '.join(steps[1:])}{lag}"
        which = "" if habit.anchor == "each" else f"{habit.anchor} of the day: "
        days = self._wording.days(habit.weekdays)
        return f"{which}{steps[0]}, {clock(habit.minute)} ± {habit.sd:.0f} min {days}"


def learned(pattern: Json) -> str:
    """Return what a pattern says, in short."""
    when, lag = pattern["when"], pattern["lag_s"]
    timing = (
        f"{when['time']} ({when['earliest']}–{when['latest']})"
        if when
        else f"after {span(lag['median'])}"
    )
    return f"{timing}, {pattern['confidence']:.0%}"
