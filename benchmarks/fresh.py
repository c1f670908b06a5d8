"""Proves claims on fresh days of a simulated home, by the detectors' own tally.

A claim is true when it happens clearly more often than chance has it. Chance is the
same days with that one thing taken away which the claim is about:

- links and sequences: the days of one entity in another order, for each of a
  sequence's entities in turn; every step has to hang on the others;
- kinds of days: the same on the days of the other kind, since days in another order
  are mostly of their own kind, where that is workdays. A time may be compared as it
  is told, or widened to what counts as kept: the hour between a workday's morning and
  a Sunday's can be within what both are widened to;
- states: the days of the entity in another order;
- moves: the days of everything in the second room in another order;
- the use of a room: everything in it as one, its bursts drawn anew from its own
  profile smoothed by two hours;
- durations: the logarithm of each length blurred as much as that of any light's is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

import numpy as np

from custom_components.pattern_intelligence.engine.analysis import Detectors
from custom_components.pattern_intelligence.engine.civil import DAY_MINUTES
from custom_components.pattern_intelligence.engine.claim import Claim
from custom_components.pattern_intelligence.engine.detectors import registry
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.occasions import LEAST_MARGIN
from custom_components.pattern_intelligence.engine.pattern import DayKind, PatternType
from custom_components.pattern_intelligence.engine.window import WINDOW_DAYS, Window

from .learned import context_of, days_of
from .simulator import Home, fresh_home
from .window_nulls import null_window

#: Windows that are lived on through, each as long as a detector looks back.
WINDOWS = 3
#: A claim that happens less often is not true, whatever chance says.
LEAST = 0.4
#: By what share a claim must happen more often than chance has it.
CLEARLY = {
    PatternType.CO_OCCURRENCE: 0.1,
    PatternType.SEQUENCE: 0.1,
    PatternType.ROOM_BASED: 0.1,
    PatternType.DURATION: 0.25,
    PatternType.DAY_TYPE: 0.15,
    PatternType.CONTEXTUAL: 0.1,
}
_Z = 3.0
#: The sd of the log of how long things are on that nobody times.
BLUR = 0.6
#: How often chance is drawn in each window.
_DRAWS = 2

type Nulls = Callable[[Window, np.random.Generator], Window]


class FreshDays:
    """A simulated home that lives on, its habits as they stood at the end."""

    def __init__(self, home: Home, detectors: Detectors | None = None) -> None:
        """Take a simulated home; nothing is lived until something is asked."""
        self._home = home
        self._detectors = detectors or registry()

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Return the fresh days, window by window."""
        known = days_of(fresh_home(self._home, WINDOWS * WINDOW_DAYS))
        starts = [known.days[n * WINDOW_DAYS][0] for n in range(WINDOWS)]
        return tuple(
            known.window(start, start + timedelta(days=WINDOW_DAYS - 1))
            for start in starts
        )

    def true(self, claim: Claim) -> bool:
        """Tell whether a claim is true of the home.

        Args:
            claim: Of any type that is proven here.
        """
        _, share = self.share(claim, self.windows)
        if share < LEAST:
            return False
        if claim.type is PatternType.DAY_TYPE and claim.when:
            return self._beyond_chance(claim) or self._beyond_chance(as_told(claim))
        return self._beyond_chance(claim)

    def _beyond_chance(self, claim: Claim) -> bool:
        """Tell whether a claim happens clearly more often than without its reason."""
        occasions, share = self.share(claim, self.windows)
        if not occasions:
            return False
        for tried, chance in self._chances(claim):
            error = np.sqrt(share * (1 - share) / occasions)
            if tried:
                error = np.hypot(error, np.sqrt(chance * (1 - chance) / tried))
            if share - chance < max(CLEARLY[claim.type], _Z * float(error)):
                return False
        return True

    def listed(self, claim: Claim) -> bool:
        """Tell whether a claim is true, and often enough to be listed."""
        return self.share(claim, self.windows)[1] >= LISTED_FROM and self.true(claim)

    def share(self, claim: Claim, windows: Sequence[Window]) -> tuple[int, float]:
        """Return on how many occasions a claim was tried, and how often it held."""
        detector = self._detectors[claim.type]
        home = context_of(self._home)
        occasions = happened = 0
        for window in windows:
            tally = detector.tally(claim, window, home, int(window.days[0]))
            occasions += tally.occasions
            happened += tally.happened
        return occasions, happened / occasions if occasions else 0.0

    def chance(self, claim: Claim, null: Nulls) -> tuple[int, float]:
        """Return the same by chance."""
        rng = np.random.default_rng(0)
        drawn = [null(window, rng) for window in self.windows for _ in range(_DRAWS)]
        return self.share(claim, drawn)

    def _chances(self, claim: Claim) -> Iterator[tuple[int, float]]:
        """Yield how often it is tried, and holds, without what it is about."""
        if claim.type is PatternType.DAY_TYPE:
            yield self.share(of_other_days(claim), self.windows)
        for null in self._nulls(claim):
            yield self.chance(claim, null)

    def _nulls(self, claim: Claim) -> Iterator[Nulls]:
        """Yield the ways of taking away what a claim is about."""
        match claim.type:
            case PatternType.CONTEXTUAL:
                yield _moving("permuted", [claim.entities[0].entity_id])
            case PatternType.CO_OCCURRENCE:
                yield _moving("permuted", [claim.entities[1].entity_id])
            case PatternType.SEQUENCE:
                for entity_id in dict.fromkeys(key.entity_id for key in claim.entities):
                    yield _moving("permuted", [entity_id])
            case PatternType.ROOM_BASED if len(claim.area_ids) > 1:
                yield _moving("permuted", self._in_area(claim.area_ids[1]))
            case PatternType.ROOM_BASED:
                yield _moving("redrawn", self._in_area(claim.area_ids[0]))
            case PatternType.DURATION:
                yield blurred

    def _in_area(self, area_id: str) -> list[str]:
        return [e.entity_id for e in self._home.entities if e.area_id == area_id]


def as_told(claim: Claim) -> Claim:
    """Return a claim whose time, widened for what counts as kept, is the one told.

    That is never less than what the least time is widened to.
    """
    when = claim.when
    assert when is not None
    length = (when.latest - when.earliest) % DAY_MINUTES
    narrow = max(min(length / 2, length - 2 * LEAST_MARGIN), 0.0)
    middle = when.earliest + length / 2
    told = replace(
        when,
        earliest=(middle - narrow / 2) % DAY_MINUTES,
        latest=(middle + narrow / 2) % DAY_MINUTES,
    )
    return replace(claim, when=told)


def of_other_days(claim: Claim) -> Claim:
    """Return what is claimed of a kind of days, claimed of the other kind."""
    assert claim.context is not None
    other: DayKind = "workday" if claim.context["day_type"] == "free" else "free"
    when = claim.when and replace(claim.when, day_kind=other)
    return replace(claim, when=when, context={**claim.context, "day_type": other})


def _moving(kind: str, entities: Sequence[str]) -> Nulls:
    """Return how a transform is done to some entities, as if they were one."""

    def null(window: Window, rng: np.random.Generator) -> Window:
        return null_window(window, kind, rng, [entities])

    return null


def blurred(window: Window, rng: np.random.Generator) -> Window:
    """Return a window whose states last as long as of things that nobody times."""
    runs = window.runs
    factor = np.exp(rng.normal(0, BLUR, runs.begin.size))
    length = np.where(runs.begun & runs.ended, factor, 1.0) * (runs.end - runs.begin)
    end = runs.begin + np.round(length).astype(np.int64)
    return replace(window, runs=replace(runs, end=end))
