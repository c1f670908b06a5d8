"""The next happening of the home, guessed from published patterns and otherwise.

The end of a sensor's bout is left out of what is guessed: that a door which opened
will close is no news, and would drown all else. But it is seen, and who sees it may
think again: that somebody got up tells more than that somebody lay down. What begins at
the same instant has no order and is one moment: a guess is right if it names anything
of the next one.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from typing import Protocol

import numpy as np

from custom_components.pattern_intelligence.engine.civil import (
    DAY_MS,
    WAKING_DAY_STARTS_MS,
)
from custom_components.pattern_intelligence.engine.co_occurrence.stream import MIN_DAYS
from custom_components.pattern_intelligence.engine.evidence import LISTED_FROM
from custom_components.pattern_intelligence.engine.window import Key, Window

from .claims import Json
from .pattern_guess import PatternGuess, ends

AMONG = 3

type Moment = tuple[int, Sequence[Key]]
"""Wall milliseconds, and what happened then."""


class Guesser(Protocol):
    """Sees everything that happens, and guesses what begins next."""

    def see(self, key: Key, wall: int) -> None:
        """Take notice of a happening, at wall milliseconds."""

    def guess(self) -> Sequence[Key]:
        """Return guesses, the best first."""


@dataclass(frozen=True)
class Guesses:
    """Shares of happenings that were guessed: at once, and among three.

    Attributes:
        patterns: from the published patterns alone.
        blended: from the patterns, and how often everything happens.
        frequency: from how often everything happens.
        tellable: from what of a chain may be told at all, and how often everything
            happens.
        chain: from what followed the last happening (first-order Markov).
    """

    patterns: tuple[float, float]
    blended: tuple[float, float]
    frequency: tuple[float, float]
    tellable: tuple[float, float]
    chain: tuple[float, float]

    @classmethod
    def mean(cls, homes: Sequence[Guesses]) -> Guesses:
        """Return the mean over homes, each counting alike."""
        figures = np.mean([astuple(home) for home in homes], axis=0)
        return cls(*((float(first), float(three)) for first, three in figures))

    def __str__(self) -> str:
        """Return the figures in a line."""
        return "  ".join(
            f"{name} {100 * first:.0f}/{100 * three:.0f}"
            for name, (first, three) in (
                ("patterns", self.patterns),
                ("with frequency", self.blended),
                ("frequency", self.frequency),
                ("tellable", self.tellable),
                ("chain", self.chain),
            )
        )


class Frequency:
    """Guesses what happens most often."""

    def __init__(self, counts: Counter[Key]) -> None:
        """Take how often everything happened."""
        self._guesses = [key for key, _ in counts.most_common()]

    def see(self, key: Key, wall: int) -> None:
        """Take no notice."""

    def guess(self) -> Sequence[Key]:
        """Return the most frequent."""
        return self._guesses


class Chain:
    """Guesses what mostly came after the last moment."""

    def __init__(self, before: Sequence[Moment]) -> None:
        """Take what happened, in order."""
        self._followers: dict[Key, Counter[Key]] = defaultdict(Counter)
        following: list[Key] = []
        for _, keys in reversed(before):
            if following:
                for key in keys:
                    self._followers[key].update(following)
            if begun := _begun(keys):
                following = begun
        usual = Counter(key for _, keys in before for key in _begun(keys))
        self._usual = [key for key, _ in usual.most_common()]
        self._last: list[Key] = []
        self._now = -1

    def see(self, key: Key, wall: int) -> None:
        """Remember it."""
        if wall != self._now:
            self._now, self._last = wall, []
        self._last.append(key)

    def guess(self) -> Sequence[Key]:
        """Return what came after it."""
        counts: Counter[Key] = Counter()
        for key in self._last:
            counts.update(self._followers.get(key, {}))
        return [*(key for key, _ in counts.most_common()), *self._usual]


class Tellable(Chain):
    """Guesses what a chain knows that a pattern may say, else what is frequent.

    Nothing is told that came on fewer than half of the occasions, that rests on fewer
    than five days, or that is the same thing once more.
    """

    def __init__(self, before: Sequence[Moment]) -> None:
        """Take what happened, in order."""
        super().__init__(before)
        occasions: Counter[Key] = Counter()
        days: dict[Key, set[int]] = defaultdict(set)
        for wall, keys in before:
            for key in keys:
                occasions[key] += 1
                days[key].add((wall - WAKING_DAY_STARTS_MS) // DAY_MS)
        self._followers = {
            key: Counter(
                {
                    after: count
                    for after, count in own.items()
                    if count >= LISTED_FROM * occasions[key]
                    and after.entity_id != key.entity_id
                }
            )
            for key, own in self._followers.items()
            if len(days[key]) >= MIN_DAYS
        }


def guess_rates(
    learned: Window,
    held_out: Window,
    patterns: Sequence[Json],
    *,
    elsewhere: bool = False,
) -> Guesses:
    """Return how often the next happening of the days held out is guessed.

    Args:
        learned: what frequency and chains are counted in.
        held_out: the days guessed.
        patterns: the contract's objects, as published at the end of the days learned.
        elsewhere: whether only what begins elsewhere is guessed: a thing that goes on
            repeating itself tells of no pattern.
    """
    before = _moments(learned)
    counts = Counter(key for _, keys in before for key in _begun(keys))
    usual = {key: count / learned.days.size for key, count in counts.items()}
    guessers: Sequence[Guesser] = (
        PatternGuess(patterns),
        PatternGuess(patterns, usual),
        Frequency(counts),
        Tellable(before),
        Chain(before),
    )
    after = _moments(held_out)
    return Guesses(*(_rate(after, guesser, elsewhere) for guesser in guessers))


def _moments(window: Window) -> list[Moment]:
    """Return what happened, in order."""
    order = np.lexsort((window.key, window.instant))
    happened = zip(
        window.instant[order].tolist(),
        window.wall[order].tolist(),
        window.key[order].tolist(),
        strict=True,
    )
    return [
        (wall, [window.keys[key] for _, _, key in moment])
        for (_, wall), moment in groupby(happened, key=lambda one: one[:2])
    ]


def _begun(keys: Sequence[Key]) -> list[Key]:
    return [key for key in keys if not ends(key)]


def _rate(
    happened: Sequence[Moment], guesser: Guesser, elsewhere: bool
) -> tuple[float, float]:
    """Return how often what began was guessed after what had happened before."""
    first = three = moments = 0
    guesses: Sequence[Key] | None = None
    last: set[str] = set()
    for wall, keys in happened:
        begun = _begun(keys)
        right = {key for key in begun if key.entity_id not in last}
        if guesses is not None and right:
            moments += 1
            first += bool(right.intersection(guesses[:1]))
            three += bool(right.intersection(guesses[:AMONG]))
        for key in keys:
            guesser.see(key, wall)
        if begun and elsewhere:
            last = {key.entity_id for key in begun}
        if begun or guesses is not None:
            guesses = [
                key
                for key in dict.fromkeys(guesser.guess())
                if key.entity_id not in last
            ]
    return first / max(moments, 1), three / max(moments, 1)
