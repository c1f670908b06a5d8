"""The tables of the accuracy report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .occasions import Occasions
from .odd_days import OddScore
from .scoring import Found

DAYS_A_MONTH = 365.25 / 12
#: What errors are counted in, by type.
UNITS = {
    "time_of_day": "min",
    "co_occurrence": "s",
    "sequence": "s",
    "room_based": "min",
    "duration": "%",
    "session": "min",
    "contextual": "min",
}
#: Planted habits of one type that are told apart, by a word that a person knows.
_GROUPS: dict[str, dict[str, Callable[[Found], bool]]] = {
    "time_of_day": {
        "clear": lambda one: one.habit.clear,
        "first": lambda one: one.habit.anchor == "first",
        "last": lambda one: one.habit.anchor == "last",
    },
    "sequence": {"clear": lambda one: one.habit.clear},
    "session": {"clear": lambda one: one.habit.clear},
    "room_based": {
        "use": lambda one: len(one.habit.area_ids) == 1,
        "move": lambda one: len(one.habit.area_ids) > 1,
    },
}


@dataclass(slots=True)
class Tally:
    """What a detector did in one home, or in many."""

    reported: int = 0
    planted: int = 0
    false: int = 0
    few: int = 0
    wanted: list[Found] = field(default_factory=list)
    occasions: Occasions = field(default_factory=Occasions)
    shown: list[str] = field(default_factory=list)

    def join(self, other: Tally) -> None:
        """Add another home."""
        self.reported += other.reported
        self.planted += other.planted
        self.false += other.false
        self.few += other.few
        self.wanted += other.wanted
        self.occasions.join(other.occasions)
        self.shown += other.shown


def lines_of(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """Yield the table of all detectors, some lines each.

    Precision with how many patterns were reported; recall of all planted habits that
    could be learned and of groups of them, with the median error of those found;
    what was stated of the days that followed, and what happened.
    """
    for kind, tally in tallies.items():
        right = tally.reported - tally.false
        precision = right / tally.reported if tally.reported else 1.0
        yield (
            f"{kind:<14} precision {precision:.3f} ({right} of {tally.reported},"
            f" {tally.planted} planted)  {_recalls(kind, tally.wanted)}"
            f"  too few {tally.few}"
        )
        yield f"{'':<14} {tally.occasions}"


def _recalls(kind: str, wanted: Sequence[Found]) -> str:
    """Return recall, in all and by group, and the errors of what was found."""
    groups = {"recall": _any, **_GROUPS.get(kind, {})}
    told: list[str] = []
    for name, chosen in groups.items():
        mine = [one for one in wanted if chosen(one)]
        found = sum(bool(one.patterns) for one in mine)
        recall = found / len(mine) if mine else 1.0
        told.append(f"{name} {recall:.3f} ({found} of {len(mine)})")
    errors = [one.error for one in wanted if one.error is not None]
    if errors:
        told.append(f"median error {np.median(errors):.1f} {UNITS[kind]}")
    masks = [
        one.mask
        for one in wanted
        if one.mask is not None and one.habit.anchor == "each"
    ]
    if masks:
        told.append(f"weekdays exact {np.mean(masks):.3f}")
    return ", ".join(told)


def _any(_: Found) -> bool:
    return True


def odd_lines(score: OddScore) -> Iterator[str]:
    """Yield how many oddities were told, by kind, and false alarms a month.

    Recall is of those that can be told at all; what else was planted follows.
    """
    planted, found = score.planted.total(), score.found.total()
    recall = found / planted if planted else 1.0
    months = score.days / DAYS_A_MONTH
    kinds = ", ".join(
        f"{kind} {score.found[kind]} of {count}"
        for kind, count in sorted(score.planted.items())
    )
    yield (
        f"{'anomaly':<14} recall {recall:.3f} ({found} of {planted}: {kinds})"
        f"  false alarms per home and month {score.alarms / max(months, 1e-9):.2f}"
        f" ({score.alarms} in {score.days} days)"
    )
    known, told = (count.total() for count in score.by_days)
    if 0 < known < score.planted.total():
        yield (
            f"{'':<14} of those that 63 days can tell: recall {told / known:.3f}"
            f" ({told} of {known})"
        )
    planted, found = (count.total() for count in score.beyond)
    if planted:
        kinds = ", ".join(
            f"{kind} {count}" for kind, count in sorted(score.beyond[0].items())
        )
        yield (
            f"{'':<14} beyond who knows the law: {planted} more ({kinds}),"
            f" {found} of them told"
        )


def null_lines(
    kinds: Sequence[str], counts: Mapping[str, Sequence[Mapping[str, float]]], days: int
) -> Iterator[str]:
    """Yield the false patterns per home and month of all detectors together.

    Args:
        kinds: Types of detectors.
        counts: By kind of null, of each home, how many patterns of each type.
        days: How many days each home has.
    """
    for null, homes in counts.items():
        months = len(homes) * days / DAYS_A_MONTH
        sums = {kind: sum(one.get(kind, 0) for one in homes) for kind in kinds}
        told = ", ".join(
            f"{kind} {count / months:.2f}" for kind, count in sums.items() if count
        )
        total = sum(sums.values()) / months
        yield f"false a month, {null:<9} {total:.2f}  {told}"
