"""The next happening of the home, guessed from published patterns and otherwise.

The end of a sensor's bout is left out of what is guessed: that a door which opened
will close is no news, and would drown all else. But it is seen, and who sees it may
think again: that somebody got up tells more than that somebody lay down. What begins at
the same instant has no order and is one moment: a guess is right if it names anything
of the next one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from typing import Protocol

import numpy as np

from custom_components.pattern_intelligence.engine.window import Key, Window

from .chains import Chain, Followers, Moment, Tellable, begun
from .claims import Json
from .pattern_guess import PatternGuess

AMONG = 3


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
    known = Followers.of(before)
    counts = Counter(key for _, keys in before for key in begun(keys))
    usual = {key: count / learned.days.size for key, count in counts.items()}
    guessers: Sequence[Guesser] = (
        PatternGuess(patterns),
        PatternGuess(patterns, usual),
        Frequency(counts),
        Tellable(known),
        Chain(known),
    )
    after = _moments(held_out)
    return Guesses(*(_rate(after, guesser, elsewhere) for guesser in guessers))


def missed(
    learned: Window, held_out: Window, patterns: Sequence[Json]
) -> Mapping[str, float]:
    """Return of how many happenings a chain knew what published patterns did not tell.

    Args:
        learned: what the chain is counted in.
        held_out: the days guessed at once.
        patterns: the contract's objects, and nothing else.

    Returns:
        Shares of all happenings, by why it may not be told, or ``"else"`` if it may.
    """
    known = Followers.of(_moments(learned))
    chain, told = Chain(known), PatternGuess(patterns)
    reasons: Counter[str] = Counter()
    moments = 0
    last: Sequence[Key] = ()
    for wall, keys in _moments(held_out):
        if last and (right := set(begun(keys))):
            moments += 1
            knew = right.intersection(chain.guess()[:1])
            if knew and not right.intersection(told.guess()[:1]):
                reasons[_reason(known, last, knew.pop())] += 1
        for key in keys:
            chain.see(key, wall)
            told.see(key, wall)
        if last or begun(keys):
            last = keys
    return {reason: count / moments for reason, count in reasons.items()}


def _reason(known: Followers, last: Sequence[Key], after: Key) -> str:
    """Return why it is not told that something comes after what happened at once."""
    leading = max(
        last,
        key=lambda key: (key.entity_id == after.entity_id, known.share(key, after)),
    )
    return known.untold(leading, after) or "else"


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


def _rate(
    happened: Sequence[Moment], guesser: Guesser, elsewhere: bool
) -> tuple[float, float]:
    """Return how often what began was guessed after what had happened before."""
    first = three = moments = 0
    guesses: Sequence[Key] | None = None
    last: set[str] = set()
    for wall, keys in happened:
        began = begun(keys)
        right = {key for key in began if key.entity_id not in last}
        if guesses is not None and right:
            moments += 1
            first += bool(right.intersection(guesses[:1]))
            three += bool(right.intersection(guesses[:AMONG]))
        for key in keys:
            guesser.see(key, wall)
        if began and elsewhere:
            last = {key.entity_id for key in began}
        if began or guesses is not None:
            guesses = [
                key
                for key in dict.fromkeys(guesser.guess())
                if key.entity_id not in last
            ]
    return first / max(moments, 1), three / max(moments, 1)
