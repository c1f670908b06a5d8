"""Pairs under test: in which manner one follows the other, how surely, how soon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..civil import HOUR_MS, SECOND_MS
from ..evidence import LISTED_FROM, decay, poisson_binomial_tail, share_bounds
from ..pattern import Spread
from ..tables import Numbers
from .crossday import Bits, ByDay, Trial, by_chance, tried
from .manners import NEXT, followed
from .stream import MIN_DAYS, Stream

EFFECT_FLOOR: Final = 0.3
"""Share of a cause's occasions that must be followed, or nobody would notice."""

MIN_LIFT: Final = 2.0
"""Chance may explain at most half of a link."""

ALIKE_IN_A_DAY: Final = 0.1
"""How much occasions of one day agree: their correlation, as seen in real homes."""


DAYS_OF_CHANCE: Final = 1.0
"""How many days a link starts with on which it held as chance has it.

The weight of Jeffreys' prior, its mean moved to where every pair begins: what is picked
because it went well will do a little worse.
"""


@dataclass(frozen=True, eq=False)
class Link:
    """A pair in one manner.

    Attributes:
        cause: index of the key that leads.
        effect: index of the key that follows.
        occasions: shape (n,), rows of the cause's happenings.
        lags: shape (n,), milliseconds to the effect, -1 where it never follows.
        followed: shape (n,), whether it followed in this manner.
        chance: the share of occasions that would be followed by chance.
        trial: the cross-day test's terms.
        lag: of those that were followed, in seconds.
        confidence: that the effect follows the next cause in time.
        p_value: of the days matched, by chance.
    """

    cause: int
    effect: int
    occasions: NDArray[np.intp]
    lags: Numbers
    followed: NDArray[np.bool_]
    chance: float
    trial: Trial
    lag: Spread
    confidence: float
    p_value: float = 1.0

    @cached_property
    def lift_bound(self) -> float:
        """Return the lower bound of how many times chance is exceeded."""
        days = float(self.trial.day.size)
        matched = float(self.trial.matched.sum())
        lower, _ = share_bounds(np.array([matched]), np.array([days]))
        return float(lower[0]) * days / float(self.trial.chance.sum())


@dataclass(frozen=True, eq=False)
class Cause:
    """A key as a cause: what all pairs that it leads have in common.

    Attributes:
        stream: the happenings.
        key: index of the key.
    """

    stream: Stream
    key: int

    @cached_property
    def occasions(self) -> NDArray[np.intp]:
        """Return the rows of its happenings, shape (n,)."""
        return self.stream.occasions(self.key)

    @cached_property
    def _until_other(self) -> Numbers:
        return self.stream.until_other[self.occasions]

    @cached_property
    def _day(self) -> Numbers:
        return self.stream.day[self.occasions]

    @cached_property
    def _by_day(self) -> ByDay:
        return ByDay.of(self._day)

    @cached_property
    def _offset(self) -> Numbers:
        return self.stream.offset[self.occasions]

    @cached_property
    def _hour(self) -> Numbers:
        return self._offset // HOUR_MS

    @cached_property
    def _alike(self) -> Bits:
        return self.stream.days.alike[self._day]

    def _known(self, effect: int) -> Bits:
        """Return on which days an effect was there at each clock time, shape (n,)."""
        entity_id = self.stream.window.keys[effect].entity_id
        found: Bits = self.stream.days.available(entity_id)[self._hour]
        return found

    def links(self, effect: int) -> Iterable[Link]:
        """Yield the pair in each manner that chance does not explain at a glance.

        Args:
            effect: index of the key that follows.
        """
        stream, occasions = self.stream, self.occasions
        lags = stream.lags(occasions, effect)
        compared: Bits | None = None
        known: Numbers | None = None
        for manner in range(stream.manners(effect)):
            until = self._until_other if manner == NEXT else None
            hits = followed(lags, manner, until)
            count = int(np.count_nonzero(hits))
            if count < EFFECT_FLOOR * occasions.size:
                continue
            if compared is None:
                compared = self._alike & self._known(effect)
                others = int(np.bitwise_count(compared).sum())
            would = stream.mask(self.key, effect, manner).at(self._offset)
            hit = int(np.bitwise_count(would & compared).sum())
            chance = by_chance(count, hit, occasions.size, others)
            if count < MIN_LIFT * chance * occasions.size:
                continue
            if known is None:
                known = self._by_day.sums_of_bits(compared)
            trial = tried(self._by_day, hits, would, compared, known)
            if trial.matched.sum() < MIN_DAYS:
                continue
            lag = spread_of(lags[hits])
            yield Link(
                cause=self.key,
                effect=effect,
                occasions=occasions,
                lags=lags,
                followed=hits,
                chance=chance,
                trial=trial,
                lag=lag,
                confidence=self._confidence(in_time(lags, lag), chance),
            )

    def _confidence(self, kept: NDArray[np.bool_], chance: float) -> float:
        """Return the probability that the effect follows the next cause in time.

        Occasions of one day hang together, so a day with many counts for less than
        as many days: by the design effect of its size (L. Kish, Survey Sampling,
        1965).

        Args:
            kept: shape (n,), whether the effect followed in time.
            chance: the share that would be followed by chance.
        """
        days = self._by_day
        weights = decay(days.day, self.stream.days.count - 1)
        weights *= days.sizes / (1 + (days.sizes - 1) * ALIKE_IN_A_DAY)
        happened = float(days.sums(kept) / days.sizes @ weights)
        return (happened + DAYS_OF_CHANCE * chance) / (
            float(weights.sum()) + DAYS_OF_CHANCE
        )


def tested(links: Sequence[Link]) -> list[Link]:
    """Return each pair in its best manner, with its p-value.

    The best is what chance explains least, among those that may be listed if any may.
    """
    if not links:
        return []
    width = max(link.trial.day.size for link in links)
    chances = np.zeros((len(links), width))
    for row, link in enumerate(links):
        chances[row, : link.trial.day.size] = link.trial.chance
    matched = np.array([link.trial.matched.sum() for link in links], np.int64)
    best: dict[tuple[int, int], Link] = {}
    for link, p_value in zip(
        links, poisson_binomial_tail(chances, matched).tolist(), strict=True
    ):
        pair = link.cause, link.effect
        rival = best.get(pair)
        if rival is None or (link.confidence < LISTED_FROM, p_value) < (
            rival.confidence < LISTED_FROM,
            rival.p_value,
        ):
            best[pair] = replace(link, p_value=p_value)
    return [best[pair] for pair in sorted(best)]


def spread_of(lags: Numbers) -> Spread:
    """Return median and tenths of lags, from milliseconds to seconds."""
    ordered = np.sort(lags) / SECOND_MS
    at = np.array([0.1, 0.5, 0.9]) * (ordered.size - 1)
    p10, median, p90 = np.interp(at, np.arange(ordered.size), ordered).tolist()
    return Spread(median, p10, p90)


def within_ms(lag: Spread) -> int:
    """Return how long after the cause the effect still follows in time."""
    return round(max(1.5 * lag.p90, lag.p90 + 60) * SECOND_MS)


def in_time(lags: Numbers, lag: Spread) -> NDArray[np.bool_]:
    """Tell which of the lags are what a link claims."""
    return (lags > 0) & (lags <= within_ms(lag))
