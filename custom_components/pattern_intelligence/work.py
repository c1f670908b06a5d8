"""What is asked of a run, and the days and periods that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from .engine.civil import days_between
from .lookback import period
from .runner import RELEARNED_DAYS, Runner
from .stores.base import Layer


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a run beyond the days that are due.

    Attributes:
        again: how many of the last complete days to learn again.
        layers: the coarse layers to sum up again.
        back: only periods in which one of so many last days lies; 0 for all.
        look_again: since something has changed: the registries, or a day is over.
        days: days to learn again, or for the first time.
    """

    again: int = 0
    layers: frozenset[Layer] = frozenset()
    back: int = 0
    look_again: bool = False
    days: frozenset[date] = frozenset()

    def __or__(self, other: Wish) -> Self:
        """Return a wish for what either asks for."""
        return type(self)(
            max(self.again, other.again),
            self.layers | other.layers,
            self._farther_back(other),
            self.look_again or other.look_again,
            self.days | other.days,
        )

    def _farther_back(self, other: Wish) -> int:
        """Return how far back both go, where 0 is the farthest."""
        wishes = [wish.back for wish in (self, other) if wish.layers]
        return 0 if 0 in wishes else max(wishes, default=0)

    def __bool__(self) -> bool:
        """Tell whether more is asked for than what is due."""
        return bool(self.again or self.layers or self.look_again or self.days)


UNSETTLED: Final = "unsettled"
"""Name of the text that says which day was being learned again: what it carries into
the next one may have changed, and a run that is killed there must come back to both."""

NOT_BEFORE: Final = "not_before"
"""Name of the text that says, once all was forgotten, which day is the first that may
be learned again by itself."""


def days_to_learn(
    runner: Runner,
    extent: tuple[date, date],
    wish: Wish,
    unsettled: str | None,
    not_before: str | None = None,
) -> Sequence[date]:
    """Return the days to learn, oldest first. Blocks.

    Args:
        runner: whose store knows which are learned.
        extent: the first and the last complete day recorded.
        wish: what is asked for beyond what is due.
        unsettled: the text kept as :data:`UNSETTLED`.
        not_before: the text kept as :data:`NOT_BEFORE`.
    """
    first, last = extent
    if not_before:
        first = max(first, date.fromisoformat(not_before))
    days = set(runner.due(first, last))
    learned = [mark.day for mark in runner.store.learned()]
    if learned:
        oldest = max(
            first, learned[0], learned[-1] - timedelta(days=RELEARNED_DAYS - 1)
        )
        wished = {*days_between(last - timedelta(days=wish.again - 1), last)}
        wished |= wish.days
        if unsettled:
            day = date.fromisoformat(unsettled)
            wished |= {day, day + timedelta(days=1)}
        days |= {day for day in wished if oldest <= day <= last}
    return sorted(days)


def complete_periods(
    runner: Runner, layer: Layer, back: int
) -> Sequence[tuple[date, date]]:
    """Return the weeks or months that can be summed up again, oldest first. Blocks.

    A period can while all that was learned of it is kept.

    Args:
        runner: whose store is asked.
        layer: weekly or monthly.
        back: only those in which one of so many last days learned lies; 0 for all.
    """
    learned = [mark.day for mark in runner.store.learned()]
    kept = set(runner.store.kept_days())
    if not learned:
        return []
    since = learned[-1] - timedelta(days=back - 1) if back else learned[0]
    days_of: dict[tuple[date, date], list[date]] = {}
    for day in learned:
        days_of.setdefault(period(layer, day), []).append(day)
    return [
        span
        for span, days in sorted(days_of.items())
        if since <= span[1] <= learned[-1] and kept.issuperset(days)
    ]
